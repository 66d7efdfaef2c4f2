/** The formulas of the box losses that whole detectors share, for one box and its target. */
import { withPositiveSizes, withSizesFromZero, type Box } from './formats';
import { encode, type Cell } from './grid-codec';
import { Dual, sqrt, sum } from './number';

/** 1 − overlap, where a negative height or width counts as 0. */
export function oneMinusOverlap(
  overlap: (box: Box, target: Box) => Dual,
  box: Box,
  target: Box,
): Dual {
  return new Dual(1).minus(overlap(withSizesFromZero(box), withSizesFromZero(target)));
}

/** (y∗ − y)² + (x∗ − x)² + (√h∗ − √h)² + (√w∗ − √w)². */
export function squaredRootError(box: Box, target: Box): Dual {
  const [pred, truth] = [box, target].map(withPositiveSizes);
  return sum([
    truth.y.minus(pred.y).squared(),
    truth.x.minus(pred.x).squared(),
    sqrt(truth.h).minus(sqrt(pred.h)).squared(),
    sqrt(truth.w).minus(sqrt(pred.w)).squared(),
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
