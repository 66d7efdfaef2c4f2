import type { BoxOptions, PairLoss } from '../../types';
import { defineLoss } from '../define';
import { boxes } from '../rows';

/**
 * The IoU loss.
 *
 * ℓ = 1 − IoU, with IoU = I / U the area of the boxes' intersection over that of their union
 *
 * @param pred [N, 4] boxes, in any unit.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param options See {@link BoxOptions}.
 * @returns The loss, in [0, 1], and with `grad` its derivative by `pred`.
 * @throws As {@link fasterRcnn}.
 *
 * @edges
 * Exactly 0, with gradient 0, where the boxes are equal; 1, with gradient 0, where they are apart;
 * where they touch, the derivative is that of overlapping boxes. Coinciding edges share the
 * derivative half and half. A size below 0, of a target too, counts as 0, with the derivative at 0⁺.
 * Two boxes without area have IoU 0. A NaN in an evaluated row makes its loss and gradient NaN and
 * touches no other row.
 *
 * @accuracy
 * Largest error against float64 over 15,065 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 2.2 ULP of a well-conditioned row's loss, 1.1e-6
 * of the largest component of a row's gradient and 4e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0, 0, 2, 2]);
 * const target = new Float32Array([1, 0, 3, 2]);
 * box.iou(pred, target, { format: 'xyxy' }); // { loss: 0.6666… }
 *
 * @see Yu et al., UnitBox, arXiv 1608.01471 (which takes −ln IoU).
 */
export const iou: PairLoss<BoxOptions> = defineLoss({
  name: 'box.iou',
  rows: boxes(),
  formula: 'OverlapLoss<NoPenalty>',
  header: 'iou',
});
