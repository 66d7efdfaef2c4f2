import type { BoxOptions, PairLoss } from '../../types';
import { defineLoss } from '../define';
import { choice } from '../hyper';
import { boxes } from '../rows';

/** Options of {@link ciou}. */
export interface CiouOptions extends BoxOptions {
  /**
   * Whether the weight α is constant in the gradient (`'detached'`, as the paper's authors,
   * torchvision and Ultralytics have it) or differentiated (`'full'`). Default `'detached'`.
   */
  alpha?: 'detached' | 'full';
}

/**
 * The complete IoU loss: {@link diou} and the aspect ratio.
 *
 * ℓ = 1 − IoU + ρ²/c² + αv, with v = 4/π² (arctan w* / h* − arctan w/h)² and α = v/(1 − IoU + v)
 *
 * @param pred [N, 4] boxes, in any unit.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param options See {@link CiouOptions}: `alpha` (default `'detached'`), `format` (default
 * `'yxhw'`) and the common ones.
 * @returns The loss, in [0, 2.5], and with `grad` its derivative by `pred`.
 * @throws As {@link fasterRcnn}.
 *
 * @edges
 * Edges as {@link iou}; where the boxes are apart the gradient is not 0. α is 0 where v is. A box
 * that is a point has the angle 0.
 *
 * @accuracy
 * Largest error against float64 over 30,130 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 2.5 ULP of a well-conditioned row's loss, 1.2e-6
 * of the largest component of a row's gradient and 4.1e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0, 0, 1, 1]);
 * const target = new Float32Array([3, 0, 4, 1]);
 * box.ciou(pred, target, { format: 'xyxy' }); // { loss: 1.5294… }: 1 + 9/17, the ratios agree
 *
 * @see Zheng et al., Distance-IoU loss, arXiv 1911.08287, equations 8 to 11.
 */
export const ciou: PairLoss<CiouOptions> = defineLoss({
  name: 'box.ciou',
  rows: boxes(),
  hyper: { alpha: choice({ detached: 'true', full: 'false' }) },
  formula: 'OverlapLoss<CompletePenalty<{alpha}>>',
  header: 'iou',
});
