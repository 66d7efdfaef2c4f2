/** Arrays in the memory of the device. */
import { cudaAddon, type DeviceHandle } from '../binding';
import { checkFloats } from '../check';
import { wrongKind, wrongValue } from '../words';
import type { ArrayKind } from '../device';
import { kindOf as nameOfKind } from '../kinds';

/** The typed arrays that have a counterpart on the device. */
export type HostArray = Float32Array | Int32Array | Uint8Array;

/** The kinds, as N-API numbers them. */
const KINDS = new Map<ArrayKind, number>([
  [Uint8Array, 1],
  [Int32Array, 5],
  [Float32Array, 7],
]);

/** Memory of the device for so many numbers. */
export function allocate(kind: ArrayKind, length: number): DeviceHandle {
  return cudaAddon().allocate(KINDS.get(kind)!, length);
}

/**
 * What the arrays of all kinds have in common. They are made by `cuda.upload` and by the losses. Their
 * memory counts as external memory of JavaScript's heap and is freed by the garbage collector, or
 * before by {@link dispose}.
 */
export abstract class DeviceArray<Host extends HostArray = HostArray> {
  /** @internal With `buffer`, what checks of shared memory ask typed arrays for. */
  readonly byteOffset = 0;
  #length: number;
  #disposed = false;

  /** @internal */
  constructor(
    /** @internal */
    readonly kind: ArrayKind,
    length: number,
    /** @internal */
    readonly buffer: DeviceHandle = allocate(kind, length),
  ) {
    this.#length = length;
  }

  /** How many numbers there are; none once the array has been disposed. */
  get length(): number {
    return this.#length;
  }

  /** The size of the numbers in memory. */
  get byteLength(): number {
    return this.#length * this.kind.BYTES_PER_ELEMENT;
  }

  /** Whether {@link dispose} has been called. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /**
   * Copies the numbers to the processor's memory, once the device has computed them.
   *
   * @param into An array of the same kind and length, which is filled and returned. Default: a new
   * one.
   * @throws TypeError where the array has been disposed or `into` is of another kind; RangeError
   * where `into` is of another length.
   */
  download(into?: Host): Host {
    this.checkMemory('download', 'the array');
    const host = into === undefined ? new this.kind(this.#length) : into;
    this.checkLike('download', 'into', host);
    cudaAddon().download(this.buffer, host);
    return host as Host;
  }

  /** Frees the memory at once. A second call does nothing. */
  dispose(): void {
    cudaAddon().dispose(this.buffer);
    this.#length = 0;
    this.#disposed = true;
  }

  /** @internal Copies numbers of the same kind and length to the device. */
  fill(host: Host): void {
    this.checkMemory('upload', 'into');
    this.checkLike('upload', 'array', host);
    cudaAddon().upload(this.buffer, host);
  }

  private checkMemory(name: string, what: string): void {
    if (!this.#disposed) return;
    throw new TypeError(`cuda.${name}: expected ${what} to have memory, got a disposed array`);
  }

  private checkLike(name: string, what: string, host: unknown): void {
    if (nameOfKind(host) !== this.kind.name) {
      const kind = this.kind === Int32Array ? 'an Int32Array' : `a ${this.kind.name}`;
      throw wrongKind(`cuda.${name}`, what, kind, host);
    }
    if (this.kind === Float32Array) checkFloats(`cuda.${name}`, what, host);
    const { length } = host as Host;
    if (length !== this.#length) {
      throw wrongValue(`cuda.${name}`, `${what}.length to equal ${this.#length}`, length);
    }
  }
}

/** Floats on the device: what a `Float32Array` is on the processor. */
export class DeviceFloat32Array extends DeviceArray<Float32Array> {}

/** Integers on the device: what an `Int32Array` is on the processor. */
export class DeviceInt32Array extends DeviceArray<Int32Array> {}

/** Bytes on the device: what a `Uint8Array` is on the processor. */
export class DeviceUint8Array extends DeviceArray<Uint8Array> {}

const CLASSES = new Map<
  ArrayKind,
  typeof DeviceFloat32Array | typeof DeviceInt32Array | typeof DeviceUint8Array
>([
  [Float32Array, DeviceFloat32Array],
  [Int32Array, DeviceInt32Array],
  [Uint8Array, DeviceUint8Array],
]);

/** The kind of a typed array that has a counterpart on the device. */
export function kindOf(array: unknown): ArrayKind | undefined {
  const name = nameOfKind(array);
  return [...KINDS.keys()].find((kind) => kind.name === name);
}

/** Whether `value` is an array of the device of that kind. */
export function isDeviceArray(value: unknown, kind: ArrayKind): value is DeviceArray {
  return value instanceof CLASSES.get(kind)!;
}

/**
 * Copies a typed array to the device.
 *
 * @param array Numbers of a kind that losses take.
 * @param into An array of the device, of the same kind and length, which is filled and returned.
 * Default: a new one.
 * @throws TypeError where `array` is of another kind or `into` has been disposed; RangeError where
 * `into` is of another length; Error where there is no device, or not enough memory on it.
 *
 * An example is in docs/cuda.md.
 */
export function upload(array: Float32Array, into?: DeviceFloat32Array): DeviceFloat32Array;
export function upload(array: Int32Array, into?: DeviceInt32Array): DeviceInt32Array;
export function upload(array: Uint8Array, into?: DeviceUint8Array): DeviceUint8Array;
export function upload(array: HostArray, into?: DeviceArray): DeviceArray {
  const kind = kindOf(array);
  if (kind === undefined) {
    throw wrongKind('cuda.upload', 'array', 'a Float32Array, Int32Array or Uint8Array', array);
  }
  if (into !== undefined && !isDeviceArray(into, kind)) {
    throw wrongKind('cuda.upload', 'into', `a ${CLASSES.get(kind)!.name}`, into);
  }
  if (kind === Float32Array) checkFloats('cuda.upload', 'array', array);
  const device = into === undefined ? new (CLASSES.get(kind)!)(kind, array.length) : into;
  device.fill(array as never);
  return device;
}
