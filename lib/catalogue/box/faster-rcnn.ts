import type { BoxOptions, LossFunction } from '../../types';
import { defineLoss } from '../define';
import { positive } from '../hyper';
import { anchoredBoxes } from '../rows';

/** Options of {@link fasterRcnn}. */
export interface FasterRcnnBoxOptions extends BoxOptions {
  /** Where the Huber loss turns from quadratic to linear, δ > 0. Default 1. */
  delta?: number;
}

/**
 * The box loss of Faster R-CNN: Huber on anchor-relative offsets.
 *
 * ℓ = H_δ((y* − y)/hᵃ) + H_δ((x* − x)/wᵃ) + H_δ(ln(h* / h)) + H_δ(ln(w* / w)),
 * with H_δ(d) = ½d² where |d| < δ, δ(|d| − ½δ) elsewhere
 *
 * @param pred [N, 4] boxes, decoded, in any unit.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param anchors [N, 4] boxes: each row's anchor, in the same unit and format.
 * @param options See {@link FasterRcnnBoxOptions}: `delta` (default 1), `format` (default
 * `'yxhw'`) and the common ones.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `pred`.
 * @throws TypeError where an argument is of the wrong kind or an option is unknown; RangeError
 * where a length or an option's value is wrong, or a weight is infinite or NaN. Nothing has been
 * written then.
 *
 * @edges
 * A size of 0 or less, the anchor's included, counts as 1e-7 and has derivative 0. A NaN in an
 * evaluated row makes its loss and gradient NaN and touches no other row.
 *
 * @accuracy
 * Largest error against float64 over 30,130 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 3.2 ULP of a well-conditioned row's loss, 3.6e-7
 * of the largest component of a row's gradient and 8.6e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0.5, 0.5, 0.2, 0.2]);
 * const target = new Float32Array([0.6, 0.5, 0.2, 0.2]);
 * const anchors = new Float32Array([0.5, 0.5, 0.2, 0.4]);
 * box.fasterRcnn(pred, target, anchors); // { loss: 0.125 }
 *
 * @see Ren et al., Faster R-CNN, arXiv 1506.01497, equations 1 and 2.
 */
export const fasterRcnn: LossFunction<
  [pred: Float32Array, target: Float32Array, anchors: Float32Array],
  FasterRcnnBoxOptions
> = defineLoss({
  name: 'box.fasterRcnn',
  rows: anchoredBoxes(),
  hyper: { delta: positive({ default: 1 }) },
  formula: 'AnchorOffsets',
  header: 'faster_rcnn',
});
