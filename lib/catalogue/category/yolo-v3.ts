import type { CategoryTarget, LossFunction } from '../../types';
import { defineLoss } from '../define';
import { input, part } from '../hyper';
import { classes } from '../rows';
import type { CategoryOptions } from './yolo-v1';

/** Options of {@link yoloV3}. */
export interface YoloV3CategoryOptions extends CategoryOptions {
  /**
   * Whether predictions are probabilities or raw features (logits). Default `'probability'`; if it is
   * not given, predictions outside [0, 1] are refused.
   */
  input?: 'probability' | 'logit';
  /** s in [0, 1], by which a target p* becomes p*(1 − s) + s/2. Default 0. */
  labelSmoothing?: number;
}

/**
 * The category loss of YOLO v3: binary cross-entropy of every class, so that an object may have
 * several.
 *
 * ℓ = 1/K Σ_k BCE(p*_k, p_k), with BCE(t, p) = −t ln p − (1 − t) ln(1 − p); label smoothing s
 * replaces p* by p*(1 − s) + s/2
 *
 * @param pred `[N, K]`: probabilities, or raw features with `input: 'logit'`.
 * @param target [N] labels of 0 to K − 1 (an `Int32Array`), or [N, K] multi-hot (a `Float32Array`).
 * @param options See {@link YoloV3CategoryOptions}: `input` (default `'probability'`),
 * `labelSmoothing` (default 0), `classes` and the common ones.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `pred`.
 * @throws As {@link yoloV1}, but nothing need tell the number of rows to the mean without a `weight`,
 * which does not depend on it. RangeError where `labelSmoothing` is not in [0, 1], and where `input`
 * is not given and a row with weight has a prediction below 0 or above 1 by more than 1e-6. Such a
 * prediction is no probability: raw features need `input: 'logit'`.
 *
 * @edges
 * The loss of logits is exact for any value; that of probabilities as `objectness.yoloV3`. A NaN in an
 * evaluated row makes its loss and gradient NaN and touches no other row. A row of weight 0 may
 * have any label.
 *
 * @accuracy
 * Largest error against float64 over 180,970 rows (probabilities of classes, logits of classes),
 * from the usual to the limits of float32, on AVX-512, AVX2, SSE4 and scalar code: 3 ULP of a
 * well-conditioned row's loss, 5.5e-6 of the largest component of a row's gradient and 6.3e-8 of a
 * mean.
 *
 * @example
 * const logits = new Float32Array([0, 0]);
 * category.yoloV3(logits, new Int32Array([1]), { input: 'logit' }); // { loss: 0.6931… }
 *
 * @see Redmon and Farhadi, YOLOv3, arXiv 1804.02767, section 2.2.
 */
export const yoloV3: LossFunction<
  [pred: Float32Array, target: CategoryTarget],
  YoloV3CategoryOptions
> = defineLoss({
  name: 'category.yoloV3',
  rows: classes('pred', 'mean'),
  hyper: {
    input: input({ probability: 'ProbabilityCrossEntropy', logit: 'LogitCrossEntropy' }),
    labelSmoothing: part({ default: 0 }),
  },
  formula: '{input}',
  header: 'cross_entropy',
});
