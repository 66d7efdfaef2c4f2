/**
 * Losses of which class an object is: the category terms of Faster R-CNN, YOLO v1 and YOLO v3.
 *
 * @module
 */
import { native } from './binding';
import type { ClassKernel } from './kernels';
import {
  checkCount,
  checkFloats,
  checkLabelArray,
  checkLength,
  checkPart,
  checkRows,
  choose,
} from './check';
import { checkOptions } from './options';
import { isFloats, isIntegers, kernelHere } from './device';
import {
  arrayFor,
  checkApart,
  gradOf,
  LOSS_OPTIONS,
  lossesOf,
  namesOf,
  reductionOf,
  resultOf,
  weightOf,
  type Names,
} from './row-loss';
import { isPromised, threadsOf, type Computed } from './threads';
import type { AnyLoss, LossFunction, LossOptions } from './types';
import { checkFractions, checkLabels, checkProbabilities, checkWeights } from './values';
import { inTheNameOf, wrongKind, wrongValue } from './words';

/** Options of {@link yoloV1}. */
export interface CategoryOptions extends LossOptions {
  /** K. Needed with a multi-hot target where no `weight` or `out` tells the number of rows. */
  classes?: number;
}

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

/** A row's target: a label, 0 to K − 1, or a number for each of its K classes. */
export type CategoryTarget = Int32Array | Float32Array;

const kernels = native.category;
const FASTER_RCNN = namesOf('category.fasterRcnn', 'logits', 'classes', 'labels');
const YOLO_V1 = namesOf('category.yoloV1', 'prob', 'classes');
const YOLO_V3 = namesOf('category.yoloV3', 'pred', 'classes');
const OPTIONS = ['classes', ...LOSS_OPTIONS];
const YOLO_V3_OPTIONS = ['input', 'labelSmoothing', ...OPTIONS];
const INPUTS = ['probability', 'logit'];
/** As many classes as labels are of. */
const MOST_CLASSES = 2 ** 24;

/** The number of rows of a call, from whichever argument tells it. */
function rowsOf(
  where: string,
  predName: string,
  pred: Float32Array,
  target: CategoryTarget,
  options: CategoryOptions | undefined,
  anyRows: boolean,
): number {
  if (options?.classes !== undefined) {
    checkCount(where, 'classes', options.classes);
    return checkRows(where, predName, pred, options.classes);
  }
  if (isIntegers(target)) return target.length;
  const told = options?.weight ?? options?.out;
  if (isFloats(told)) {
    checkFloats(where, told === options?.weight ? 'weight' : 'out', told);
    return told.length;
  }
  if (pred.length === 0) return 0;
  if (anyRows) return 1;
  throw new RangeError(
    `${where}: expected the option classes, without which ${predName} and target do not tell the ` +
      'number of rows',
  );
}

/** The arrays of a call, as {@link explain} looks at them. */
interface CallArrays {
  pred: Float32Array;
  target: CategoryTarget;
  classes: number;
  weight: Float32Array | undefined;
  grad: Float32Array | undefined;
  losses: Float32Array | undefined;
  /** Whether predictions have to be probabilities. */
  probabilities: boolean;
}

/** Of a call that the kernel has refused: throws the error that tells users why. */
function explain(names: Names, error: unknown, call: CallArrays): never {
  const { where } = names;
  const { pred, target, classes, weight, grad, losses, probabilities } = call;
  checkApart(where, grad, losses, [
    [names.pred, pred],
    [names.target, target],
    ['weight', weight],
  ]);
  if (isIntegers(target)) checkLabels(where, target, classes, weight);
  checkWeights(where, weight);
  if (!isIntegers(target)) checkFractions(where, names.target, target, weight, classes);
  if (probabilities) checkProbabilities(where, names.pred, pred, weight, classes);
  throw inTheNameOf(where, error);
}

function compute(
  names: Names,
  kernel: ClassKernel,
  pred: Float32Array,
  target: CategoryTarget,
  rows: number,
  options: LossOptions | undefined,
  smoothing: number,
  probabilities = false,
): Computed<AnyLoss> {
  const { where } = names;
  const classes = rows === 0 ? 1 : pred.length / rows;
  if (!Number.isInteger(classes) || (rows === 0) !== (pred.length === 0) || classes === 0) {
    const rule = `${names.length} to be a multiple of the number of rows (${rows})`;
    throw wrongValue(where, rule, pred.length);
  }
  const labels = isIntegers(target) ? target : undefined;
  const numbers = isIntegers(target) ? undefined : target;
  if (labels !== undefined && labels.length !== rows) {
    const rule = `${names.target}.length to equal the number of rows (${rows})`;
    throw wrongValue(where, rule, labels.length);
  }
  if (numbers !== undefined) checkLength(where, names.target, numbers, pred.length, names.length);
  if (labels !== undefined && classes > MOST_CLASSES) throw tooManyClasses(names, classes);
  const reduction = reductionOf(names, options);
  const weight = weightOf(names, rows, options);
  const threads = threadsOf(where, options);
  const wanted = gradOf(names, pred, options);
  const wantedLosses = lossesOf(names, rows, options, reduction);
  let grad: Float32Array | undefined;
  let losses: Float32Array | undefined;
  let loss: Computed<number>;
  try {
    grad = arrayFor(wanted, pred.length);
    losses = arrayFor(wantedLosses, rows);
    loss = kernelHere(kernel)(
      pred,
      labels,
      numbers,
      weight,
      grad,
      losses,
      threads,
      reduction,
      classes,
      smoothing,
      probabilities,
    );
  } catch (error) {
    const call = { pred, target, classes, weight, grad, losses, probabilities };
    return explain(names, error, call);
  }
  if (!isPromised(loss)) return resultOf(loss, grad, losses);
  const call = { pred, target, classes, weight, grad, losses, probabilities };
  return computeLater(loss, names, call);
}

function tooManyClasses(names: Names, classes: number): RangeError {
  const rule = `the number of classes to be at most ${MOST_CLASSES} with labels`;
  return wrongValue(names.where, rule, classes);
}

/** Numbers that are out of range are found where the call is computed. */
async function computeLater(
  loss: Promise<number>,
  names: Names,
  call: CallArrays,
): Promise<AnyLoss> {
  try {
    return resultOf(await loss, call.grad, call.losses);
  } catch (error) {
    return explain(names, error, call);
  }
}

function checkTarget(where: string, target: unknown): asserts target is CategoryTarget {
  if (isIntegers(target)) {
    checkLabelArray(where, 'target', target);
  } else if (isFloats(target)) {
    checkFloats(where, 'target', target);
  } else {
    throw wrongKind(where, 'target', 'an Int32Array of labels or a Float32Array', target);
  }
}

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
export const fasterRcnn = ((logits, labels, options?: LossOptions): Computed<AnyLoss> => {
  const { where } = FASTER_RCNN;
  checkFloats(where, 'logits', logits);
  checkLabelArray(where, 'labels', labels);
  options = checkOptions(where, options, LOSS_OPTIONS);
  const kernel = kernels.fasterRcnn;
  return compute(FASTER_RCNN, kernel, logits, labels, labels.length, options, 0);
}) as LossFunction<[logits: Float32Array, labels: Int32Array], LossOptions>;

/**
 * The category loss of YOLO v1: squared error of every class.
 *
 * ℓ = Σ_k (p*_k − p_k)²
 *
 * @param prob `[N, K]`: predicted probabilities.
 * @param target [N] labels of 0 to K − 1 (an `Int32Array`), or [N, K] multi-hot (a `Float32Array`).
 * @param options See {@link CategoryOptions}: `classes` and the common ones.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `prob`.
 * @throws As {@link fasterRcnn}; RangeError where a multi-hot target comes without `classes`,
 * `weight` or `out`, one of which must tell the number of rows, or has a number that is not from 0 to
 * 1 in a row with weight.
 *
 * @edges
 * A NaN in an evaluated row makes its loss and gradient NaN and touches no other row. A row of
 * weight 0 may have any label.
 *
 * @accuracy
 * Largest error against float64 over 23,610 rows (probabilities of classes), from the usual to the
 * limits of float32, on AVX-512, AVX2, SSE4 and scalar code: 2.1 ULP of a well-conditioned row's
 * loss, 6e-8 of the largest component of a row's gradient and 1.4e-8 of a mean.
 *
 * @example
 * category.yoloV1(new Float32Array([0.25, 0.75]), new Int32Array([1])); // { loss: 0.125 }
 *
 * @see Redmon et al., You only look once, arXiv 1506.02640, equation 3.
 */
export const yoloV1 = ((prob, target, options?: CategoryOptions): Computed<AnyLoss> => {
  const { where } = YOLO_V1;
  checkFloats(where, 'prob', prob);
  checkTarget(where, target);
  options = checkOptions(where, options, OPTIONS);
  const rows = rowsOf(where, 'prob', prob, target, options, false);
  return compute(YOLO_V1, kernels.yoloV1, prob, target, rows, options, 0);
}) as LossFunction<[prob: Float32Array, target: CategoryTarget], CategoryOptions>;

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
 * @throws As {@link yoloV1}; of the mean without a `weight` the number of rows need not be told, as
 * it does not change it. RangeError where `labelSmoothing` is not in [0, 1]; and where `input` is not
 * given and a row with weight has a prediction below 0 or above 1 by more than 1e-6, which is no
 * probability: raw features need `input: 'logit'`.
 *
 * @edges
 * Of logits the loss is exact for any value; probabilities as in `objectness.yoloV3`. A NaN in an
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
export const yoloV3 = ((pred, target, options?: YoloV3CategoryOptions): Computed<AnyLoss> => {
  const { where } = YOLO_V3;
  checkFloats(where, 'pred', pred);
  checkTarget(where, target);
  options = checkOptions(where, options, YOLO_V3_OPTIONS);
  const input = options?.input;
  const isLogit = choose(where, 'input', input, INPUTS) === 1;
  const smoothing = options?.labelSmoothing === undefined ? 0 : options.labelSmoothing;
  checkPart(where, 'labelSmoothing', smoothing);
  const mean = options?.reduction === undefined || options.reduction === 'mean';
  const rows = rowsOf(where, 'pred', pred, target, options, mean);
  const kernel = isLogit ? kernels.yoloV3Logit : kernels.yoloV3;
  const unsaid = input === undefined;
  return compute(YOLO_V3, kernel, pred, target, rows, options, smoothing, unsaid);
}) as LossFunction<[pred: Float32Array, target: CategoryTarget], YoloV3CategoryOptions>;
