/**
 * Losses of whether there is an object: the objectness terms of Faster R-CNN, YOLO v1 and YOLO v3.
 *
 * @module
 */
import { native } from './binding';
import { checkFloat, checkLength, checkRows, choose } from './check';
import { checkOptions } from './options';
import { checkPair, computeRows, LOSS_OPTIONS, namesOf } from './row-loss';
import type { Computed } from './threads';
import type { AnyLoss, LossFunction, LossOptions, PairLoss, Reduction } from './types';

/** Options of {@link yoloV1}. */
export interface YoloV1ObjectnessOptions extends LossOptions {
  /** λ_noobj: the factor of rows without an object, at least 0. Default 0.5. */
  noObject?: number;
}

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

const kernels = native.objectness;
const FASTER_RCNN = namesOf('objectness.fasterRcnn', 'logits', 2, 'target', true);
const YOLO_V1 = namesOf('objectness.yoloV1', 'pred', 1, 'target', true);
const YOLO_V1_OPTIONS = ['noObject', ...LOSS_OPTIONS];
const YOLO_V3 = namesOf('objectness.yoloV3', 'pred', 1, 'target', true, true);
const YOLO_V3_OPTIONS = ['input', ...LOSS_OPTIONS];
const INPUTS = ['probability', 'logit'];

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
export const fasterRcnn = ((logits, target, options?: LossOptions): Computed<AnyLoss> => {
  const { where } = FASTER_RCNN;
  const rows = checkRows(where, 'logits', logits, 2);
  checkLength(where, 'target', target, rows, 'logits.length / 2');
  options = checkOptions(where, options, LOSS_OPTIONS);
  return computeRows(FASTER_RCNN, rows, logits, target, options, kernels.fasterRcnn);
}) as LossFunction<[logits: Float32Array, target: Float32Array], LossOptions>;

/**
 * The objectness loss of YOLO v1: squared error, lighter where there is no object.
 *
 * ℓ = (o* − o)² where o* > 0, λ_noobj (o* − o)² elsewhere
 *
 * @param pred `[N]`: predicted confidence.
 * @param target `[N]`: the confidence to predict, the IoU or 1 where there is an object, 0
 * elsewhere.
 * @param options See {@link YoloV1ObjectnessOptions}: `noObject` (default 0.5) and the common ones.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `pred`.
 * @throws As {@link fasterRcnn}; RangeError where `noObject` is not a finite number of at least 0.
 *
 * @edges
 * A NaN in an evaluated row makes its loss and gradient NaN and touches no other row.
 *
 * @accuracy
 * Largest error against float64 over 30,000 rows (probabilities), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 1.9 ULP of a well-conditioned row's loss, 9.6e-8
 * of the largest component of a row's gradient and 2.4e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0.5, 0.5]);
 * objectness.yoloV1(pred, new Float32Array([1, 0]), { reduction: 'none' });
 * // { losses: [0.25, 0.125] }
 *
 * @see Redmon et al., You only look once, arXiv 1506.02640, equation 3.
 */
export const yoloV1 = ((pred, target, options?: YoloV1ObjectnessOptions): Computed<AnyLoss> => {
  const rows = checkPair(YOLO_V1, 1, pred, target);
  options = checkOptions(YOLO_V1.where, options, YOLO_V1_OPTIONS);
  const noObject = options?.noObject === undefined ? 0.5 : options.noObject;
  const rule = 'a finite number of at least 0';
  checkFloat(YOLO_V1.where, 'noObject', noObject, rule, (value) => value >= 0);
  return computeRows(YOLO_V1, rows, pred, target, options, kernels.yoloV1, noObject);
}) as PairLoss<YoloV1ObjectnessOptions>;

/**
 * The objectness loss of YOLO v3: binary cross-entropy, with objects and background balanced.
 *
 * ℓ = −o* ln o − (1 − o*) ln(1 − o); of a logit z, max(z, 0) − z o* + ln(1 + e^−|z|)
 *
 * @param pred `[N]`: probabilities, or raw features with `input: 'logit'`.
 * @param target `[N]`: 1 where there is an object, 0 where there is none.
 * @param options See {@link YoloV3ObjectnessOptions}: `input` (default `'probability'`), and
 * `reduction`, of which the default here is `'balanced'`: the mean over the rows with o* > 0 plus
 * the mean over the others, each by weight; a side without weight adds 0. Give 0 as the `weight` of
 * ignored rows.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `pred`.
 * @throws As {@link fasterRcnn}; RangeError where `input` is not given and the prediction of a row
 * with weight is no probability, as it is below 0 or above 1 by more than 1e-6: raw features need
 * `input: 'logit'`.
 *
 * @edges
 * Of logits the loss is exact for any value. Of probabilities each logarithm is kept at −100 or
 * above and the derivative is (o − o*) / max(o (1 − o), 1e-12), so that both are finite at 0 and 1;
 * with `input: 'probability'` one beyond counts as the nearer of the two. A NaN in an evaluated row makes its loss
 * and gradient NaN and touches no other row.
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
export const yoloV3 = ((pred, target, options?: YoloV3ObjectnessOptions): Computed<AnyLoss> => {
  const rows = checkPair(YOLO_V3, 1, pred, target);
  options = checkOptions(YOLO_V3.where, options, YOLO_V3_OPTIONS);
  const input = options?.input;
  const isLogit = choose(YOLO_V3.where, 'input', input, INPUTS) === 1;
  const kernel = isLogit ? kernels.yoloV3Logit : kernels.yoloV3;
  const none = undefined;
  const unsaid = input === undefined;
  return computeRows(YOLO_V3, rows, pred, target, options, kernel, 0, 0, none, none, none, unsaid);
}) as PairLoss<YoloV3ObjectnessOptions, 'balanced' | 'mean' | 'sum'>;
