/**
 * What all losses over rows share: reading the options, allocating outputs, calling the kernel.
 */
import type { LossKernel } from './binding';
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
import { finishing, threadsOf, type Computed } from './threads';
import type { AnyLoss, BoxOptions, LossOptions, PairLoss } from './types';

export const REDUCTIONS = ['mean', 'sum', 'none'] as const;
export const BALANCED_REDUCTIONS = ['balanced', 'mean', 'sum', 'none'] as const;
/** The order in which kernels number the reductions. */
const KERNEL_REDUCTIONS = ['mean', 'sum', 'none', 'balanced'];

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
 * writes are apart from the others is for the kernel to see, and for {@link checkApart} to word.
 */
export function prepareOutputs(
  { where, pred: predName, rows: rowsName }: Names,
  rows: number,
  pred: Float32Array,
  options: LossOptions<string> | undefined,
  reductions: readonly string[] = REDUCTIONS,
): Outputs {
  const name = reductions[choose(where, 'reduction', options?.reduction, reductions)];
  const weight = options?.weight;
  if (weight !== undefined) checkLength(where, 'weight', weight, rows, rowsName);
  const threads = threadsOf(where, options);

  let grad: Float32Array | undefined;
  if (typeof options?.grad === 'object') {
    grad = options.grad;
    checkLength(where, 'grad', grad, pred.length, `${predName}.length`);
  } else if (options?.grad !== undefined && typeof options.grad !== 'boolean') {
    throw wrongKind(where, 'grad', 'a boolean or a Float32Array', options.grad);
  }

  let losses = options?.out;
  if (losses !== undefined) {
    checkLength(where, 'out', losses, rows, rowsName);
    if (name !== 'none') throw wrongValue(where, "reduction to be 'none' when out is given", name);
  }

  if (options?.grad === true) grad = newFloats(pred.length);
  if (name === 'none') losses ??= newFloats(rows);
  return { threads, reduction: KERNEL_REDUCTIONS.indexOf(name), weight, grad, losses };
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
  /** Position in FORMATS; only boxes have one. */
  format?: number;
  /** The hyperparameter of the formula. */
  parameter?: number;
  anchors?: Float32Array;
  /** Of a grid of cells. */
  height?: number;
  width?: number;
  /** The reductions the loss offers, its default first. */
  reductions?: readonly string[];
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

/** Computes a loss whose arrays and option names have been checked. */
export function computeRows(
  names: Names,
  rows: number,
  pred: Float32Array,
  target: Float32Array,
  options: LossOptions<string> | undefined,
  resolved: Resolved,
): Computed<AnyLoss> {
  const { kernel, anchors, format = 0, parameter = 0, height, width, reductions } = resolved;
  const outputs = prepareOutputs(names, rows, pred, options, reductions);
  const { weight, grad, losses, threads, reduction } = outputs;
  const compute = kernelHere(kernel);
  // Small calls: an argument left out costs nothing, `undefined` 14 ns.
  const few = weight === undefined && losses === undefined && anchors === undefined;
  return finishing(
    () => {
      if (few && grad === undefined)
        return compute(pred, target, threads, reduction, format, parameter);
      if (few) return compute(pred, target, threads, reduction, format, parameter, grad);
      return compute(
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
    (loss) => resultOf(loss, outputs),
    () =>
      checkApart(names.where, outputs, [
        [names.pred, pred],
        ['target', target],
        ['anchors', anchors],
      ]),
  );
}

/**
 * The facade of a loss of predictions against targets, with rows of `width` numbers. `own` are the
 * names of the options it has beside `common`, and `resolve` checks them.
 */
export function pairLoss<Options extends LossOptions<string>>(
  where: string,
  width: number,
  common: readonly string[],
  own: readonly string[],
  resolve: (options: Options | undefined) => Resolved,
): PairLoss<Options> {
  const known = [...own, ...common];
  const names = namesOf(where, 'pred', width);
  const loss = (pred: Float32Array, target: Float32Array, options?: Options): Computed<AnyLoss> => {
    const rows = checkPair(names, width, pred, target, options, known);
    return computeRows(names, rows, pred, target, options, resolve(options));
  };
  return loss as PairLoss<Options>;
}
