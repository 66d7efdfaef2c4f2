/** Where boxes lie along the two axes, without rounding. */
import type { BoxFormat } from '../types';
import type { Box } from './formats';
import { Dual, ln, log1p } from './number';
import { Sum } from './sum';

/** Where a box lies along one axis. */
export interface Extent {
  start: Sum;
  centre: Sum;
  end: Sum;
  size: Sum;
}

/** A box by its extents. */
export interface Extents {
  y: Extent;
  x: Extent;
}

function fromCentre(centre: Dual, size: Dual): Extent {
  return {
    start: Sum.of([centre, 1], [size, -0.5]),
    centre: Sum.of([centre, 1]),
    end: Sum.of([centre, 1], [size, 0.5]),
    size: Sum.of([size, 1]),
  };
}

function fromEnds(start: Dual, end: Dual): Extent {
  return {
    start: Sum.of([start, 1]),
    centre: Sum.of([start, 0.5], [end, 0.5]),
    end: Sum.of([end, 1]),
    size: Sum.of([end, 1], [start, -1]),
  };
}

function fromStart(start: Dual, size: Dual): Extent {
  return {
    start: Sum.of([start, 1]),
    centre: Sum.of([start, 1], [size, 0.5]),
    end: Sum.of([start, 1], [size, 1]),
    size: Sum.of([size, 1]),
  };
}

/** The extents of a row's four numbers. */
export function extentsIn(format: BoxFormat = 'yxhw', [a, b, c, d]: readonly Dual[]): Extents {
  switch (format) {
    case 'yxhw':
      return { y: fromCentre(a, c), x: fromCentre(b, d) };
    case 'cxcywh':
      return { x: fromCentre(a, c), y: fromCentre(b, d) };
    case 'xyxy':
      return { x: fromEnds(a, c), y: fromEnds(b, d) };
    case 'tlbr':
      return { y: fromEnds(a, c), x: fromEnds(b, d) };
    case 'xywh':
      return { x: fromStart(a, c), y: fromStart(b, d) };
  }
}

export function extentsOf({ y, x, h, w }: Box): Extents {
  return { y: fromCentre(y, h), x: fromCentre(x, w) };
}

function each({ y, x }: Extents, change: (extent: Extent) => Extent): Extents {
  return { y: change(y), x: change(x) };
}

/** The box with a negative size counted as 0 about the same centre; its derivative stays that at 0⁺. */
export function withSizesFromZero(box: Extents): Extents {
  return each(box, ({ start, centre, end, size }) => {
    if (!(size.value < 0)) return { start, centre, end, size };
    const { addends } = centre;
    return {
      start: new Sum(addends, start.partials),
      centre,
      end: new Sum(addends, end.partials),
      size: new Sum([0], size.partials),
    };
  });
}

/** The smallest float32 with all its digits: from there on down to 0, sizes count as 0. */
const SMALLEST_NORMAL = 2 ** -126;

/** A size of 0 or less counts as this, of derivative 0, where there is no number for 0. */
export const LEAST_SIZE = 1e-7;

/** Whether a size counts as 0 where there is no number for 0. */
export function countsAsZero(size: number): boolean {
  return size < SMALLEST_NORMAL;
}

/** The box with a size of 0 or less counted as 1e-7, whose derivative is 0. */
export function withPositiveSizes(box: Extents): Extents {
  return each(box, (extent) =>
    countsAsZero(extent.size.value) ? { ...extent, size: new Sum([LEAST_SIZE]) } : extent,
  );
}

/** ln(a/b) of two sizes, from their exact difference where they are close. */
export function lnRatio(a: Sum, b: Sum): Dual {
  const growth = a.minus(b).total().over(b.total());
  return Math.abs(growth.value) < 0.5 ? log1p(growth) : ln(a.total().over(b.total()));
}
