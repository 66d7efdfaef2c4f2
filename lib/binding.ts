/**
 * The native addon: its type, and the only place that loads it.
 */
import path from 'node:path';
import load from 'node-gyp-build';

/**
 * Computes one loss: writes `grad` and `losses` where given and returns the reduced loss.
 * `reduction` and `format` are positions in the lists of lib/row-loss.ts. With `height` and `width`
 * the anchors are those of a grid's cells, otherwise one box per row.
 */
export type LossKernel = (
  pred: Float32Array,
  target: Float32Array,
  anchors: Float32Array | undefined,
  weight: Float32Array | undefined,
  grad: Float32Array | undefined,
  losses: Float32Array | undefined,
  reduction: number,
  format: number,
  parameter: number,
  height?: number,
  width?: number,
) => number;

/** Compares boxes of `a` and `b`, writing to `out`. */
export type OverlapKernel = (
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  format: number,
) => void;

/**
 * Computes one category loss: as a {@link LossKernel}, of rows of `classes` with labels or a target
 * of the shape of `pred`.
 */
export type ClassKernel = (
  pred: Float32Array,
  labels: Int32Array | undefined,
  target: Float32Array | undefined,
  weight: Float32Array | undefined,
  grad: Float32Array | undefined,
  losses: Float32Array | undefined,
  reduction: number,
  classes: number,
  smoothing: number,
) => number;

/** Encodes or decodes rows of four numbers, with one anchor per row or those of a grid. */
export type CodecKernel = (
  input: Float32Array,
  anchors: Float32Array,
  out: Float32Array,
  format: number,
  clamp: number,
  height?: number,
  width?: number,
) => void;

/**
 * Computes one scale of YOLO v3's loss and writes `parts`: box, objectness, category, positives.
 * `sizes` are the box term's position in `yoloV3BoxTerms`, batch, height, width, classes, whether
 * channels come first, whether y comes first; `weights` those of the three terms, and the label
 * smoothing.
 */
export type YoloV3Kernel = (
  features: Float32Array,
  grad: Float32Array | undefined,
  anchors: Float32Array,
  box: Float32Array,
  objectness: Float32Array,
  labels: Int32Array | undefined,
  categories: Float32Array | undefined,
  ignore: Uint8Array | undefined,
  sizes: Float64Array,
  weights: Float64Array,
  parts: Float64Array,
) => void;

interface Native {
  regression: Readonly<Record<string, LossKernel>>;
  objectness: Readonly<Record<string, LossKernel>>;
  category: Readonly<Record<string, ClassKernel>>;
  codec: Readonly<Record<string, CodecKernel>>;
  yoloV3Scale: YoloV3Kernel;
  yoloV3BoxTerms: readonly string[];
  box: Readonly<Record<string, LossKernel>>;
  overlapMatrix: Readonly<Record<string, OverlapKernel>>;
  overlapAligned: Readonly<Record<string, OverlapKernel>>;
  /** The instruction sets of this processor that the kernels are compiled for, best first. */
  targets(): string[];
  /** For tests: makes all kernels use one instruction set; without a name, the best again. */
  useTarget(name?: string): boolean;
}

export const native = load(path.join(__dirname, '..')) as Native;
