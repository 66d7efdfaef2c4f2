import type { BoxOptions, PairLoss } from '../../types';
import { defineLoss } from '../define';
import { boxes } from '../rows';

/**
 * The generalized IoU loss: boxes that are apart are drawn together.
 *
 * ℓ = 1 − IoU + (C − U)/C, with C the area of the smallest box that holds both
 *
 * @param pred [N, 4] boxes, in any unit.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param options See {@link BoxOptions}.
 * @returns The loss, in [0, 2], and with `grad` its derivative by `pred`.
 * @throws As {@link fasterRcnn}.
 *
 * @edges
 * Edges as {@link iou}; where the boxes are apart the loss is above 1 and its gradient is not 0.
 *
 * @accuracy
 * Largest error against float64 over 15,065 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 2.2 ULP of a well-conditioned row's loss, 1.1e-6
 * of the largest component of a row's gradient and 2.9e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0, 0, 1, 1]);
 * const target = new Float32Array([3, 0, 4, 1]);
 * box.giou(pred, target, { format: 'xyxy' }); // { loss: 1.5 }
 *
 * @see Rezatofighi et al., Generalized intersection over union, arXiv 1902.09630.
 */
export const giou: PairLoss<BoxOptions> = defineLoss({
  name: 'box.giou',
  rows: boxes(),
  formula: 'OverlapLoss<EmptyPart>',
  header: 'iou',
});
