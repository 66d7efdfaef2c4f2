/**
 * What all losses over rows share: reading the options, allocating outputs, calling the kernel.
 *
 * A call makes no objects but the one it returns: each step hands plain values to the next.
 */
import type { LossKernel } from './kernels';
import { checkDistinct, checkLength, checkRows, choose } from './check';
import { kernelHere, newFloats } from './device';
import { isPromised, threadsOf, type Computed } from './threads';
import type { AnyLoss, BoxOptions, LossOptions } from './types';
import { checkFractions, checkProbabilities, checkWeights } from './values';
import { inTheNameOf, wrongKind, wrongValue } from './words';

/** The reductions, by the numbers kernels have for them; the last is not every loss's. */
const ALL_REDUCTIONS = ['mean', 'sum', 'none', 'balanced'] as const;
const REDUCTIONS = ALL_REDUCTIONS.slice(0, 3);
const MEAN = ALL_REDUCTIONS.indexOf('mean');
const NONE = ALL_REDUCTIONS.indexOf('none');
const BALANCED = ALL_REDUCTIONS.indexOf('balanced');

export const FORMATS = ['yxhw', 'cxcywh', 'xyxy', 'tlbr', 'xywh'] as const;

export const LOSS_OPTIONS = ['reduction', 'weight', 'grad', 'out', 'threads'] as const;
export const BOX_OPTIONS = ['format', ...LOSS_OPTIONS] as const;

/** What is the same for all calls of a loss: how errors name it and its arguments. */
export interface Names {
  where: string;
  pred: string;
  /** That of `pred`. */
  length: string;
  target: string;
  /** How many rows there are. */
  rows: string;
  /** Whether it has that reduction, too, and by default. */
  balanced: boolean;
  /** Whether targets are from 0 to 1. */
  fractions: boolean;
}

/**
 * The names of a loss whose rows have `width` numbers, or as many as there are classes. All from one
 * place: for names of different shapes V8 would have to look where each of them is.
 */
export function namesOf(
  where: string,
  pred: string,
  width: number | 'classes',
  target = 'target',
  fractions = false,
  balanced = false,
): Names {
  const length = `${pred}.length`;
  const several = width === 'classes' ? 'the number of rows' : `${length} / ${width}`;
  return { where, pred, length, target, rows: width === 1 ? length : several, balanced, fractions };
}

/** The arrays a call only reads, by the names errors give them. */
export type Inputs = readonly (readonly [
  name: string,
  array: Float32Array | Int32Array | undefined,
])[];

/** The number of a call's reduction. */
export function reductionOf(names: Names, options: LossOptions<string> | undefined): number {
  const reduction = options?.reduction;
  if (reduction === undefined) return names.balanced ? BALANCED : MEAN;
  const choices = names.balanced ? ALL_REDUCTIONS : REDUCTIONS;
  return choose(names.where, 'reduction', reduction, choices);
}

/** The weight of a call of so many rows. */
export function weightOf(
  names: Names,
  rows: number,
  options: LossOptions<string> | undefined,
): Float32Array | undefined {
  const weight = options?.weight;
  if (weight !== undefined) checkLength(names.where, 'weight', weight, rows, names.rows);
  return weight;
}

/** The array that receives the gradient, or whether there shall be one. */
export function gradOf(
  names: Names,
  pred: Float32Array,
  options: LossOptions<string> | undefined,
): Float32Array | boolean {
  const grad = options?.grad;
  if (grad === undefined) return false;
  if (typeof grad === 'object') {
    checkLength(names.where, 'grad', grad, pred.length, names.length);
  } else if (typeof grad !== 'boolean') {
    throw wrongKind(names.where, 'grad', 'a boolean or a Float32Array', grad);
  }
  return grad;
}

/** The array that receives the rows' losses, or whether there shall be one. */
export function lossesOf(
  names: Names,
  rows: number,
  options: LossOptions<string> | undefined,
  reduction: number,
): Float32Array | boolean {
  const out = options?.out;
  if (out === undefined) return reduction === NONE;
  checkLosses(names, rows, out, reduction);
  return out;
}

function checkLosses(names: Names, rows: number, out: unknown, reduction: number): void {
  checkLength(names.where, 'out', out, rows, names.rows);
  if (reduction !== NONE) {
    const got = ALL_REDUCTIONS[reduction];
    throw wrongValue(names.where, "reduction to be 'none' when out is given", got);
  }
}

/** An output of a call whose arguments have all been checked: the array given, or a new one. */
export function arrayFor(wanted: Float32Array | boolean, length: number): Float32Array | undefined {
  if (typeof wanted === 'object') return wanted;
  return wanted ? newFloats(length) : undefined;
}

/** Throws where an array that a call writes shares memory with another of its arrays. */
export function checkApart(
  where: string,
  grad: Float32Array | undefined,
  losses: Float32Array | undefined,
  inputs: Inputs,
): void {
  for (const [name, output] of [
    ['grad', grad],
    ['out', losses],
  ] as const) {
    if (output === undefined) continue;
    for (const [inputName, input] of inputs) {
      checkDistinct(where, name, output, inputName, input);
    }
  }
  if (losses !== undefined) checkDistinct(where, 'out', losses, 'grad', grad);
}

/** The result of a call: what was asked for of the reduced loss, the rows' losses, the gradient. */
export function resultOf(
  loss: number,
  grad: Float32Array | undefined,
  losses: Float32Array | undefined,
): AnyLoss {
  if (losses !== undefined) return grad === undefined ? { losses } : { losses, grad };
  return grad === undefined ? { loss } : { loss, grad };
}

/**
 * Checks the predictions and targets of a call whose arrays have the same shape, and returns the
 * number of rows.
 */
export function checkPair(names: Names, width: number, pred: unknown, target: unknown): number {
  const rows = checkRows(names.where, names.pred, pred, width);
  checkLength(names.where, names.target, target, rows * width, names.length);
  return rows;
}

/** The format of a call's boxes, by its position in FORMATS. */
export function formatOf(where: string, options: Pick<BoxOptions, 'format'> | undefined): number {
  return choose(where, 'format', options?.format, FORMATS);
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
 * Computes a loss whose arrays and option names have been checked. That the arrays it writes are
 * apart from the others, and that numbers are in their ranges, is for the kernel to see, and for
 * {@link explain} to word. With `probabilities` predictions have to be from 0 to 1.
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
  kernel: LossKernel,
  parameter = 0,
  format = 0,
  anchors?: Float32Array,
  height?: number,
  width?: number,
  probabilities = false,
): Computed<AnyLoss> {
  const reduction = reductionOf(names, options);
  const weight = weightOf(names, rows, options);
  const threads = threadsOf(names.where, options);
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
      target,
      threads,
      reduction,
      format,
      parameter,
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
  return isPromised(loss)
    ? resultLater(loss, grad, losses, names, pred, target, weight, probabilities)
    : resultOf(loss, grad, losses);
}
