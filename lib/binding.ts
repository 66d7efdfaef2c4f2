/**
 * The native addons: what they export, and how their functions become kernels.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  checkSlots,
  classKernel,
  codecKernel,
  kernelsOf,
  lossKernel,
  overlapKernel,
  yoloV1Kernel,
  yoloV3Kernel,
  type AddonFunction,
  type ClassKernel,
  type Family,
  type LossKernel,
  type YoloV3Kernel,
} from './kernels';
import { loadAddon, loadNativeAddon, ROOT } from './load';
import { shareMemoryBy } from './memory';

/** What the addons of the processor and of the GPU export both. */
interface Exports {
  /** Where all functions find their numbers, and leave the number they return. */
  numbers: Float64Array;
  /** What each of the numbers is. */
  slots: readonly string[];
  computeRows: AddonFunction;
  regression: Family;
  objectness: Family;
  box: Family;
  computeClasses: AddonFunction;
  category: Family;
  yoloV3: AddonFunction;
}

interface NativeExports extends Exports {
  computeCodec: AddonFunction;
  codec: Family;
  computeOverlapMatrix: AddonFunction;
  overlapMatrix: Family;
  computeAlignedIou: AddonFunction;
  yoloV1: AddonFunction;
  /** The losses that the box term of YOLO v3 can be. */
  yoloV3BoxTerms: Family;
  /** The instruction sets of this processor that the kernels are compiled for, best first. */
  targets(): string[];
  /** Whether two typed arrays have memory in common, by its addresses. */
  shareMemory(a: ArrayBufferView, b: ArrayBufferView): boolean;
  /** For tests: makes all kernels use one instruction set; without a name, the best again. */
  useTarget(name?: string): boolean;
}

interface LossKernels {
  regression: Readonly<Record<string, LossKernel>>;
  objectness: Readonly<Record<string, LossKernel>>;
  category: Readonly<Record<string, ClassKernel>>;
  box: Readonly<Record<string, LossKernel>>;
  yoloV3: YoloV3Kernel;
}

function lossKernels(exports: Exports): LossKernels {
  const { numbers, slots, computeRows, computeClasses, yoloV3 } = exports;
  checkSlots(slots);
  const rowKernels = (family: Family) => kernelsOf(lossKernel, computeRows, numbers, family);
  return {
    regression: rowKernels(exports.regression),
    objectness: rowKernels(exports.objectness),
    category: kernelsOf(classKernel, computeClasses, numbers, exports.category),
    box: rowKernels(exports.box),
    yoloV3: yoloV3Kernel(yoloV3, numbers),
  };
}

function loadNative() {
  const exports = loadNativeAddon() as NativeExports;
  shareMemoryBy(exports.shareMemory);
  const { numbers, computeCodec, computeOverlapMatrix, computeAlignedIou } = exports;
  const { yoloV3BoxTerms, targets, shareMemory, useTarget } = exports;
  return {
    ...lossKernels(exports),
    codec: kernelsOf(codecKernel, computeCodec, numbers, exports.codec),
    overlapMatrix: kernelsOf(overlapKernel, computeOverlapMatrix, numbers, exports.overlapMatrix),
    overlapAligned: { iou: overlapKernel(computeAlignedIou, numbers, 0) },
    yoloV1: yoloV1Kernel(exports.yoloV1, numbers),
    yoloV3BoxTerms,
    targets,
    shareMemory,
    useTarget,
  };
}

type Native = ReturnType<typeof loadNative>;

const NATIVE: readonly (keyof Native)[] = [
  'regression',
  'objectness',
  'category',
  'box',
  'yoloV3',
  'codec',
  'overlapMatrix',
  'overlapAligned',
  'yoloV1',
  'yoloV3BoxTerms',
  'targets',
  'shareMemory',
  'useTarget',
];

/** An object whose properties `load` gives when the first of them is read. */
function onDemand<T extends object>(names: readonly (keyof T)[], load: () => T): T {
  const object = {} as T;
  const define = (describe: (name: keyof T) => PropertyDescriptor) => {
    for (const name of names) {
      Object.defineProperty(object, name, {
        enumerable: true,
        configurable: true,
        ...describe(name),
      });
    }
  };
  define((name) => ({
    get() {
      const loaded = load();
      define((each) => ({ value: loaded[each], writable: true }));
      return loaded[name];
    },
  }));
  return object;
}

/** The addon of the processor, which is loaded when something of it is first needed. */
export const native = onDemand(NATIVE, loadNative);

/** Memory of the device, as the CUDA addon has JavaScript hold it. */
export interface DeviceHandle {
  readonly __device: never;
}

/** A device that the driver shows. */
export interface DeviceDescription {
  name: string;
  /** Bytes. */
  memory: number;
  /** The compute capability, such as `'8.6'`. */
  capability: string;
}

/**
 * The addon of the GPU: the kernels of the same names, which take handles for typed arrays of
 * numbers. `allocate` takes the kind of the numbers as N-API has it; `upload` and `download` copy.
 */
export interface CudaAddon extends LossKernels {
  /** `'cuda'`, or `'host'`: Thrust's host backend, which computes the same without a GPU. */
  backend: string;
  /** The devices; where there are none, `problem` says why. */
  listDevices(): { devices: DeviceDescription[]; problem: string };
  allocate(kind: number, length: number): DeviceHandle;
  upload(to: DeviceHandle, from: ArrayBufferView): void;
  download(from: DeviceHandle, to: ArrayBufferView): void;
  dispose(handle: DeviceHandle): void;
}

type CudaExports = Exports & Omit<CudaAddon, keyof LossKernels>;

function cudaKernels(exports: CudaExports): CudaAddon {
  return { ...exports, ...lossKernels(exports) };
}

/** The addon and its devices; without either, `problem` says what is missing. */
interface LoadedCuda {
  addon?: CudaAddon;
  devices: DeviceDescription[];
  problem: string;
}

let cuda: LoadedCuda | undefined;

/**
 * The addon of the GPU, loaded when it is first asked for. `DETLOSS_CUDA=host` in the environment
 * chooses that of Thrust's host backend.
 */
export function loadCuda(): LoadedCuda {
  cuda ??= requireCuda(process.env.DETLOSS_CUDA === 'host' ? 'cuda-host' : 'cuda');
  return cuda;
}

function requireCuda(build: string): LoadedCuda {
  const name = `detloss_${build.replace('-', '_')}.node`;
  const file = path.join(ROOT, 'build', build, 'Release', name);
  if (!existsSync(file)) {
    const problem =
      'its library has not been built; where the CUDA toolkit is installed, npm run ' +
      `build:${build} in the directory of detloss builds it`;
    return { devices: [], problem };
  }
  try {
    const addon = cudaKernels(loadAddon(file) as CudaExports);
    const { devices, problem } = addon.listDevices();
    const advice = "an NVIDIA GPU and a driver as new as the toolkit's are needed";
    return { addon, devices, problem: `there is no device (${problem}); ${advice}` };
  } catch (error) {
    const reason = (error as Error).message;
    return { devices: [], problem: `its library cannot be loaded: ${file}: ${reason}` };
  }
}

/** The addon of the GPU, which there has to be, with a device. */
export function cudaAddon(): CudaAddon {
  const { addon, devices, problem } = loadCuda();
  if (addon === undefined || devices.length === 0) throw new Error(`cuda: ${problem}`);
  return addon;
}
