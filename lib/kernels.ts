/**
 * Kernels, which compute: the types of those that lib/binding.ts loads, and how they are made of the
 * addon's functions.
 *
 * Those take arrays as arguments. A call's numbers they find in memory that JavaScript and the addon
 * share, and there they leave the number they return: through Node-API each takes 3 to 5 ns to pass
 * and some 20 to return, of a small call's 165. For the same reason what is absent is left out where
 * it can be: `undefined` takes 14.
 */
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
 *
 * It refuses a weight that is infinite or NaN, and in rows with weight a target of
 * objectness or, with `probabilities`, a prediction that is not from 0 to 1.
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
  probabilities?: boolean,
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
 * of the shape of `pred`. It refuses a label that is no class too.
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
  probabilities?: boolean,
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
 * those of another. Of every scale `scales` has height, width and the weights of box, objectness
 * and category; `parts` is written: box, objectness, category and the number of rows with an object.
 * `boxTerm` is a position in `yoloV3BoxTerms`; `channelsFirst` and `yFirst` are 0 or 1. It refuses,
 * in rows that count, a label that is no class and a target that is not from 0 to 1.
 */
export type YoloV3Kernel = (
  arrays: YoloV3Arrays[number][],
  scales: Float64Array,
  parts: Float64Array,
  ...settings: YoloV3Settings
) => Computed<number>;

/** What the addon exports for kernels. A promise is of the number that the call returns. */
export type AddonFunction = (...values: unknown[]) => Promise<number> | undefined;

/** The kernels that one function of the addon computes: each by the number it is known by. */
export type Family = Readonly<Record<string, number>>;

/** Where a function finds which kernel it is called for. */
const MEMBER = 7;

/** Makes a kernel, of a number, of the function that computes it and finds its numbers in `numbers`. */
type Wrapper<Kernel> = (compute: AddonFunction, numbers: Float64Array, member: number) => Kernel;

export const lossKernel: Wrapper<LossKernel> =
  (compute, numbers, member) =>
  (
    pred,
    target,
    threads,
    reduction,
    format,
    parameter,
    grad,
    weight,
    losses,
    anchors,
    height = 0,
    width = 0,
    probabilities = false,
  ) => {
    numbers[0] = threads;
    numbers[1] = reduction;
    numbers[2] = format;
    numbers[3] = parameter;
    numbers[4] = height;
    numbers[5] = width;
    numbers[6] = probabilities ? 1 : 0;
    numbers[MEMBER] = member;
    let promised: Promise<number> | undefined;
    if (weight !== undefined || losses !== undefined) {
      promised = compute(pred, target, grad, anchors, weight, losses);
    } else if (anchors !== undefined) {
      promised = compute(pred, target, grad, anchors);
    } else {
      promised = grad === undefined ? compute(pred, target) : compute(pred, target, grad);
    }
    return promised ?? numbers[0];
  };

export const classKernel: Wrapper<ClassKernel> =
  (compute, numbers, member) =>
  (
    pred,
    labels,
    target,
    weight,
    grad,
    losses,
    threads,
    reduction,
    classes,
    smoothing,
    probabilities = false,
  ) => {
    numbers[0] = threads;
    numbers[1] = reduction;
    numbers[2] = classes;
    numbers[3] = smoothing;
    numbers[4] = probabilities ? 1 : 0;
    numbers[MEMBER] = member;
    let promised: Promise<number> | undefined;
    if (weight !== undefined || losses !== undefined) {
      promised = compute(pred, labels, target, grad, weight, losses);
    } else if (grad !== undefined) {
      promised = compute(pred, labels, target, grad);
    } else {
      promised = target === undefined ? compute(pred, labels) : compute(pred, labels, target);
    }
    return promised ?? numbers[0];
  };

export const overlapKernel: Wrapper<OverlapKernel> =
  (compute, numbers, member) => (a, b, out, threads, format) => {
    numbers[0] = threads;
    numbers[1] = format;
    numbers[MEMBER] = member;
    return compute(a, b, out) ?? numbers[0];
  };

export const codecKernel: Wrapper<CodecKernel> =
  (compute, numbers, member) =>
  (input, anchors, out, threads, format, clamp, height = 0, width = 0) => {
    numbers[0] = threads;
    numbers[1] = format;
    numbers[2] = clamp;
    numbers[3] = height;
    numbers[4] = width;
    numbers[MEMBER] = member;
    return compute(input, anchors, out) ?? numbers[0];
  };

export const yoloV3Kernel =
  (compute: AddonFunction, numbers: Float64Array): YoloV3Kernel =>
  (arrays, scales, parts, threads, boxTerm, batch, classes, channelsFirst, yFirst, smoothing) => {
    numbers[0] = threads;
    numbers[1] = boxTerm;
    numbers[2] = batch;
    numbers[3] = classes;
    numbers[4] = channelsFirst;
    numbers[5] = yFirst;
    numbers[6] = smoothing;
    return compute(arrays, scales, parts) ?? numbers[0];
  };

/** The kernels of a family, all of which `compute` computes. */
export function kernelsOf<Kernel>(
  wrapper: Wrapper<Kernel>,
  compute: AddonFunction,
  numbers: Float64Array,
  family: Family,
): Record<string, Kernel> {
  const entries = Object.entries(family).map(([name, member]) => [
    name,
    wrapper(compute, numbers, member),
  ]);
  return Object.fromEntries(entries) as Record<string, Kernel>;
}
