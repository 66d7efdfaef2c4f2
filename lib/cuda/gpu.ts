/** The device of lib/device.ts that the CUDA addon is: its arrays, its kernels, the copies to it. */
import {
  cudaAddon,
  native,
  type CudaAddon,
  type DeviceHandle,
  type YoloV3Arrays,
} from '../binding';
import type { ArrayKind, Device } from '../device';
import {
  allocate,
  DeviceArray,
  DeviceFloat32Array,
  isDeviceArray,
  kindOf,
  type HostArray,
} from './device-array';

/** The groups of kernels that the addons have in common. */
const GROUPS = ['regression', 'box', 'objectness', 'category'] as const;

type Argument = HostArray | DeviceArray | undefined;
type AnyKernel = (...args: unknown[]) => unknown;

/** Which arguments of a kernel over rows are arrays, and which of them are written. */
const ROW_ARRAYS = 6;
const ROW_OUTPUTS = [4, 5];
/** The same of the arrays of a scale of YOLO v3. */
const SCALE_ARRAYS = 8 satisfies YoloV3Arrays['length'];
const SCALE_OUTPUT = 1;

/** A typed array's place on the device while a call runs. */
interface Copy {
  host: HostArray;
  handle: DeviceHandle;
  written: boolean;
}

function shareMemory(a: HostArray, b: HostArray): boolean {
  return (
    a.buffer === b.buffer &&
    a.byteOffset < b.byteOffset + b.byteLength &&
    b.byteOffset < a.byteOffset + a.byteLength
  );
}

/** Calls `compute` with handles for the arrays; typed ones are copied there and, if written, back. */
function withHandles<R>(
  addon: CudaAddon,
  arrays: readonly Argument[],
  isWritten: (index: number) => boolean,
  compute: (handles: (DeviceHandle | undefined)[]) => R,
): R {
  const copies: Copy[] = [];
  try {
    const handles = arrays.map((array, index) => {
      if (array === undefined || array instanceof DeviceArray) return array?.buffer;
      const handle = allocate(kindOf(array)!, array.length);
      copies.push({ host: array, handle, written: isWritten(index) });
      return handle;
    });
    for (const copy of copies) {
      // What kernels see of arrays in one memory.
      if (
        copy.written &&
        copies.some((other) => other !== copy && shareMemory(copy.host, other.host))
      ) {
        throw new RangeError('an output overlaps another array');
      }
      if (!copy.written) addon.upload(copy.handle, copy.host);
    }
    const result = compute(handles);
    for (const { host, handle, written } of copies) if (written) addon.download(handle, host);
    return result;
  } finally {
    for (const { handle } of copies) addon.dispose(handle);
  }
}

/** A kernel over rows, of arrays wherever they are. */
function overRows(addon: CudaAddon, kernel: AnyKernel): AnyKernel {
  return (...args) => {
    const arrays = args.slice(0, ROW_ARRAYS) as Argument[];
    return withHandles(
      addon,
      arrays,
      (index) => ROW_OUTPUTS.includes(index),
      (handles) => kernel(...handles, ...args.slice(ROW_ARRAYS)),
    );
  };
}

function overScales(addon: CudaAddon, kernel: AnyKernel): AnyKernel {
  return (arrays, ...args) =>
    withHandles(
      addon,
      arrays as Argument[],
      (index) => index % SCALE_ARRAYS === SCALE_OUTPUT,
      (handles) => kernel(handles, ...args),
    );
}

/** The addon's kernels by those of the processor. */
function kernelsOf(addon: CudaAddon): Map<unknown, unknown> {
  const kernels = new Map<unknown, unknown>();
  for (const group of GROUPS) {
    for (const [name, kernel] of Object.entries(native[group])) {
      kernels.set(kernel, overRows(addon, addon[group][name] as AnyKernel));
    }
  }
  return kernels.set(native.yoloV3, overScales(addon, addon.yoloV3 as AnyKernel));
}

let kernels: Map<unknown, unknown> | undefined;

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
    return kernels.get(kernel) as Kernel;
  },
  read<Numbers>(array: Numbers): Numbers {
    return array instanceof DeviceArray ? (array.download() as Numbers) : array;
  },
};
