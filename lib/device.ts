/**
 * Where a call computes. The functions of `detloss` compute on the processor, of typed arrays.
 * lib/cuda calls the same functions under {@link onDevice}, where arrays of the device stand in for
 * typed ones: checks let them pass, results are made on the device, and kernels are the device's.
 */
import { kindOf } from './kinds';

/** The kinds of arrays that losses take. */
export type ArrayKind = Float32ArrayConstructor | Int32ArrayConstructor | Uint8ArrayConstructor;

export interface Device {
  /** Whether `value` is an array of the device, for which that kind of typed array stands here. */
  holds(value: unknown, kind: ArrayKind): boolean;
  /** A new array of the device. */
  floats(length: number): Float32Array;
  /** The device's kernel of the same name. */
  kernel<Kernel>(kernel: Kernel): Kernel;
  /** The numbers of an array, wherever it is. */
  read<Numbers>(array: Numbers): Numbers;
}

let device: Device | undefined;

/** Does all that `call` does before it returns on a device. */
export function onDevice<R>(on: Device, call: () => R): R {
  const before = device;
  device = on;
  try {
    return call();
  } finally {
    device = before;
  }
}

export function isFloats(value: unknown): value is Float32Array {
  return kindOf(value) === 'Float32Array' || holds(value, Float32Array);
}

export function isIntegers(value: unknown): value is Int32Array {
  return kindOf(value) === 'Int32Array' || holds(value, Int32Array);
}

export function isBytes(value: unknown): value is Uint8Array {
  return kindOf(value) === 'Uint8Array' || holds(value, Uint8Array);
}

function holds(value: unknown, kind: ArrayKind): boolean {
  return device !== undefined && device.holds(value, kind);
}

/** An array for what a call returns. */
export function newFloats(length: number): Float32Array {
  return device === undefined ? new Float32Array(length) : device.floats(length);
}

/** A new array. Throws an error in the function's name where there is no memory for it. */
export function allocate<A>(where: string, kind: new (length: number) => A, length: number): A {
  try {
    return new kind(length);
  } catch {
    throw new RangeError(`${where}: cannot allocate an array of ${length} numbers`);
  }
}

/** A kernel of lib/binding.ts, or the device's. */
export function kernelHere<Kernel>(kernel: Kernel): Kernel {
  return device === undefined ? kernel : device.kernel(kernel);
}

/** The numbers of an array that a kernel has refused, for the words of the error. */
export function numbersOf<Numbers>(array: Numbers): Numbers {
  return device === undefined ? array : device.read(array);
}
