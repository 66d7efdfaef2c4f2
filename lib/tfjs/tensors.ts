/**
 * As much of TensorFlow.js as is used here, and the reading of its tensors. The library itself is
 * the caller's: nothing here loads it.
 */
import { wrongKind } from '../words';
import { isBytes, isFloats, isIntegers } from '../device';

/** A tensor of TensorFlow.js, of whichever version and backend. */
export interface TensorLike {
  readonly shape: number[];
  readonly dtype: string;
  /** The numbers. */
  dataSync(): unknown;
}

/** What a custom operation returns: its value, and its derivatives by its inputs, times `dy`. */
export interface TensorOperation<Tensor> {
  value: Tensor;
  /** The derivatives by the inputs, times that of what follows by the value. */
  gradFunc: (dy: Tensor) => Tensor[];
}

/** What runs the operations of TensorFlow.js. */
export interface TensorEngine {
  /** Whether operations are recorded to be differentiated. */
  isTapeOn(): boolean;
}

/** The functions of `@tensorflow/tfjs-core`; `Scalar` is its type of tensors without a dimension. */
export interface TensorFlow<Tensor extends TensorLike, Scalar extends Tensor> {
  /** A tensor of one number. */
  scalar(value: number): Scalar;
  /** A tensor of numbers. */
  tensor(values: Float32Array, shape: number[]): Tensor;
  /** The product of every two numbers. */
  mul(a: Tensor, b: Tensor): Tensor;
  /** The same numbers with one more axis. */
  expandDims(tensor: Tensor, axis: number): Tensor;
  /** An operation with a gradient of its own. */
  customGrad(
    // TensorFlow.js types the inputs, and the function that saves tensors after them, as one list.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    operation: (...inputs: any[]) => TensorOperation<Tensor>,
  ): (...inputs: Tensor[]) => Tensor;
  /** What runs the operations. */
  engine(): TensorEngine;
}

export function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== 'object' || value === null) return false;
  const { shape, dtype, dataSync } = value as Partial<TensorLike>;
  return Array.isArray(shape) && typeof dtype === 'string' && typeof dataSync === 'function';
}

/** The numbers of a tensor of predictions. */
export function readPrediction(where: string, name: string, value: unknown): Float32Array {
  if (!isTensor(value)) throw wrongKind(where, name, 'a tensor', value);
  const data = value.dtype === 'float32' ? value.dataSync() : undefined;
  if (isFloats(data)) return data;
  throw wrongKind(where, `${name}.dtype`, "'float32'", value.dtype);
}

/** A tensor's numbers, or an array as it is. */
export function read(value: unknown): unknown {
  return isTensor(value) ? value.dataSync() : value;
}

/** The same as float32, where a tensor has another type: masks are often bool, counts int32. */
export function readFloats(value: unknown): unknown {
  const data = read(value);
  return isTensor(value) && (isIntegers(data) || isBytes(data)) ? Float32Array.from(data) : data;
}
