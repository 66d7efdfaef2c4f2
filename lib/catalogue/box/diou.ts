import type { BoxOptions, PairLoss } from '../../types';
import { defineLoss } from '../define';
import { boxes } from '../rows';

/**
 * The distance IoU loss: the centres are drawn together.
 *
 * ℓ = 1 − IoU + ρ²/c², with ρ the distance of the centres and c the diagonal of the smallest box
 * that holds both
 *
 * @param pred [N, 4] boxes, in any unit.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param options See {@link BoxOptions}.
 * @returns The loss, in [0, 2], and with `grad` its derivative by `pred`.
 * @throws As {@link fasterRcnn}.
 *
 * @edges
 * Edges as {@link iou}; where the boxes are apart the gradient is not 0.
 *
 * @accuracy
 * Largest error against float64 over 15,065 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 2.6 ULP of a well-conditioned row's loss, 1.9e-6
 * of the largest component of a row's gradient and 4.1e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0, 0, 1, 1]);
 * const target = new Float32Array([3, 0, 4, 1]);
 * box.diou(pred, target, { format: 'xyxy' }); // { loss: 1.5294… }: 1 + 9/17
 *
 * @see Zheng et al., Distance-IoU loss, arXiv 1911.08287, equation 7.
 */
export const diou: PairLoss<BoxOptions> = defineLoss({
  name: 'box.diou',
  rows: boxes(),
  formula: 'OverlapLoss<CentreDistance>',
  header: 'iou',
});
