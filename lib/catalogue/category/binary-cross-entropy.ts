import type { CategoryTarget, LossFunction } from '../../types';
import { alias } from '../define';
import { yoloV3, type YoloV3CategoryOptions } from './yolo-v3';

/**
 * Binary cross-entropy of every class: the same loss as {@link yoloV3}, named by its formula.
 *
 * ℓ = 1/K Σ_k BCE(p*_k, p_k), with BCE(t, p) = −t ln p − (1 − t) ln(1 − p); label smoothing s
 * replaces p* by p*(1 − s) + s/2
 *
 * @param pred `[N, K]`: probabilities, or raw features with `input: 'logit'`.
 * @param target [N] labels of 0 to K − 1 (an `Int32Array`), or [N, K] multi-hot (a `Float32Array`).
 * @param options See {@link YoloV3CategoryOptions}: `input` (default `'probability'`),
 * `labelSmoothing` (default 0), `classes` and the common ones.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `pred`.
 * @throws As {@link yoloV3}.
 *
 * @edges
 * As {@link yoloV3}, and as accurate.
 *
 * @example
 * const logits = new Float32Array([0, 0]);
 * category.binaryCrossEntropy(logits, new Int32Array([1]), { input: 'logit' }); // { loss: 0.6931… }
 *
 * @see Redmon and Farhadi, YOLOv3, arXiv 1804.02767, section 2.2.
 */
export const binaryCrossEntropy: LossFunction<
  [pred: Float32Array, target: CategoryTarget],
  YoloV3CategoryOptions
> = alias('category.binaryCrossEntropy', yoloV3);
