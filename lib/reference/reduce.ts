import type { Reduction } from '../types';
import { checkArrays, type Widths } from './arguments';
import { constants, Dual, variables } from './number';

/** Options every loss takes; `Reductions` are those it offers. */
export interface LossOptions<Reductions extends string = Reduction> {
  /** How rows are reduced. Default `'mean'`. */
  reduction?: Reductions;
  /** One weight per row. A row of weight 0 is never evaluated. */
  weight?: ArrayLike<number>;
  /** Whether to return the derivative of the loss (with `'none'`, of Σ wᵢℓᵢ) by the prediction. */
  grad?: boolean;
}

/** The result of a reduced loss. */
export interface Loss {
  loss: number;
}

/** The result of reduction `'none'`: one loss per row. */
export interface RowLosses {
  losses: Float64Array;
}

/** What `grad` adds to a result: the derivative by the prediction, in the prediction's layout. */
export interface Gradient {
  grad: Float64Array;
}

/** A result whose options are known only when the program runs. */
export interface AnyLoss {
  loss?: number;
  losses?: Float64Array;
  grad?: Float64Array;
}

/** The reductions to a single number. */
type ToNumber = 'mean' | 'sum' | 'balanced';

/** The call signatures of a loss: its arrays first, then options, which decide the result's type. */
export interface LossFunction<Arrays extends unknown[], Options extends LossOptions<string>> {
  (
    ...args: [...arrays: Arrays, options: Options & { reduction: 'none'; grad: true }]
  ): RowLosses & Gradient;
  (...args: [...arrays: Arrays, options: Options & { reduction: 'none'; grad?: false }]): RowLosses;
  (
    ...args: [...arrays: Arrays, options: Options & { reduction?: ToNumber; grad: true }]
  ): Loss & Gradient;
  (...args: [...arrays: Arrays, options?: Options & { reduction?: ToNumber; grad?: false }]): Loss;
  (...args: [...arrays: Arrays, options?: Options]): AnyLoss;
}

/** A loss of predictions against targets, both flat and of the same length. */
export type PairLoss<Options extends LossOptions<string>> = LossFunction<
  [pred: ArrayLike<number>, target: ArrayLike<number>],
  Options
>;

/**
 * Gives a loss, which errors call `where`, its call signatures and the check of its arrays: they are
 * its first arguments, and its options the one at `optionsAt`.
 */
export function lossFunction<Arrays extends unknown[], Options extends LossOptions<string>>(
  where: string,
  widths: Widths,
  compute: (...args: [...arrays: Arrays, options?: Options]) => AnyLoss,
  optionsAt = Object.keys(widths).length,
): LossFunction<Arrays, Options> {
  return ((...args: [...arrays: Arrays, options?: Options]) => {
    checkArrays(where, widths, args, (args[optionsAt] as Options | undefined)?.weight);
    return compute(...args);
  }) as LossFunction<Arrays, Options>;
}

/** The numbers of one row of a flat array. */
export function rowOf(array: ArrayLike<number>, row: number, width: number): number[] {
  return Array.from({ length: width }, (_, k) => array[row * width + k]);
}

/**
 * Evaluates ℓ(row's numbers, row) for every row of `pred` and reduces it: Σ wᵢℓᵢ / Σ wᵢ, Σ wᵢℓᵢ or
 * the array of wᵢℓᵢ. Where a row's loss is NaN, so is all of its gradient.
 */
export function reduceRows(
  pred: ArrayLike<number>,
  width: number,
  rowLoss: (row: Dual[], index: number) => Dual,
  { reduction = 'mean', weight, grad = false }: LossOptions = {},
): AnyLoss {
  const rows = pred.length / width;
  const weights = Array.from({ length: rows }, (_, i) => weight?.[i] ?? 1);
  const sum = (numbers: Iterable<number>) => Array.from(numbers).reduce((a, b) => a + b, 0);
  const divisor = reduction === 'mean' ? sum(weights) : 1;

  const losses = new Float64Array(rows);
  const gradient = new Float64Array(pred.length);
  for (let i = 0; i < rows; i++) {
    if (weights[i] === 0 || divisor === 0) continue;
    const numbers = rowOf(pred, i, width);
    const { value, partials } = rowLoss(grad ? variables(numbers) : constants(numbers), i);
    losses[i] = weights[i] * value;
    if (Number.isNaN(value)) gradient.fill(NaN, i * width, (i + 1) * width);
    else {
      partials.forEach((partial, k) => {
        gradient[i * width + k] += (weights[i] / divisor) * partial;
      });
    }
  }

  const result = reduction === 'none' ? { losses } : { loss: sum(losses) / (divisor || 1) };
  return grad ? { ...result, grad: gradient } : result;
}
