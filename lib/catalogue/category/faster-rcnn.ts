import type { LossFunction, LossOptions } from '../../types';
import { defineLoss } from '../define';
import { softmax } from '../rows';

/**
 * The category loss of Faster R-CNN: softmax cross-entropy.
 *
 * ℓ = −ln softmax(logits)_label
 *
 * @param logits [N, K]; K is their number over that of the labels.
 * @param labels [N] of 0 to K − 1; the background is a class like any other.
 * @param options See {@link LossOptions}.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `logits`.
 * @throws TypeError where an argument is of the wrong kind or an option is unknown; RangeError
 * where a length or an option's value is wrong, or a label of a row with weight is no class.
 * Nothing has been written then.
 *
 * @edges
 * Exact for any logits. A NaN in an evaluated row makes its loss and gradient NaN and touches no
 * other row. A row of weight 0 may have any label.
 *
 * @accuracy
 * Largest error against float64 over 12,256 rows (logits and labels), from the usual to the limits
 * of float32, on AVX-512, AVX2, SSE4 and scalar code: 4.8 ULP of a well-conditioned row's loss,
 * 2.8e-7 of the largest component of a row's gradient and 6e-8 of a mean.
 *
 * @example
 * const logits = new Float32Array([1, 2, 3]);
 * category.fasterRcnn(logits, new Int32Array([2])); // { loss: 0.4076… }
 *
 * @see Ren et al., Faster R-CNN, arXiv 1506.01497, and Girshick, Fast R-CNN, arXiv 1504.08083.
 */
export const fasterRcnn: LossFunction<[logits: Float32Array, labels: Int32Array], LossOptions> =
  defineLoss({
    name: 'category.fasterRcnn',
    rows: softmax(),
    formula: 'SoftmaxCrossEntropy',
    header: 'cross_entropy',
  });
