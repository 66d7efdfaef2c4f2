/**
 * How alike boxes are: measures, not losses, and without a gradient.
 *
 * @module
 */
import { native } from './binding';
import type { OverlapKernel } from './kernels';
import { checkDistinct, checkLength, checkRows, choose } from './check';
import { checkOptions } from './options';
import { allocate } from './device';
import { formatOf } from './formats';
import { run, threadsOf, type Computation } from './threads';
import type { BoxFormat, OverlapMetric } from './types';

/** Options of {@link alignedIou}. */
export interface OverlapOptions {
  /** The format of both arrays of boxes. Default `'yxhw'`. */
  format?: BoxFormat;
  /** The array that receives the result, instead of a new one. */
  out?: Float32Array;
  /** The most threads this call may use; 1 is the calling thread alone. Default: decided by size. */
  threads?: number;
}

/** Options of {@link iou}. */
export interface OverlapMatrixOptions extends OverlapOptions {
  /** What is computed of each pair. Default `'iou'`. */
  metric?: OverlapMetric;
}

const METRICS = ['iou', 'giou', 'diou', 'ciou'] as const;
const ALIGNED_OPTIONS = ['format', 'out', 'threads'] as const;
const MATRIX_OPTIONS = ['metric', ...ALIGNED_OPTIONS] as const;

/** The array of results: the one supplied, checked, or a new one. */
function outputOf(
  where: string,
  options: OverlapOptions | undefined,
  length: number,
  lengthName: string,
): Float32Array {
  const out = options?.out;
  if (out === undefined) return allocate(where, Float32Array, length);
  checkLength(where, 'out', out, length, lengthName);
  return out;
}

/** A call whose arguments have been checked. */
interface OverlapCall {
  where: string;
  kernel: OverlapKernel;
  a: Float32Array;
  b: Float32Array;
  out: Float32Array;
  threads: number;
  format: number;
}

const PAIRS: Computation<OverlapCall, number, Float32Array> = {
  compute: ({ kernel, a, b, out, threads, format }) => kernel(a, b, out, threads, format),
  finish: (_, { out }) => out,
  explain({ where, a, b, out }) {
    checkDistinct(where, 'out', out, 'a', a);
    checkDistinct(where, 'out', out, 'b', b);
  },
};

/**
 * Every box of one array against every box of another.
 *
 * IoU = I / U, the areas of their intersection over that of their union; the other metrics are
 * 1 minus the loss of the same name in `box`:
 * GIoU = IoU − (C − U)/C, DIoU = IoU − ρ²/c², CIoU = IoU − ρ²/c² − αv.
 *
 * @param a [N, 4] boxes.
 * @param b [M, 4] boxes, in the same unit and format.
 * @param options `metric` (default `'iou'`), `format` (default `'yxhw'`), `out` of length N·M, and
 * `threads`.
 * @returns [N, M], row by row: IoU in [0, 1], GIoU in [−1, 1], DIoU in [−1, 1], CIoU in [−1.5, 1].
 * @throws TypeError where an argument is of the wrong kind or an option is unknown; RangeError
 * where a length or an option's value is wrong. Nothing has been written then.
 *
 * @edges
 * A size below 0 counts as 0. Two boxes without area have IoU 0. A NaN in a box makes its row, or
 * column, NaN.
 *
 * @accuracy
 * Largest error against float64 over 66,240 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 5.7 ULP of a number just below 1.
 *
 * @example
 * const a = new Float32Array([0, 0, 2, 2]);
 * const b = new Float32Array([1, 0, 3, 2, 5, 5, 6, 6]);
 * overlap.iou(a, b, { format: 'xyxy' }); // [0.3333…, 0]
 */
export function iou(
  a: Float32Array,
  b: Float32Array,
  options?: OverlapMatrixOptions,
): Float32Array {
  const where = 'overlap.iou';
  const n = checkRows(where, 'a', a, 4);
  const m = checkRows(where, 'b', b, 4);
  options = checkOptions(where, options, MATRIX_OPTIONS);
  const format = formatOf(where, options);
  const metric = METRICS[choose(where, 'metric', options?.metric, METRICS)];
  const threads = threadsOf(where, options);
  const out = outputOf(where, options, n * m, 'the number of pairs');
  const kernel = native.overlapMatrix[metric];
  return run(where, PAIRS, { where, kernel, a, b, out, threads, format }) as Float32Array;
}

/**
 * The boxes of two arrays in pairs: the first of one with the first of the other, and so on.
 *
 * IoU = I / U, the area of their intersection over that of their union.
 *
 * @param a [N, 4] boxes.
 * @param b [N, 4] boxes, in the same unit and format.
 * @param options `format` (default `'yxhw'`), `out` of length N, and `threads`.
 * @returns [N], each in [0, 1].
 * @throws As {@link iou}; RangeError where the arrays differ in length.
 *
 * @edges
 * A size below 0 counts as 0. Two boxes without area have IoU 0. A NaN in a pair makes its element
 * NaN and touches no other.
 *
 * @accuracy
 * Largest error against float64 over 11,500 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 1.4 ULP of a number just below 1.
 *
 * @example
 * const a = new Float32Array([0, 0, 2, 2]);
 * const b = new Float32Array([1, 0, 3, 2]);
 * overlap.alignedIou(a, b, { format: 'xyxy' }); // [0.3333…]
 */
export function alignedIou(
  a: Float32Array,
  b: Float32Array,
  options?: OverlapOptions,
): Float32Array {
  const where = 'overlap.alignedIou';
  const n = checkRows(where, 'a', a, 4);
  checkLength(where, 'b', b, a.length, 'a.length');
  options = checkOptions(where, options, ALIGNED_OPTIONS);
  const format = formatOf(where, options);
  const threads = threadsOf(where, options);
  const out = outputOf(where, options, n, 'a.length / 4');
  const kernel = native.overlapAligned.iou;
  return run(where, PAIRS, { where, kernel, a, b, out, threads, format }) as Float32Array;
}
