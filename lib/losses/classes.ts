/** Calls of losses over rows of classes. */
import { checkCount, checkFloats, checkLabelArray, checkRows, isFilled } from '../check';
import { isFloats, isIntegers, kernelHere } from '../device';
import type { ClassKernel, Hyper } from '../kernels';
import { kindOf } from '../kinds';
import { isPromised, threadsOf, type Computed } from '../threads';
import type { AnyLoss, CategoryTarget, LossOptions } from '../types';
import { checkFractions, checkLabels, checkProbabilities, checkWeights } from '../values';
import { inTheNameOf, wrongKind, wrongLength, wrongValue } from '../words';
import { kernelFor, type BoundLoss, type Way } from './bound';
import type { Names } from './names';
import { arrayFor, checkApart, gradOf, lossesOf, reductionOf, resultOf, weightOf } from './outputs';
import { hyperOf, optionsOf, ownOf, wayOf } from './own-options';

type Loss = BoundLoss<ClassKernel>;

interface Options extends LossOptions<string> {
  classes?: number;
  [own: string]: unknown;
}

/** As many classes as labels are of. */
const MOST_CLASSES = 2 ** 24;

/** The number of rows of a call, from whichever argument tells it. */
function rowsOf(
  loss: Loss,
  pred: Float32Array,
  labels: Int32Array | undefined,
  options: Options | undefined,
): number {
  const { where, pred: predName } = loss.names;
  if (options?.classes !== undefined) {
    checkCount(where, 'classes', options.classes);
    return checkRows(where, predName, pred, options.classes);
  }
  if (labels !== undefined) return labels.length;
  const told = options?.weight ?? options?.out;
  if (isFloats(told)) {
    checkFloats(where, told === options?.weight ? 'weight' : 'out', told);
    return told.length;
  }
  if (pred.length === 0) return 0;
  // A mean of means over rows of as many classes is the mean of all: it needs no rows.
  const isMean = options?.reduction === undefined || options.reduction === 'mean';
  if (loss.isMeanOfClasses && isMean) return 1;
  throw new RangeError(
    `${where}: expected the option classes, without which ${predName} and target do not tell the ` +
      'number of rows',
  );
}

/** The arrays of a call, as {@link explain} looks at them. */
interface CallArrays {
  pred: Float32Array;
  labels: Int32Array | undefined;
  target: Float32Array | undefined;
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
  const { pred, labels, target, classes, weight, grad, losses, probabilities } = call;
  checkApart(where, grad, losses, [
    [names.pred, pred],
    [names.target, labels ?? target],
    ['weight', weight],
  ]);
  if (labels !== undefined) checkLabels(where, labels, classes, weight);
  checkWeights(where, weight);
  if (target !== undefined) checkFractions(where, names.target, target, weight, classes);
  if (probabilities) checkProbabilities(where, names.pred, pred, weight, classes);
  throw inTheNameOf(where, error);
}

/** K of a call of so many rows with labels or a target. */
function classesOf(
  names: Names,
  rows: number,
  pred: Float32Array,
  labels: Int32Array | undefined,
  target: Float32Array | undefined,
): number {
  const classes = rows === 0 ? 1 : pred.length / rows;
  const isWhole = Number.isInteger(classes) && classes > 0 && rows * classes === pred.length;
  const isRight =
    labels === undefined
      ? target!.length === pred.length
      : labels.length === rows && classes <= MOST_CLASSES;
  return isWhole && isRight ? classes : refuseRows(names, rows, isWhole, pred, labels, target);
}

/** Throws the error of rows that {@link classesOf} has found to be wrong. */
function refuseRows(
  names: Names,
  rows: number,
  isWhole: boolean,
  pred: Float32Array,
  labels: Int32Array | undefined,
  target: Float32Array | undefined,
): never {
  const { where } = names;
  if (!isWhole) {
    const rule = `${names.predLength} to be a multiple of the number of rows (${rows})`;
    throw wrongValue(where, rule, pred.length);
  }
  if (labels === undefined) {
    throw wrongLength(where, names.target, target!, pred.length, names.predLength);
  }
  if (labels.length !== rows) {
    const rule = `${names.target}.length to equal the number of rows (${rows})`;
    throw wrongValue(where, rule, labels.length);
  }
  const rule = `the number of classes to be at most ${MOST_CLASSES} with labels`;
  throw wrongValue(where, rule, pred.length / rows);
}

/** Computes a loss with labels or a target, as `computeRows` of lib/losses/rows.ts. */
function computeClasses(
  names: Names,
  rows: number,
  pred: Float32Array,
  labels: Int32Array | undefined,
  target: Float32Array | undefined,
  options: Options | undefined,
  way: Way<ClassKernel>,
  hyper: Hyper | undefined,
): Computed<AnyLoss> {
  const { probabilities } = way;
  const classes = classesOf(names, rows, pred, labels, target);
  const reduction = reductionOf(names, options);
  const weight = weightOf(names, rows, options);
  const threads = threadsOf(names.where, options);
  const wanted = gradOf(names, pred, options);
  const wantedLosses = lossesOf(names, rows, options, reduction);
  const kernel = kernelHere(kernelFor(way));
  let grad: Float32Array | undefined;
  let losses: Float32Array | undefined;
  let reduced: Computed<number>;
  try {
    grad = arrayFor(wanted, pred.length);
    losses = arrayFor(wantedLosses, rows);
    reduced = kernel(
      pred,
      labels,
      target,
      weight,
      grad,
      losses,
      threads,
      reduction,
      classes,
      hyper,
      probabilities,
    );
  } catch (error) {
    const call = { pred, labels, target, classes, weight, grad, losses, probabilities };
    return explain(names, error, call);
  }
  if (!isPromised(reduced)) return resultOf(reduced, grad, losses);
  const call = { pred, labels, target, classes, weight, grad, losses, probabilities };
  return computeLater(reduced, names, call);
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

/** Whether both are arrays with elements, which need no further check. */
function areFilled(pred: unknown, target: unknown): boolean {
  if (!isFilled(pred)) return false;
  return kindOf(target) === 'Int32Array' ? (target as Int32Array).length > 0 : isFilled(target);
}

function checkTarget(where: string, target: unknown): void {
  if (isIntegers(target)) {
    checkLabelArray(where, 'target', target);
  } else if (isFloats(target)) {
    checkFloats(where, 'target', target);
  } else {
    throw wrongKind(where, 'target', 'an Int32Array of labels or a Float32Array', target);
  }
}

/** Losses of logits and labels. */
export function labelLoss(loss: Loss) {
  return (logits: Float32Array, labels: Int32Array, options?: Options): Computed<AnyLoss> => {
    const { names } = loss;
    checkFloats(names.where, names.pred, logits);
    checkLabelArray(names.where, names.target, labels);
    const given = optionsOf(loss, options);
    const own = ownOf(loss, given);
    const hyper = hyperOf(loss, own);
    const way = wayOf(loss, own, hyper);
    return computeClasses(names, labels.length, logits, labels, undefined, given, way, hyper);
  };
}

/** Losses of a number for each class. */
export function classLoss(loss: Loss) {
  return (pred: Float32Array, target: CategoryTarget, options?: Options): Computed<AnyLoss> => {
    const { names } = loss;
    if (!areFilled(pred, target)) {
      checkFloats(names.where, names.pred, pred);
      checkTarget(names.where, target);
    }
    const given = optionsOf(loss, options);
    const own = ownOf(loss, given);
    const hyper = hyperOf(loss, own);
    const way = wayOf(loss, own, hyper);
    const labels = isIntegers(target) ? target : undefined;
    const numbers = labels === undefined ? (target as Float32Array) : undefined;
    const rows = rowsOf(loss, pred, labels, given);
    return computeClasses(names, rows, pred, labels, numbers, given, way, hyper);
  };
}
