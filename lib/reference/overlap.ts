import type { BoxFormat, OverlapMetric } from '../types';
import { checkLength, checkRows } from './arguments';
import { extentsIn, withSizesFromZero } from './extent';
import { overlap as overlapBetween } from './iou';
import { constants } from './number';
import { rowOf } from './reduce';

/** Options of `overlap.alignedIou`. */
export interface AlignedIouOptions {
  /** The format of all boxes. Default `'yxhw'`. */
  format?: BoxFormat;
}

/** Options of `overlap.iou`. */
export interface OverlapOptions extends AlignedIouOptions {
  /** How two boxes are compared. Default `'iou'`. */
  metric?: OverlapMetric;
}

function overlapOf(
  a: ArrayLike<number>,
  i: number,
  b: ArrayLike<number>,
  j: number,
  { metric = 'iou', format }: OverlapOptions,
): number {
  const [box, target] = [rowOf(a, i, 4), rowOf(b, j, 4)].map((row) =>
    withSizesFromZero(extentsIn(format, constants(row))),
  );
  return overlapBetween(metric, box, target).value;
}

/**
 * The overlap of every box of `a` with every box of `b`: IoU, or the generalized, distance or
 * complete IoU, which are 1 minus the loss of that name in `box`.
 *
 * @param a [N, 4]
 * @param b [M, 4]
 * @returns [N, M]
 */
export function iou(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: OverlapOptions = {},
): Float64Array {
  const [n, m] = [checkRows('overlap.iou', 'a', a, 4), checkRows('overlap.iou', 'b', b, 4)];
  return Float64Array.from({ length: n * m }, (_, k) =>
    overlapOf(a, Math.floor(k / m), b, k % m, options),
  );
}

/**
 * The IoU of every box of `a` with the box of `b` in the same row.
 *
 * @param a [N, 4]
 * @param b [N, 4]
 * @returns [N]
 */
export function alignedIou(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: AlignedIouOptions = {},
): Float64Array {
  const length = checkRows('overlap.alignedIou', 'a', a, 4);
  checkLength('overlap.alignedIou', 'b', b, a.length, 'a.length');
  return Float64Array.from({ length }, (_, i) => overlapOf(a, i, b, i, options));
}
