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

interface Native {
  regression: Readonly<Record<string, LossKernel>>;
  box: Readonly<Record<string, LossKernel>>;
  overlapMatrix: Readonly<Record<string, OverlapKernel>>;
  overlapAligned: Readonly<Record<string, OverlapKernel>>;
  /** The instruction sets of this processor that the kernels are compiled for, best first. */
  targets(): string[];
  /** For tests: makes all kernels use one instruction set; without a name, the best again. */
  useTarget(name?: string): boolean;
}

export const native = load(path.join(__dirname, '..')) as Native;
