/** The device of lib/device.ts that the CUDA addon is: its arrays, its kernels, the copies to it. */
import { cudaAddon, native, type CudaAddon, type DeviceHandle } from '../binding';
import type { ArrayKind, Device } from '../device';
import { shareMemory } from '../memory';
import {
  allocate,
  DeviceArray,
  DeviceFloat32Array,
  isDeviceArray,
  kindOf,
  type HostArray,
} from './device-array';

/** Which arguments of a `LossKernel` are written: `grad` and `losses`. */
const LOSS_OUTPUTS = [6, 8];
/** The same of a `ClassKernel`. */
const CLASS_OUTPUTS = [4, 5];
/** Of the arrays of one scale of a `YoloV3Kernel`, which are eight, the second is written. */
const [SCALE_ARRAYS, SCALE_OUTPUT] = [8, 1];

type AnyKernel = (...args: unknown[]) => unknown;

/** A typed array's place on the device while a call runs. */
interface Copy {
  host: HostArray;
  handle: DeviceHandle;
  written: boolean;
}

/**
 * Calls `compute` with handles in the place of arrays. Typed arrays are copied to the device for the
 * call, and back if they are written.
 */
function withHandles<R>(
  addon: CudaAddon,
  values: readonly unknown[],
  isWritten: (index: number) => boolean,
  compute: (values: unknown[]) => R,
): R {
  const copies: Copy[] = [];
  try {
    const handles = values.map((value, index) => {
      if (value instanceof DeviceArray) return value.buffer;
      const kind = kindOf(value);
      if (kind === undefined) return value;
      const host = value as HostArray;
      const handle = allocate(kind, host.length);
      copies.push({ host, handle, written: isWritten(index) });
      return handle;
    });
    for (const { host, handle, written } of copies) {
      if (!written) {
        addon.upload(handle, host);
      } else if (copies.some((other) => other.handle !== handle && shareMemory(host, other.host))) {
        // Kernels, which see copies, would not refuse it.
        throw new RangeError('an output overlaps another array');
      }
    }
    const result = compute(handles);
    for (const { host, handle, written } of copies) if (written) addon.download(handle, host);
    return result;
  } finally {
    for (const { handle } of copies) addon.dispose(handle);
  }
}

/** The addon's kernels by those of the processor. */
function kernelsOf(addon: CudaAddon): Map<unknown, AnyKernel> {
  const kernels = new Map<unknown, AnyKernel>();
  for (const group of ['regression', 'box', 'objectness', 'category'] as const) {
    const outputs = group === 'category' ? CLASS_OUTPUTS : LOSS_OUTPUTS;
    const isWritten = (index: number) => outputs.includes(index);
    for (const [name, kernel] of Object.entries(native[group])) {
      const compute = addon[group][name] as AnyKernel | undefined;
      if (compute === undefined) continue;
      kernels.set(kernel, (...args) =>
        withHandles(addon, args, isWritten, (values) => compute(...values)),
      );
    }
  }
  const isGradient = (index: number) => index % SCALE_ARRAYS === SCALE_OUTPUT;
  const compute = addon.yoloV3 as AnyKernel;
  return kernels.set(native.yoloV3, (arrays, ...settings) =>
    withHandles(addon, arrays as unknown[], isGradient, (values) => compute(values, ...settings)),
  );
}

let kernels: Map<unknown, AnyKernel> | undefined;

/** Arrays of the device are `Float32Array`s to the functions that are called on it. */
export const gpu: Device = {
  holds(value: unknown, kind: ArrayKind): boolean {
    return isDeviceArray(value, kind);
  },
  floats(length: number): Float32Array {
    return new DeviceFloat32Array(Float32Array, length) as unknown as Float32Array;
  },
  kernel<Kernel>(kernel: Kernel): Kernel {
    kernels ??= kernelsOf(cudaAddon());
    const found = kernels.get(kernel);
    if (found === undefined)
      throw new Error('cuda: its library is of another version: build it anew');
    return found as Kernel;
  },
  read<Numbers>(array: Numbers): Numbers {
    return array instanceof DeviceArray ? (array.download() as Numbers) : array;
  },
};
