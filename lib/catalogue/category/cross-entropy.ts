import type { LossFunction, LossOptions } from '../../types';
import { alias } from '../define';
import { fasterRcnn } from './faster-rcnn';

/**
 * Softmax cross-entropy: the same loss as {@link fasterRcnn}, named by its formula.
 *
 * ℓ = −ln softmax(logits)_label
 *
 * @param logits [N, K]; K is their number over that of the labels.
 * @param labels [N] of 0 to K − 1.
 * @param options See {@link LossOptions}.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `logits`.
 * @throws As {@link fasterRcnn}.
 *
 * @edges
 * As {@link fasterRcnn}, and as accurate.
 *
 * @example
 * const logits = new Float32Array([1, 2, 3]);
 * category.crossEntropy(logits, new Int32Array([2])); // { loss: 0.4076… }
 *
 * @see Ren et al., Faster R-CNN, arXiv 1506.01497, and Girshick, Fast R-CNN, arXiv 1504.08083.
 */
export const crossEntropy: LossFunction<[logits: Float32Array, labels: Int32Array], LossOptions> =
  alias('category.crossEntropy', fasterRcnn);
