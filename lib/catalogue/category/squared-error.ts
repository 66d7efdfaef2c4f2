import type { CategoryTarget, LossFunction } from '../../types';
import { alias } from '../define';
import { yoloV1, type CategoryOptions } from './yolo-v1';

/**
 * Squared error of every class: the same loss as {@link yoloV1}, named by its formula.
 *
 * ℓ = Σ_k (p*_k − p_k)²
 *
 * @param prob `[N, K]`: predicted probabilities.
 * @param target [N] labels of 0 to K − 1 (an `Int32Array`), or [N, K] multi-hot (a `Float32Array`).
 * @param options See {@link CategoryOptions}: `classes` and the common ones.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `prob`.
 * @throws As {@link yoloV1}.
 *
 * @edges
 * As {@link yoloV1}, and as accurate.
 *
 * @example
 * category.squaredError(new Float32Array([0.25, 0.75]), new Int32Array([1])); // { loss: 0.125 }
 *
 * @see Redmon et al., You only look once, arXiv 1506.02640, equation 3.
 */
export const squaredError: LossFunction<
  [prob: Float32Array, target: CategoryTarget],
  CategoryOptions
> = alias('category.squaredError', yoloV1);
