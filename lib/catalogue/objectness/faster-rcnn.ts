import type { LossFunction, LossOptions } from '../../types';
import { defineLoss } from '../define';
import { logitPairs } from '../rows';

/**
 * The objectness loss of Faster R-CNN: softmax cross-entropy of background and object.
 *
 * ℓ = −(1 − o*) ln p₀ − o* ln p₁, with (p₀, p₁) the softmax of the two logits
 *
 * @param logits `[N, 2]`: background, object.
 * @param target `[N]`: 1 where there is an object, 0 where there is none; anything between is a
 * soft target.
 * @param options See {@link LossOptions}. Give the sampler's mask as `weight`.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `logits`, [N, 2].
 * @throws TypeError where an argument is of the wrong kind or an option is unknown; RangeError
 * where a length or an option's value is wrong, or where the target of a row with weight is not from
 * 0 to 1. Nothing has been written then.
 *
 * @edges
 * Exact for any logits. A NaN in an evaluated row makes its loss and gradient NaN and touches no
 * other row.
 *
 * @accuracy
 * Largest error against float64 over 15,040 rows (pairs of logits), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 3 ULP of a well-conditioned row's loss, 1.3e-6
 * of the largest component of a row's gradient and 3.6e-8 of a mean.
 *
 * @example
 * objectness.fasterRcnn(new Float32Array([0, 0]), new Float32Array([1])); // { loss: 0.6931… }
 *
 * @see Ren et al., Faster R-CNN, arXiv 1506.01497, equation 1.
 */
export const fasterRcnn: LossFunction<[logits: Float32Array, target: Float32Array], LossOptions> =
  defineLoss({
    name: 'objectness.fasterRcnn',
    rows: logitPairs(),
    formula: 'PairCrossEntropy',
    header: 'cross_entropy',
  });
