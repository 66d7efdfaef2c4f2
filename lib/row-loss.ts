/**
 * What all losses over rows share: reading the options, allocating outputs, calling the kernel.
 */
import type { LossKernel } from './binding';
import {
  checkDistinct,
  checkLength,
  checkOptions,
  checkRows,
  checkThreads,
  choose,
  wrongKind,
  wrongValue,
} from './check';
import type { AnyLoss, BoxOptions, LossOptions, PairLoss } from './types';

export const REDUCTIONS = ['mean', 'sum', 'none'] as const;
export const BALANCED_REDUCTIONS = ['balanced', 'mean', 'sum', 'none'] as const;
/** The order in which kernels number the reductions. */
const KERNEL_REDUCTIONS = ['mean', 'sum', 'none', 'balanced'];

export const FORMATS = ['yxhw', 'cxcywh', 'xyxy', 'tlbr', 'xywh'] as const;

export const LOSS_OPTIONS = ['reduction', 'weight', 'grad', 'out', 'threads'] as const;
export const BOX_OPTIONS = ['format', ...LOSS_OPTIONS] as const;

/** How many rows a call has, and how its errors name the arrays. */
export interface Shape {
  predName: string;
  rows: number;
  /** Words the number of rows. */
  rowsName: string;
}

/** The arrays a call only reads, by the names errors give them. */
export type Inputs = readonly (readonly [
  name: string,
  array: Float32Array | Int32Array | undefined,
])[];

/** What the common options of a call come to. */
export interface Outputs {
  /** As kernels number them. */
  reduction: number;
  none: boolean;
  weight: Float32Array | undefined;
  grad: Float32Array | undefined;
  losses: Float32Array | undefined;
}

/** Checks the common options of a call, and only then allocates what it returns. */
export function prepareOutputs(
  where: string,
  shape: Shape,
  pred: Float32Array,
  inputs: Inputs,
  options: LossOptions<string> | undefined,
  reductions: readonly string[] = REDUCTIONS,
): Outputs {
  const { predName, rows, rowsName } = shape;
  const name = reductions[choose(where, 'reduction', options?.reduction, reductions)];
  const none = name === 'none';
  const weight = options?.weight;
  if (weight !== undefined) checkLength(where, 'weight', weight, rows, rowsName);
  checkThreads(where, options?.threads);

  let grad: Float32Array | undefined;
  if (typeof options?.grad === 'object') {
    grad = options.grad;
    checkLength(where, 'grad', grad, pred.length, `${predName}.length`);
    checkApart(where, 'grad', grad, inputs, weight);
  } else if (options?.grad !== undefined && typeof options.grad !== 'boolean') {
    throw wrongKind(where, 'grad', 'a boolean or a Float32Array', options.grad);
  }

  let losses = options?.out;
  if (losses !== undefined) {
    checkLength(where, 'out', losses, rows, rowsName);
    if (!none) throw wrongValue(where, "reduction to be 'none' when out is given", name);
    checkApart(where, 'out', losses, inputs, weight);
    checkDistinct(where, 'out', losses, 'grad', grad);
  }

  if (options?.grad === true) grad = new Float32Array(pred.length);
  if (none) losses ??= new Float32Array(rows);
  return { reduction: KERNEL_REDUCTIONS.indexOf(name), none, weight, grad, losses };
}

function checkApart(
  where: string,
  name: string,
  output: Float32Array,
  inputs: Inputs,
  weight: Float32Array | undefined,
): void {
  for (const [inputName, input] of inputs) {
    checkDistinct(where, name, output, inputName, input);
  }
  checkDistinct(where, name, output, 'weight', weight);
}

/** The result of a call: what was asked for of the reduced loss, the rows' losses, the gradient. */
export function resultOf(loss: number, { none, losses, grad }: Outputs): AnyLoss {
  if (none) return grad === undefined ? { losses } : { losses, grad };
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

/** Checks the predictions, targets and option names of a call whose arrays have the same shape. */
export function checkPair(
  where: string,
  predName: string,
  width: number,
  pred: unknown,
  target: unknown,
  options: unknown,
  known: readonly string[],
): Shape {
  const rows = checkRows(where, predName, pred, width);
  checkLength(where, 'target', target, rows * width, `${predName}.length`);
  checkOptions(where, options, known);
  return { predName, rows, rowsName: rowsNameOf(predName, width) };
}

export function rowsNameOf(name: string, width: number): string {
  return width === 1 ? `${name}.length` : `${name}.length / ${width}`;
}

/** The format of a call's boxes, by its position in FORMATS. */
export function formatOf(where: string, options: Pick<BoxOptions, 'format'> | undefined): number {
  return choose(where, 'format', options?.format, FORMATS);
}

/** Computes a loss whose arrays and option names have been checked. */
export function computeRows(
  where: string,
  shape: Shape,
  pred: Float32Array,
  target: Float32Array,
  options: LossOptions<string> | undefined,
  resolved: Resolved,
): AnyLoss {
  const { anchors } = resolved;
  const inputs: Inputs = [
    [shape.predName, pred],
    ['target', target],
    ['anchors', anchors],
  ];
  const outputs = prepareOutputs(where, shape, pred, inputs, options, resolved.reductions);
  const loss = resolved.kernel(
    pred,
    target,
    anchors,
    outputs.weight,
    outputs.grad,
    outputs.losses,
    outputs.reduction,
    resolved.format ?? 0,
    resolved.parameter ?? 0,
    resolved.height,
    resolved.width,
  );
  return resultOf(loss, outputs);
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
  const loss = (pred: Float32Array, target: Float32Array, options?: Options): AnyLoss => {
    const shape = checkPair(where, 'pred', width, pred, target, options, known);
    return computeRows(where, shape, pred, target, options, resolve(options));
  };
  return loss as PairLoss<Options>;
}
