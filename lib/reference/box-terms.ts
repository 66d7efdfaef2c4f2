/** The formulas of the box losses that whole detectors share, for one box and its target. */
import type { OverlapMetric } from '../types';
import { withPositiveSizes, withSizesFromZero, type Extents } from './extent';
import type { Box } from './formats';
import { encode, type Cell } from './grid-codec';
import { oneMinusOverlap, type Alpha } from './iou';
import { Dual, sqrt, sum } from './number';
import type { Sum } from './sum';

/** 1 − overlap, where a negative height or width counts as 0. */
export function overlapLoss(
  metric: OverlapMetric,
  box: Extents,
  target: Extents,
  alpha?: Alpha,
): Dual {
  return oneMinusOverlap(metric, withSizesFromZero(box), withSizesFromZero(target), alpha);
}

/** √a − √b = (a − b)/(√a + √b), from the exact difference. */
function rootDifference(a: Sum, b: Sum): Dual {
  return a
    .minus(b)
    .total()
    .over(sqrt(a.total()).plus(sqrt(b.total())));
}

/** (y∗ − y)² + (x∗ − x)² + (√h∗ − √h)² + (√w∗ − √w)². */
export function squaredRootError(box: Extents, target: Extents): Dual {
  const [pred, truth] = [box, target].map(withPositiveSizes);
  return sum([
    truth.y.centre.minus(pred.y.centre).total().squared(),
    truth.x.centre.minus(pred.x.centre).total().squared(),
    rootDifference(truth.y.size, pred.y.size).squared(),
    rootDifference(truth.x.size, pred.x.size).squared(),
  ]);
}

/** (ŷ∗ − ŷ)² + (x̂∗ − x̂)² + (ĥ∗ − ĥ)² + (ŵ∗ − ŵ)², the target's features being those of its cell. */
export function squaredRawError(raw: Box, target: Box, cell: Cell): Dual {
  const truth = encode(target, cell);
  return sum([
    truth.y.minus(raw.y).squared(),
    truth.x.minus(raw.x).squared(),
    truth.h.minus(raw.h).squared(),
    truth.w.minus(raw.w).squared(),
  ]);
}
