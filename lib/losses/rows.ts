/**
 * Calls of losses over rows of numbers, logits and boxes.
 *
 * A call makes no objects but the one it returns: each step hands plain values to the next.
 */
import { checkGridRows, checkLength, checkRows, choose, isFilled } from '../check';
import { kernelHere } from '../device';
import { CENTRE_FORMATS, formatOf } from '../formats';
import type { Hyper, LossKernel } from '../kernels';
import { isPromised, threadsOf, type Computed } from '../threads';
import type { AnyLoss, BoxFormat, Grid, LossOptions } from '../types';
import { checkFractions, checkProbabilities, checkWeights } from '../values';
import { inTheNameOf } from '../words';
import { kernelFor, type BoundLoss, type Way } from './bound';
import type { Names } from './names';
import { arrayFor, checkApart, gradOf, lossesOf, reductionOf, resultOf, weightOf } from './outputs';
import { hyperOf, optionsOf, ownOf, wayOf } from './own-options';

type Loss = BoundLoss<LossKernel>;

interface Options extends LossOptions<string> {
  format?: BoxFormat;
  [own: string]: unknown;
}

/** Of a call whose numbers the kernel has refused: throws the error that tells users why. */
function explain(
  error: unknown,
  names: Names,
  pred: Float32Array,
  target: Float32Array,
  weight: Float32Array | undefined,
  probabilities: boolean,
): never {
  checkWeights(names.where, weight);
  if (names.fractions) checkFractions(names.where, names.target, target, weight);
  if (probabilities) checkProbabilities(names.where, names.pred, pred, weight);
  throw inTheNameOf(names.where, error);
}

/** The result of a loss that is promised. */
async function resultLater(
  loss: Promise<number>,
  grad: Float32Array | undefined,
  losses: Float32Array | undefined,
  names: Names,
  pred: Float32Array,
  target: Float32Array,
  weight: Float32Array | undefined,
  probabilities: boolean,
): Promise<AnyLoss> {
  try {
    return resultOf(await loss, grad, losses);
  } catch (error) {
    return explain(error, names, pred, target, weight, probabilities);
  }
}

/**
 * Computes a loss whose arrays and own options have been checked. That the arrays it writes are
 * apart from the others, and that numbers are in their ranges, is for the kernel to see, and for
 * {@link explain} to word.
 *
 * It is too long for V8 to compile it into its callers, which it does up to 460 bytes of bytecode.
 * By itself it is compiled with all that it calls. Within a caller there is no room for much of
 * that, and a call takes 20 ns longer.
 */
export function computeRows(
  names: Names,
  rows: number,
  pred: Float32Array,
  target: Float32Array,
  options: LossOptions<string> | undefined,
  way: Way<LossKernel>,
  hyper: Hyper | undefined,
  format = 0,
  anchors?: Float32Array,
  height?: number,
  width?: number,
): Computed<AnyLoss> {
  const { probabilities } = way;
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
      target,
      threads,
      reduction,
      format,
      hyper,
      grad,
      weight,
      losses,
      anchors,
      height,
      width,
      probabilities,
    );
  } catch (error) {
    checkApart(names.where, grad, losses, [
      [names.pred, pred],
      [names.target, target],
      ['anchors', anchors],
      ['weight', weight],
    ]);
    return explain(error, names, pred, target, weight, probabilities);
  }
  return isPromised(reduced)
    ? resultLater(reduced, grad, losses, names, pred, target, weight, probabilities)
    : resultOf(reduced, grad, losses);
}

/**
 * Checks the predictions and targets of a call whose arrays have the same shape, and returns the
 * number of rows. What is right is seen without the names of anything, which V8 would look up first.
 */
function checkPair(names: Names, width: number, pred: unknown, target: unknown): number {
  if (isFilled(pred) && isFilled(target) && pred.length === target.length) {
    const rows = pred.length / width;
    if (Number.isInteger(rows)) return rows;
  }
  return checkRowsOfBoth(names, width, width, names.predLength, pred, target);
}

/** The same in full, of rows of so many numbers. */
function checkRowsOfBoth(
  names: Names,
  width: number,
  targetWidth: number,
  lengthName: string,
  pred: unknown,
  target: unknown,
): number {
  const rows = checkRows(names.where, names.pred, pred, width);
  checkLength(names.where, names.target, target, rows * targetWidth, lengthName);
  return rows;
}

/** Losses of numbers. */
export function elementLoss(loss: Loss) {
  return (pred: Float32Array, target: Float32Array, options?: Options): Computed<AnyLoss> => {
    const { names } = loss;
    const rows = checkPair(names, 1, pred, target);
    const given = optionsOf(loss, options);
    const own = ownOf(loss, given);
    const hyper = hyperOf(loss, own);
    const way = wayOf(loss, own, hyper);
    return computeRows(names, rows, pred, target, given, way, hyper);
  };
}

/** Losses of two logits. */
export function logitPairLoss(loss: Loss) {
  return (logits: Float32Array, target: Float32Array, options?: Options): Computed<AnyLoss> => {
    const { names } = loss;
    const rows = checkRowsOfBoth(names, 2, 1, names.rowCount, logits, target);
    const given = optionsOf(loss, options);
    const own = ownOf(loss, given);
    const hyper = hyperOf(loss, own);
    const way = wayOf(loss, own, hyper);
    return computeRows(names, rows, logits, target, given, way, hyper);
  };
}

/** Losses of boxes. */
export function boxLoss(loss: Loss) {
  return (pred: Float32Array, target: Float32Array, options?: Options): Computed<AnyLoss> => {
    const { names } = loss;
    const rows = checkPair(names, 4, pred, target);
    const given = optionsOf(loss, options);
    const own = ownOf(loss, given);
    const hyper = hyperOf(loss, own);
    const way = wayOf(loss, own, hyper);
    const format = given === undefined ? 0 : formatOf(names.where, given);
    return computeRows(names, rows, pred, target, given, way, hyper, format);
  };
}

/** Losses of boxes by their anchors. */
export function anchoredBoxLoss(loss: Loss) {
  return (
    pred: Float32Array,
    target: Float32Array,
    anchors: Float32Array,
    options?: Options,
  ): Computed<AnyLoss> => {
    const { names } = loss;
    const rows = checkPair(names, 4, pred, target);
    const given = optionsOf(loss, options);
    checkLength(names.where, 'anchors', anchors, pred.length, names.predLength);
    const own = ownOf(loss, given);
    const hyper = hyperOf(loss, own);
    const way = wayOf(loss, own, hyper);
    const format = given === undefined ? 0 : formatOf(names.where, given);
    return computeRows(names, rows, pred, target, given, way, hyper, format, anchors);
  };
}

/** Losses of raw features in the cells of a grid. */
export function cellLoss(loss: Loss) {
  return (
    raw: Float32Array,
    target: Float32Array,
    grid: Grid,
    options?: Options,
  ): Computed<AnyLoss> => {
    const { names } = loss;
    const rows = checkPair(names, 4, raw, target);
    const given = optionsOf(loss, options);
    const { height, width, anchors } = checkGridRows(names.where, grid, names.pred, raw);
    const own = ownOf(loss, given);
    const hyper = hyperOf(loss, own);
    const way = wayOf(loss, own, hyper);
    const format =
      given === undefined ? 0 : choose(names.where, 'format', given.format, CENTRE_FORMATS);
    return computeRows(names, rows, raw, target, given, way, hyper, format, anchors, height, width);
  };
}
