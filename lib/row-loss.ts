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
export const FORMATS = ['yxhw', 'cxcywh', 'xyxy', 'tlbr', 'xywh'] as const;

export const LOSS_OPTIONS = ['reduction', 'weight', 'grad', 'out', 'threads'] as const;
export const BOX_OPTIONS = ['format', ...LOSS_OPTIONS] as const;

/** What a loss's own options come to. */
export interface Resolved {
  kernel: LossKernel;
  /** Position in FORMATS; regression has none. */
  format?: number;
  /** The hyperparameter of the formula. */
  parameter?: number;
  anchors?: Float32Array;
  /** Of a grid of cells. */
  height?: number;
  width?: number;
}

/** The family of a loss: how its errors name the predictions, and how many numbers a row has. */
interface Shape {
  predName: string;
  width: number;
}

export const ELEMENTS: Shape = { predName: 'pred', width: 1 };
export const BOXES: Shape = { predName: 'pred', width: 4 };
export const RAW_BOXES: Shape = { predName: 'raw', width: 4 };

/** Checks the predictions, targets and option names of a call; returns the number of rows. */
export function checkPair(
  where: string,
  shape: Shape,
  pred: unknown,
  target: unknown,
  options: unknown,
  known: readonly string[],
): number {
  const { predName, width } = shape;
  const rows = checkRows(where, predName, pred, width);
  checkLength(where, 'target', target, rows * width, `${predName}.length`);
  checkOptions(where, options, known);
  return rows;
}

/** The format of a call's boxes, by its position in FORMATS. */
export function formatOf(where: string, options: BoxOptions | undefined): number {
  return choose(where, 'format', options?.format, FORMATS);
}

/** Computes a loss whose predictions, targets and option names have been checked. */
export function computeRows(
  where: string,
  shape: Shape,
  rows: number,
  pred: Float32Array,
  target: Float32Array,
  options: LossOptions | undefined,
  resolved: Resolved,
): AnyLoss {
  const { predName, width } = shape;
  const rowsName = width === 1 ? `${predName}.length` : `${predName}.length / ${width}`;
  const { anchors } = resolved;

  const reduction = choose(where, 'reduction', options?.reduction, REDUCTIONS);
  const none = REDUCTIONS[reduction] === 'none';
  const weight = options?.weight;
  if (weight !== undefined) checkLength(where, 'weight', weight, rows, rowsName);
  checkThreads(where, options?.threads);

  let grad: Float32Array | undefined;
  if (typeof options?.grad === 'object') {
    grad = options.grad;
    checkLength(where, 'grad', grad, pred.length, `${predName}.length`);
    checkDistinct(where, 'grad', grad, predName, pred);
    checkDistinct(where, 'grad', grad, 'target', target);
    checkDistinct(where, 'grad', grad, 'weight', weight);
    checkDistinct(where, 'grad', grad, 'anchors', anchors);
  } else if (options?.grad !== undefined && typeof options.grad !== 'boolean') {
    throw wrongKind(where, 'grad', 'a boolean or a Float32Array', options.grad);
  }

  let losses = options?.out;
  if (losses !== undefined) {
    checkLength(where, 'out', losses, rows, rowsName);
    if (!none)
      throw wrongValue(where, "reduction to be 'none' when out is given", REDUCTIONS[reduction]);
    checkDistinct(where, 'out', losses, predName, pred);
    checkDistinct(where, 'out', losses, 'target', target);
    checkDistinct(where, 'out', losses, 'weight', weight);
    checkDistinct(where, 'out', losses, 'anchors', anchors);
    checkDistinct(where, 'out', losses, 'grad', grad);
  }

  if (options?.grad === true) grad = new Float32Array(pred.length);
  if (none) losses ??= new Float32Array(rows);
  const loss = resolved.kernel(
    pred,
    target,
    anchors,
    weight,
    grad,
    losses,
    reduction,
    resolved.format ?? 0,
    resolved.parameter ?? 0,
    resolved.height,
    resolved.width,
  );
  if (none) return grad === undefined ? { losses } : { losses, grad };
  return grad === undefined ? { loss } : { loss, grad };
}

/**
 * The facade of a loss of predictions against targets. `own` are the names of the options it has
 * beside `common`, and `resolve` checks them.
 */
export function pairLoss<Options extends LossOptions>(
  where: string,
  shape: Shape,
  common: readonly string[],
  own: readonly string[],
  resolve: (options: Options | undefined) => Resolved,
): PairLoss<Options> {
  const known = [...own, ...common];
  const loss = (pred: Float32Array, target: Float32Array, options?: Options): AnyLoss => {
    const rows = checkPair(where, shape, pred, target, options, known);
    return computeRows(where, shape, rows, pred, target, options, resolve(options));
  };
  return loss as PairLoss<Options>;
}
