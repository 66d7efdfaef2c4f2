/**
 * Kernels, which compute: the types of those that lib/binding.ts loads, and how they are made of the
 * addon's functions.
 *
 * Only arrays are passed as arguments. Numbers travel in memory that JavaScript and the addon share,
 * and the addon leaves its result there, because Node-API makes a small call wait for each number it
 * passes. Absent arrays at the end are not passed at all, because `undefined` is no cheaper.
 */
import type { Computed } from './threads';

/** The numbers among a loss's hyperparameters, in the order of its formula's; one is by itself. */
export type Hyper = number | readonly number[];

/**
 * Computes one loss: writes `grad` and `losses` where given and returns the reduced loss.
 *
 * In every kernel `threads` above 0 is the most threads that compute the result, among them the
 * calling one; below 0 its negative is the most of Node's pool, and what is returned is promised. An
 * error is thrown, or a promise rejected, before anything is written.
 *
 * `reduction` and `format` are positions in the lists of lib/losses/names.ts and lib/formats.ts. With `height` and `width`
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
  hyper: Hyper | undefined,
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
  hyper: Hyper | undefined,
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
 * `boxTerm` is one of `yoloV3BoxTerms`; `channelsFirst` and `yFirst` are 0 or 1. It refuses,
 * in rows that count, a label that is no class and a target that is not from 0 to 1.
 */
export type YoloV3Kernel = (
  arrays: YoloV3Arrays[number][],
  scales: Float64Array,
  parts: Float64Array,
  ...settings: YoloV3Settings
) => Computed<number>;

/** The arrays of YOLO v1's loss. */
export type YoloV1Arrays = readonly [
  predictions: Float32Array,
  grad: Float32Array | undefined,
  objectness: Float32Array,
  box: Float32Array,
  labels: Int32Array | undefined,
  categories: Float32Array | undefined,
];

/** The numbers of YOLO v1's loss. */
export type YoloV1Settings = [
  threads: number,
  format: number,
  classes: number,
  grid: number,
  coord: number,
  noObject: number,
  confidence: number,
];

/**
 * Computes YOLO v1's loss and returns 0. `parts` is written: box, objectness and category. With
 * `confidence` 0 a confidence should be the IoU, with 1 it should be 1. It refuses a target as
 * {@link YoloV3Kernel}.
 */
export type YoloV1Kernel = (
  arrays: YoloV1Arrays,
  parts: Float64Array,
  ...settings: YoloV1Settings
) => Computed<number>;

/** What the addon exports for kernels. A promise is of the number that the call returns. */
export type AddonFunction = (...values: unknown[]) => Promise<number> | undefined;

/** The kernels that one function of the addon computes: each by the number it is known by. */
export type Family = Readonly<Record<string, number>>;

/**
 * Where the addon's functions find a call's numbers. Constants, because a kernel is short enough for
 * V8 to compile it into its caller, but not to know the properties of an object there.
 */
const enum Slot {
  threads,
  later,
  kernel,
  reduction,
  format,
  probabilities,
  classes,
  batch,
  height,
  width,
  channelsFirst,
  hyper,
}

/** The slots by the addon's names. */
const SLOTS: Readonly<Record<keyof typeof Slot, Slot>> = {
  threads: Slot.threads,
  later: Slot.later,
  kernel: Slot.kernel,
  reduction: Slot.reduction,
  format: Slot.format,
  probabilities: Slot.probabilities,
  classes: Slot.classes,
  batch: Slot.batch,
  height: Slot.height,
  width: Slot.width,
  channelsFirst: Slot.channelsFirst,
  hyper: Slot.hyper,
};

/** Throws where an addon's numbers are others, or in another order. */
export function checkSlots(slots: readonly string[]): void {
  const expected = Object.keys(SLOTS).join();
  if (slots.join() !== expected) {
    throw new Error(`detloss: expected the addon's slots to be ${expected}, got ${slots.join()}`);
  }
}

/** Makes a kernel, of a number, of the function that computes it and finds its numbers in `numbers`. */
type Wrapper<Kernel> = (compute: AddonFunction, numbers: Float64Array, id: number) => Kernel;

/** What all calls begin with. */
function begin(numbers: Float64Array, id: number, threads: number): void {
  numbers[Slot.threads] = threads < 0 ? -threads : threads;
  numbers[Slot.later] = threads < 0 ? 1 : 0;
  numbers[Slot.kernel] = id;
}

/** Sets the numbers among hyperparameters, one or several, and returns how many there are. */
function setHyper(numbers: Float64Array, hyper: Hyper): number {
  if (!Array.isArray(hyper)) {
    numbers[Slot.hyper] = hyper as number;
    return 1;
  }
  for (let k = 0; k < hyper.length; k++) numbers[Slot.hyper + k] = hyper[k];
  return hyper.length;
}

export const lossKernel: Wrapper<LossKernel> =
  (compute, numbers, id) =>
  (
    pred,
    target,
    threads,
    reduction,
    format,
    hyper,
    grad,
    weight,
    losses,
    anchors,
    height = 0,
    width = 0,
    probabilities,
  ) => {
    begin(numbers, id, threads);
    numbers[Slot.reduction] = reduction;
    numbers[Slot.format] = format;
    numbers[Slot.probabilities] = probabilities ? 1 : 0;
    numbers[Slot.height] = height;
    numbers[Slot.width] = width;
    if (typeof hyper === 'number') numbers[Slot.hyper] = hyper;
    else if (hyper !== undefined) setHyper(numbers, hyper);
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
  (compute, numbers, id) =>
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
    hyper,
    probabilities,
  ) => {
    begin(numbers, id, threads);
    numbers[Slot.reduction] = reduction;
    numbers[Slot.probabilities] = probabilities ? 1 : 0;
    numbers[Slot.classes] = classes;
    // After the numbers of its formula comes the smoothing of labels, which not all losses have.
    numbers[Slot.hyper + (hyper === undefined ? 0 : setHyper(numbers, hyper))] = 0;
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
  (compute, numbers, id) => (a, b, out, threads, format) => {
    begin(numbers, id, threads);
    numbers[Slot.format] = format;
    return compute(a, b, out) ?? numbers[0];
  };

export const codecKernel: Wrapper<CodecKernel> =
  (compute, numbers, id) =>
  (input, anchors, out, threads, format, clamp, height = 0, width = 0) => {
    begin(numbers, id, threads);
    numbers[Slot.format] = format;
    numbers[Slot.height] = height;
    numbers[Slot.width] = width;
    numbers[Slot.hyper] = clamp;
    return compute(input, anchors, out) ?? numbers[0];
  };

export const yoloV3Kernel =
  (compute: AddonFunction, numbers: Float64Array): YoloV3Kernel =>
  (arrays, scales, parts, threads, boxTerm, batch, classes, channelsFirst, yFirst, smoothing) => {
    begin(numbers, boxTerm, threads);
    numbers[Slot.format] = 1 - yFirst;
    numbers[Slot.classes] = classes;
    numbers[Slot.batch] = batch;
    numbers[Slot.channelsFirst] = channelsFirst;
    numbers[Slot.hyper] = smoothing;
    return compute(arrays, scales, parts) ?? numbers[0];
  };

export const yoloV1Kernel =
  (compute: AddonFunction, numbers: Float64Array): YoloV1Kernel =>
  (arrays, parts, threads, format, classes, grid, coord, noObject, confidence) => {
    begin(numbers, confidence, threads);
    numbers[Slot.format] = format;
    numbers[Slot.classes] = classes;
    setHyper(numbers, [coord, noObject, grid]);
    return compute(...arrays, parts) ?? numbers[0];
  };

/** The kernels of a family, all of which `compute` computes. */
export function kernelsOf<Kernel>(
  wrapper: Wrapper<Kernel>,
  compute: AddonFunction,
  numbers: Float64Array,
  family: Family,
): Record<string, Kernel> {
  const entries = Object.entries(family).map(([name, id]) => [name, wrapper(compute, numbers, id)]);
  return Object.fromEntries(entries) as Record<string, Kernel>;
}
