import type { LossOptions, PairLoss, Reduction } from '../../types';
import { alias } from '../define';
import { sidedElements } from '../rows';
import { yoloV3 } from './yolo-v3';

/** Options of {@link binaryCrossEntropy}. */
export interface BinaryCrossEntropyOptions extends LossOptions<Reduction | 'balanced'> {
  /**
   * Whether predictions are probabilities or raw features (logits). Default `'probability'`; if it is
   * not given, predictions outside [0, 1] are refused.
   */
  input?: 'probability' | 'logit';
}

/**
 * Binary cross-entropy: the loss of {@link yoloV3}, by default the mean over all rows.
 *
 * ℓ = −o* ln o − (1 − o*) ln(1 − o); of a logit z, max(z, 0) − z o* + ln(1 + e^−|z|)
 *
 * @param pred `[N]`: probabilities, or raw features with `input: 'logit'`.
 * @param target `[N]`: 1 where there is an object, 0 where there is none.
 * @param options See {@link BinaryCrossEntropyOptions}: `input` (default `'probability'`),
 * `reduction` (default `'mean'`), which may also be `'balanced'` as of {@link yoloV3}, and the other
 * common ones.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `pred`.
 * @throws As {@link yoloV3}.
 *
 * @edges
 * As {@link yoloV3}, and as accurate.
 *
 * @example
 * const prob = new Float32Array([1e-10, 0.3, 0.3]);
 * objectness.binaryCrossEntropy(prob, new Float32Array([1, 0, 0])); // { loss: 7.9130… }
 *
 * @see Redmon and Farhadi, YOLOv3, arXiv 1804.02767, section 2.1.
 */
export const binaryCrossEntropy: PairLoss<BinaryCrossEntropyOptions, 'balanced' | 'mean' | 'sum'> =
  alias('objectness.binaryCrossEntropy', yoloV3, { rows: sidedElements('mean') });
