/**
 * The native addon: its type, and the only place that loads it.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import load from 'node-gyp-build';
import { keepMemory } from './memory';
import type { Computed } from './threads';

/**
 * Computes one loss: writes `grad` and `losses` where given and returns the reduced loss.
 *
 * In every kernel `threads` above 0 is the most threads that compute the result, among them the
 * calling one; below 0 its negative is the most of Node's pool, and what is returned is promised. An
 * error is thrown, or a promise rejected, before anything is written.
 *
 * `reduction` and `format` are positions in the lists of lib/row-loss.ts. With `height` and `width`
 * the anchors are those of a grid's cells, otherwise one box per row.
 */
export type LossKernel = (
  pred: Float32Array,
  target: Float32Array,
  threads: number,
  reduction: number,
  format: number,
  parameter: number,
  grad?: Float32Array,
  weight?: Float32Array,
  losses?: Float32Array,
  anchors?: Float32Array,
  height?: number,
  width?: number,
) => Computed<number>;

/** Compares boxes of `a` and `b`, writing to `out`; returns 0. */
export type OverlapKernel = (
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  threads: number,
  format: number,
) => Computed<number>;

/**
 * Computes one category loss: as a {@link LossKernel}, of rows of `classes` with labels or a target
 * of the shape of `pred`. It refuses a label that is no class.
 */
export type ClassKernel = (
  pred: Float32Array,
  labels: Int32Array | undefined,
  target: Float32Array | undefined,
  weight: Float32Array | undefined,
  grad: Float32Array | undefined,
  losses: Float32Array | undefined,
  threads: number,
  reduction: number,
  classes: number,
  smoothing: number,
) => Computed<number>;

/** Encodes or decodes rows of four numbers, with one anchor per row or those of a grid; returns 0. */
export type CodecKernel = (
  input: Float32Array,
  anchors: Float32Array,
  out: Float32Array,
  threads: number,
  format: number,
  clamp: number,
  height?: number,
  width?: number,
) => Computed<number>;

/** The arrays of one scale of YOLO v3's loss. */
export type YoloV3Arrays = [
  features: Float32Array,
  grad: Float32Array | undefined,
  anchors: Float32Array,
  box: Float32Array,
  objectness: Float32Array,
  labels: Int32Array | undefined,
  categories: Float32Array | undefined,
  ignore: Uint8Array | undefined,
];

/** The numbers that all scales of YOLO v3's loss share. */
export type YoloV3Settings = [
  threads: number,
  boxTerm: number,
  batch: number,
  classes: number,
  channelsFirst: number,
  yFirst: number,
  smoothing: number,
];

/**
 * Computes YOLO v3's loss and returns 0. `arrays` are the {@link YoloV3Arrays} of one scale after
 * those of another. Of every scale `numbers` has height, width and the weights of box, objectness
 * and category; `parts` is written: box, objectness, category and the number of rows with an object.
 * `boxTerm` is a position in `yoloV3BoxTerms`; `channelsFirst` and `yFirst` are 0 or 1. It refuses
 * a label that is no class.
 */
export type YoloV3Kernel = (
  arrays: YoloV3Arrays[number][],
  numbers: Float64Array,
  parts: Float64Array,
  ...settings: YoloV3Settings
) => Computed<number>;

interface Native {
  regression: Readonly<Record<string, LossKernel>>;
  objectness: Readonly<Record<string, LossKernel>>;
  category: Readonly<Record<string, ClassKernel>>;
  codec: Readonly<Record<string, CodecKernel>>;
  yoloV3: YoloV3Kernel;
  yoloV3BoxTerms: readonly string[];
  box: Readonly<Record<string, LossKernel>>;
  overlapMatrix: Readonly<Record<string, OverlapKernel>>;
  overlapAligned: Readonly<Record<string, OverlapKernel>>;
  /** The instruction sets of this processor that the kernels are compiled for, best first. */
  targets(): string[];
  /** Before a call is promised, `keep` gets the memory of each of its arrays. */
  keepMemoryBy(keep: (memory: ArrayBufferLike) => void): void;
  /** For tests: makes all kernels use one instruction set; without a name, the best again. */
  useTarget(name?: string): boolean;
}

const ROOT = path.join(__dirname, '..');

export const native = load(ROOT) as Native;
native.keepMemoryBy(keepMemory);

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
export interface CudaAddon extends Pick<
  Native,
  'regression' | 'objectness' | 'category' | 'box' | 'yoloV3'
> {
  /** `'cuda'`, or `'host'`: Thrust's host backend, which computes the same without a GPU. */
  backend: string;
  /** The devices; where there are none, `problem` says why. */
  listDevices(): { devices: DeviceDescription[]; problem: string };
  allocate(kind: number, length: number): DeviceHandle;
  upload(to: DeviceHandle, from: ArrayBufferView): void;
  download(from: DeviceHandle, to: ArrayBufferView): void;
  dispose(handle: DeviceHandle): void;
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
    const addon = createRequire(__filename)(file) as CudaAddon;
    const { devices, problem } = addon.listDevices();
    const advice = "an NVIDIA GPU and a driver as new as the toolkit's are needed";
    return { addon, devices, problem: `there is no device (${problem}); ${advice}` };
  } catch (error) {
    return { devices: [], problem: `its library cannot be loaded: ${String(error)}` };
  }
}

/** The addon of the GPU, which there has to be, with a device. */
export function cudaAddon(): CudaAddon {
  const { addon, devices, problem } = loadCuda();
  if (addon === undefined || devices.length === 0) throw new Error(`cuda: ${problem}`);
  return addon;
}
