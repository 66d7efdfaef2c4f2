/**
 * What all losses over rows share: reading the options, allocating outputs, calling the kernel.
 */
import type { LossKernel } from './kernels';
import {
  checkDistinct,
  checkLength,
  checkOptions,
  checkRows,
  choose,
  wrongKind,
  wrongValue,
} from './check';
import { kernelHere, newFloats } from './device';
import { run, threadsOf, type Computation, type Computed } from './threads';
import type { AnyLoss, BoxOptions, LossOptions, PairLoss } from './types';

/** The reductions, by the numbers kernels have for them; the last is not every loss's. */
const ALL_REDUCTIONS = ['mean', 'sum', 'none', 'balanced'] as const;
const REDUCTIONS = ALL_REDUCTIONS.slice(0, 3);
const NONE = ALL_REDUCTIONS.indexOf('none');
const BALANCED = ALL_REDUCTIONS.indexOf('balanced');

export const FORMATS = ['yxhw', 'cxcywh', 'xyxy', 'tlbr', 'xywh'] as const;

export const LOSS_OPTIONS = ['reduction', 'weight', 'grad', 'out', 'threads'] as const;
export const BOX_OPTIONS = ['format', ...LOSS_OPTIONS] as const;

/** A loss, its prediction and its number of rows, as errors name them. */
export interface Names {
  where: string;
  pred: string;
  rows: string;
}

/** The names of a loss whose rows have `width` numbers. */
export function namesOf(where: string, pred: string, width: number): Names {
  return { where, pred, rows: width === 1 ? `${pred}.length` : `${pred}.length / ${width}` };
}

/** The arrays a call only reads, by the names errors give them. */
export type Inputs = readonly (readonly [
  name: string,
  array: Float32Array | Int32Array | undefined,
])[];

/** What the common options of a call come to. */
export interface Outputs {
  /** As kernels take them. */
  threads: number;
  reduction: number;
  weight: Float32Array | undefined;
  grad: Float32Array | undefined;
  losses: Float32Array | undefined;
}

/**
 * Checks the common options of a call, and only then allocates what it returns. That the arrays it
 * writes are apart from the others is for the kernel to see, and for {@link checkApart} to word. A
 * loss that is `balanced` has that reduction, too, by default.
 */
export function prepareOutputs(
  { where, pred: predName, rows: rowsName }: Names,
  rows: number,
  pred: Float32Array,
  options: LossOptions<string> | undefined,
  balanced = false,
): Outputs {
  const reduction = balanced
    ? choose(where, 'reduction', options?.reduction, ALL_REDUCTIONS, BALANCED)
    : choose(where, 'reduction', options?.reduction, REDUCTIONS);
  const weight = options?.weight;
  if (weight !== undefined) checkLength(where, 'weight', weight, rows, rowsName);
  const threads = threadsOf(where, options);

  const wanted = options?.grad;
  let grad: Float32Array | undefined;
  if (typeof wanted === 'object') {
    grad = wanted;
    checkLength(where, 'grad', grad, pred.length, `${predName}.length`);
  } else if (wanted !== undefined && typeof wanted !== 'boolean') {
    throw wrongKind(where, 'grad', 'a boolean or a Float32Array', wanted);
  }

  let losses = options?.out;
  if (losses !== undefined) {
    checkLength(where, 'out', losses, rows, rowsName);
    if (reduction !== NONE) {
      const got = ALL_REDUCTIONS[reduction];
      throw wrongValue(where, "reduction to be 'none' when out is given", got);
    }
  }

  if (wanted === true) grad = newFloats(pred.length);
  if (reduction === NONE) losses ??= newFloats(rows);
  return { threads, reduction, weight, grad, losses };
}

/** Throws where an array that a call writes shares memory with another of its arrays. */
export function checkApart(
  where: string,
  { weight, grad, losses }: Pick<Outputs, 'weight' | 'grad' | 'losses'>,
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
    checkDistinct(where, name, output, 'weight', weight);
  }
  if (losses !== undefined) checkDistinct(where, 'out', losses, 'grad', grad);
}

/** The result of a call: what was asked for of the reduced loss, the rows' losses, the gradient. */
export function resultOf(loss: number, { losses, grad }: Outputs): AnyLoss {
  if (losses !== undefined) return grad === undefined ? { losses } : { losses, grad };
  return grad === undefined ? { loss } : { loss, grad };
}

/** What a loss's own options come to. */
export interface Resolved {
  kernel: LossKernel;
  /** The hyperparameter of the formula. */
  parameter: number;
  /** Position in FORMATS; only boxes have one. */
  format: number;
  anchors: Float32Array | undefined;
  /** Of a grid of cells. */
  height: number | undefined;
  width: number | undefined;
}

/** All from one place: of objects of different shapes, small calls would pay for every property. */
export function resolved(
  kernel: LossKernel,
  parameter = 0,
  format = 0,
  anchors?: Float32Array,
  height?: number,
  width?: number,
): Resolved {
  return { kernel, parameter, format, anchors, height, width };
}

/**
 * Checks the predictions, targets and option names of a call whose arrays have the same shape, and
 * returns the number of rows.
 */
export function checkPair(
  { where, pred: predName }: Names,
  width: number,
  pred: unknown,
  target: unknown,
  options: unknown,
  known: readonly string[],
): number {
  const rows = checkRows(where, predName, pred, width);
  checkLength(where, 'target', target, rows * width, `${predName}.length`);
  checkOptions(where, options, known);
  return rows;
}

/** The format of a call's boxes, by its position in FORMATS. */
export function formatOf(where: string, options: Pick<BoxOptions, 'format'> | undefined): number {
  return choose(where, 'format', options?.format, FORMATS);
}

/** A call whose arguments have been checked. */
interface RowCall {
  names: Names;
  pred: Float32Array;
  target: Float32Array;
  resolved: Resolved;
  outputs: Outputs;
}

const ROWS: Computation<RowCall, number, AnyLoss> = {
  compute({ pred, target, resolved, outputs }) {
    const { anchors, format, parameter, height, width } = resolved;
    const { threads, reduction, weight, grad, losses } = outputs;
    return kernelHere(resolved.kernel)(
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
    );
  },
  finish: (loss, { outputs }) => resultOf(loss, outputs),
  explain({ names, pred, target, resolved, outputs }) {
    checkApart(names.where, outputs, [
      [names.pred, pred],
      ['target', target],
      ['anchors', resolved.anchors],
    ]);
  },
};

/** Computes a loss whose arrays and option names have been checked. */
export function computeRows(
  names: Names,
  rows: number,
  pred: Float32Array,
  target: Float32Array,
  options: LossOptions<string> | undefined,
  resolved: Resolved,
  balanced = false,
): Computed<AnyLoss> {
  const outputs = prepareOutputs(names, rows, pred, options, balanced);
  return run(ROWS, { names, pred, target, resolved, outputs });
}

/**
 * The facade of a loss of predictions against targets, with rows of `width` numbers. `own` are the
 * names of the options it has beside `common`, and `resolve` checks them. One that is `balanced`
 * has that reduction, too, by default.
 */
export function pairLoss<Options extends LossOptions<string>>(
  where: string,
  width: number,
  common: readonly string[],
  own: readonly string[],
  resolve: (options: Options | undefined) => Resolved,
  balanced = false,
): PairLoss<Options> {
  const known = [...own, ...common];
  const names = namesOf(where, 'pred', width);
  const loss = (pred: Float32Array, target: Float32Array, options?: Options): Computed<AnyLoss> => {
    const rows = checkPair(names, width, pred, target, options, known);
    return computeRows(names, rows, pred, target, options, resolve(options), balanced);
  };
  return loss as PairLoss<Options>;
}
