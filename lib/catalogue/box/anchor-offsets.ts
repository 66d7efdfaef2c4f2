import type { LossFunction } from '../../types';
import { alias } from '../define';
import { fasterRcnn, type FasterRcnnBoxOptions } from './faster-rcnn';

/**
 * Huber on anchor-relative offsets: the same loss as {@link fasterRcnn}, named by its formula.
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
 * @throws As {@link fasterRcnn}.
 *
 * @edges
 * As {@link fasterRcnn}, and as accurate.
 *
 * @example
 * const pred = new Float32Array([0.5, 0.5, 0.2, 0.2]);
 * const target = new Float32Array([0.6, 0.5, 0.2, 0.2]);
 * const anchors = new Float32Array([0.5, 0.5, 0.2, 0.4]);
 * box.anchorOffsets(pred, target, anchors); // { loss: 0.125 }
 *
 * @see Ren et al., Faster R-CNN, arXiv 1506.01497, equations 1 and 2.
 */
export const anchorOffsets: LossFunction<
  [pred: Float32Array, target: Float32Array, anchors: Float32Array],
  FasterRcnnBoxOptions
> = alias('box.anchorOffsets', fasterRcnn);
