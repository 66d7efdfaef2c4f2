import type { LossOptions, PairLoss, Reduction } from '../../types';
import { defineLoss } from '../define';
import { input } from '../hyper';
import { sidedElements } from '../rows';

/** Options of {@link yoloV3}. */
export interface YoloV3ObjectnessOptions extends LossOptions<Reduction | 'balanced'> {
  /** How rows are reduced. Default `'balanced'`. */
  reduction?: Reduction | 'balanced';
  /**
   * Whether predictions are probabilities or raw features (logits). Default `'probability'`; if it is
   * not given, predictions outside [0, 1] are refused.
   */
  input?: 'probability' | 'logit';
}

/**
 * The objectness loss of YOLO v3: binary cross-entropy, with objects and background balanced.
 *
 * ℓ = −o* ln o − (1 − o*) ln(1 − o); of a logit z, max(z, 0) − z o* + ln(1 + e^−|z|)
 *
 * @param pred `[N]`: probabilities, or raw features with `input: 'logit'`.
 * @param target `[N]`: 1 where there is an object, 0 where there is none.
 * @param options See {@link YoloV3ObjectnessOptions}: `input` (default `'probability'`),
 * `reduction` (default `'balanced'`) and the other common ones. `'balanced'` is the weighted mean
 * over the rows with o* > 0 plus that over the other rows; a side without weight adds 0. Ignored rows
 * have the weight 0.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `pred`.
 * @throws As {@link fasterRcnn}; RangeError where `input` is not given and the prediction of a row
 * with weight is below 0 or above 1 by more than 1e-6. Such a prediction is no probability: raw
 * features need `input: 'logit'`.
 *
 * @edges
 * The loss of logits is exact for any value. For probabilities each logarithm is kept at −100 or
 * above and the derivative is (o − o*) / max(o (1 − o), 1e-12), so that both are finite at 0 and 1;
 * with `input: 'probability'` a prediction below 0 counts as 0, one above 1 as 1. A NaN in an
 * evaluated row makes its loss and gradient NaN and touches no other row.
 *
 * @accuracy
 * Largest error against float64 over 30,040 rows (probabilities, logits), from the usual to the
 * limits of float32, on AVX-512, AVX2, SSE4 and scalar code: 3 ULP of a well-conditioned row's
 * loss, 1.8e-6 of the largest component of a row's gradient and 3.9e-8 of a mean.
 *
 * @example
 * const prob = new Float32Array([1e-10, 0.3, 0.3]);
 * objectness.yoloV3(prob, new Float32Array([1, 0, 0]), { reduction: 'sum' }); // { loss: 23.739… }
 *
 * @see Redmon and Farhadi, YOLOv3, arXiv 1804.02767, section 2.1.
 */
export const yoloV3: PairLoss<YoloV3ObjectnessOptions, 'balanced' | 'mean' | 'sum'> = defineLoss({
  name: 'objectness.yoloV3',
  rows: sidedElements('balanced'),
  hyper: { input: input({ probability: 'ProbabilityCrossEntropy', logit: 'LogitCrossEntropy' }) },
  formula: '{input}',
  header: 'cross_entropy',
});
