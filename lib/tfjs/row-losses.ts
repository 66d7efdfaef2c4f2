/**
 * The losses over rows (box, objectness, category, regression) as operations on tensors.
 */
import type * as box from '../catalogue/box';
import type * as category from '../catalogue/category';
import type { Card } from '../catalogue/card';
import { cardOf } from '../catalogue/define';
import type { Role, RowShape } from '../catalogue/rows';
import { checkNeedless, checkShape } from '../check';
import { wrongKind, wrongShape, wrongValue } from '../words';
import { isFloats, isIntegers } from '../device';
import type * as objectness from '../catalogue/objectness';
import type * as regression from '../catalogue/regression';
import type { AnyLoss, LossFunction } from '../types';
import { differentiable } from './differentiable';
import {
  isTensor,
  read,
  readFloats,
  readPrediction,
  type TensorFlow,
  type TensorLike,
} from './tensors';

/** The type of an argument that is not differentiated: arrays may come as tensors. */
export type TensorConstant<Argument, Tensor> = Argument extends Float32Array | Int32Array
  ? Argument | Tensor
  : Argument;

/** A loss's arguments: the first is the prediction. */
export type TensorArguments<Arrays, Tensor> = Arrays extends [unknown, ...infer Others]
  ? [
      prediction: Tensor,
      ...others: { [Index in keyof Others]: TensorConstant<Others[Index], Tensor> },
    ]
  : never;

/**
 * A loss's options: those it has on arrays, without those that TensorFlow.js makes needless:
 * `grad`, `out`, and `classes`, which is the size of the prediction's last axis.
 */
export type TensorOptions<Options, Tensor> = Omit<
  Options,
  'grad' | 'out' | 'classes' | 'weight'
> & {
  /** One weight per row: a tensor of any type, bool included, or an array. */
  weight?: Tensor | Float32Array;
};

/** The call signatures of a loss on tensors: the result's type follows from the reduction. */
export interface TensorFunction<
  Inputs extends unknown[],
  Options,
  Reduced extends string,
  Tensor,
  Scalar,
> {
  (...args: [...inputs: Inputs, options: Options & { reduction: 'none' }]): Tensor;
  (...args: [...inputs: Inputs, options?: Options & { reduction?: Reduced }]): Scalar;
  (...args: [...inputs: Inputs, options?: Options]): Tensor;
}

/** A loss on tensors, from the type of the same loss on arrays. */
export type TensorLoss<Loss, Tensor, Scalar> =
  Loss extends LossFunction<infer Arrays, infer Options, infer Reduced>
    ? TensorFunction<
        TensorArguments<Arrays, Tensor>,
        TensorOptions<Options, Tensor>,
        Reduced,
        Tensor,
        Scalar
      >
    : never;

/** The losses of a family on tensors. */
export type TensorFamily<Family, Tensor, Scalar> = {
  [Name in keyof Family]: TensorLoss<Family[Name], Tensor, Scalar>;
};

type Family = typeof box | typeof category | typeof objectness | typeof regression;

/** What an argument's shape has to be, and how errors word that. */
type Shape = readonly [sizes: readonly number[], words: string];

/** The losses of a family on the tensors of `tf`. */
export function tensorFamily<
  Losses extends Family,
  Tensor extends TensorLike,
  Scalar extends Tensor,
>(tf: TensorFlow<Tensor, Scalar>, losses: Losses): TensorFamily<Losses, Tensor, Scalar> {
  const family = Object.entries(losses).map(([name, loss]) => {
    return [name, tensorLoss(tf, cardOf(loss), loss as ArrayLoss)];
  });
  return Object.fromEntries(family) as TensorFamily<Losses, Tensor, Scalar>;
}

type ArrayLoss = (...args: unknown[]) => AnyLoss;

/** A loss on tensors, given that on arrays. */
export function tensorLoss<Tensor extends TensorLike, Scalar extends Tensor>(
  tf: TensorFlow<Tensor, Scalar>,
  { name: where, rows: { width, arguments: all } }: Card,
  loss: ArrayLoss,
) {
  const [[name], ...others] = Object.entries(all);
  const takesClasses = others.some(([, role]) => role === 'labels or like prediction');
  return (prediction: Tensor, ...args: unknown[]): Tensor => {
    const pred = readPrediction(where, name, prediction);
    const like: Shape = [prediction.shape, `${name}'s`];
    const rows: Shape = [rowsOf(where, name, prediction.shape, width), `that of ${name}'s rows`];
    const arrays = others.map(([other, role], i) =>
      readConstant(where, other, role, args[i], like, rows),
    );
    const options = readOptions(where, args[others.length], rows);
    if (takesClasses) options.classes = prediction.shape.at(-1);
    return differentiable(tf, where, [prediction], [...rows[0]], (grad) => {
      const result = loss(pred, ...arrays, { ...options, grad });
      const value = (Object.hasOwn(result, 'losses') ? result.losses : result.loss)!;
      return { value, grads: [grad ? result.grad : undefined] };
    });
  };
}

/** The shape of the rows of a prediction. */
function rowsOf(where: string, name: string, shape: number[], width: RowShape['width']): number[] {
  if (width === 1) return shape;
  const last = shape.at(-1);
  if (last === undefined || (width !== 'classes' && last !== width)) {
    const rule = width === 'classes' ? 'an axis of classes' : `a last axis of size ${width}`;
    throw wrongShape(where, `${name} to have ${rule}`, shape);
  }
  return shape.slice(0, -1);
}

function readConstant(
  where: string,
  name: string,
  role: Role,
  value: unknown,
  like: Shape,
  rows: Shape,
): unknown {
  if (role === 'grid') return value;
  if (role === 'like prediction') return checked(where, name, value, readFloats(value), like);
  if (role === 'one per row') return checked(where, name, value, readFloats(value), rows);
  const areLabels = isTensor(value)
    ? role === 'labels' || value.shape.length < like[0].length
    : role === 'labels' || isIntegers(value);
  if (!areLabels) return checked(where, name, value, readFloats(value), like);
  if (isTensor(value) && value.dtype !== 'int32') {
    throw wrongKind(where, `${name}.dtype`, "'int32'", value.dtype);
  }
  return checked(where, name, value, read(value), rows);
}

/** The numbers of an argument whose shape, or for an array length, has been checked. */
function checked(
  where: string,
  name: string,
  value: unknown,
  data: unknown,
  [sizes, words]: Shape,
): unknown {
  if (isTensor(value)) {
    checkShape(where, name, value.shape, sizes, words);
  } else if (isFloats(data) || isIntegers(data)) {
    const length = sizes.reduce((product, size) => product * size, 1);
    const rule = `${name}.length to be that of the shape [${sizes.join(', ')}] (${length})`;
    if (data.length !== length) throw wrongValue(where, rule, data.length);
  }
  return data;
}

/** The options of the loss on arrays. */
function readOptions(where: string, value: unknown, rows: Shape): Record<string, unknown> {
  if (value === undefined) return Object.create(null) as Record<string, unknown>;
  const needless = ['grad', 'out', 'classes'];
  const options = checkNeedless(where, value, needless) as Record<string, unknown>;
  if (options.weight !== undefined) {
    const { weight } = options;
    options.weight = checked(where, 'weight', weight, readFloats(weight), rows);
  }
  return options;
}
