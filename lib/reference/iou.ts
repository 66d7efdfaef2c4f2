/** Intersection over union and its generalizations, for boxes whose sizes are 0 or more. */
import type { OverlapMetric } from '../types';
import type { Extent, Extents } from './extent';
import { atan2, detach, Dual, quotient } from './number';
import { larger, smaller, type Sum } from './sum';

/** Whether CIoU's α is held constant in the gradient (`'detached'`) or differentiated (`'full'`). */
export type Alpha = 'detached' | 'full';

/** How two boxes lie along one axis. */
interface Meeting {
  box: Extent;
  target: Extent;
  sizes: [box: Dual, target: Dual];
  /** The length of what is in both. */
  overlap: Dual;
  /** The lengths of what is in one of them alone. */
  alone: [box: number, target: number];
}

/** How two boxes lie along both axes, and the areas both cover and at least one covers. */
interface Pair {
  axes: [y: Meeting, x: Meeting];
  intersection: Dual;
  union: Dual;
  iou: Dual;
}

/** A length below 0 is 0 and constant; at 0 it still has the derivative it has above. */
function fromZero(length: Dual): Dual {
  return length.value < 0 ? new Dual(0) : length;
}

function meet(box: Extent, target: Extent): Meeting {
  const start = larger(box.start, target.start);
  const end = smaller(box.end, target.end);
  const overlap = fromZero(end.minus(start).total());
  const sizes: Meeting['sizes'] = [box.size.total(), target.size.total()];
  const aloneOf = (own: Extent, { value }: Dual) =>
    overlap.value > 0 ? start.minus(own.start).value + own.end.minus(end).value : value;
  return {
    box,
    target,
    sizes,
    overlap,
    alone: [aloneOf(box, sizes[0]), aloneOf(target, sizes[1])],
  };
}

function pairOf(box: Extents, target: Extents): Pair {
  const [y, x] = [meet(box.y, target.y), meet(box.x, target.x)];
  const intersection = y.overlap.times(x.overlap);
  const [a, b] = [0, 1].map((k) => y.sizes[k].times(x.sizes[k]));
  const union = a.plus(b).minus(intersection);
  return { axes: [y, x], intersection, union, iou: quotient(intersection, union) };
}

/** The smallest length that holds both, the larger end less the smaller start. */
function enclosing({ box, target }: Meeting): Sum {
  return larger(box.end, target.end).minus(smaller(box.start, target.start));
}

/** How far apart the centres are. */
function offset({ box, target }: Meeting): Sum {
  return larger(box.centre, target.centre).minus(smaller(box.centre, target.centre));
}

/**
 * 1 − |I|/|U|. Its value is |U − I|/|U|, the area that one box covers alone, which is a sum of what
 * is positive and keeps its digits where the boxes nearly agree.
 */
function distance({ axes: [y, x], union, iou }: Pair): Dual {
  const { value, partials } = new Dual(1).minus(iou);
  if (union.value === 0) return new Dual(value, partials);
  const [a, b] = [0, 1].map((k) => y.alone[k] * x.sizes[k].value + y.overlap.value * x.alone[k]);
  return new Dual((a + b) / union.value, partials);
}

/**
 * |C − U|/|C|, C the smallest box around both: the derivative is that of 1 − |U|/|C|. Where the boxes
 * overlap C − U is the two corners that are free, whose area keeps its digits.
 */
function emptyShare({ axes: [y, x], intersection, union }: Pair): Dual {
  const area = enclosing(y).total().times(enclosing(x).total());
  if (area.value === 0) return new Dual(0);
  const empty =
    intersection.value > 0
      ? y.alone[0] * x.alone[1] + x.alone[0] * y.alone[1]
      : area.value - union.value;
  return new Dual(empty / area.value, new Dual(1).minus(union.over(area)).partials);
}

/**
 * ρ²/c²: ρ is the distance of the centres, c the diagonal of C. Of boxes far apart it is almost 1, and
 * its derivative that of 1 − (c² − ρ²)/c².
 */
function centreShare({ axes }: Pair): Dual {
  const lengths = axes.map((axis) => {
    const [whole, part] = [enclosing(axis), offset(axis)];
    return { whole: whole.total(), part: part.total(), rest: whole.minus(part).total() };
  });
  const sum = (termOf: (of: (typeof lengths)[number]) => Dual) =>
    termOf(lengths[0]).plus(termOf(lengths[1]));
  const c2 = sum(({ whole }) => whole.squared());
  const rho2 = sum(({ part }) => part.squared());
  if (!(rho2.value > c2.value / 2)) return quotient(rho2, c2);
  return new Dual(1).minus(sum(({ whole, part, rest }) => rest.times(whole.plus(part))).over(c2));
}

/** αv: v = 4/π² (arctan(w∗/h∗) − arctan(w/h))², α = v/(1 − IoU + v). */
function aspectShare(pair: Pair, alpha: Alpha): Dual {
  const [y, x] = pair.axes;
  const [box, target] = [0, 1].map((k) => atan2(x.sizes[k], y.sizes[k]));
  const v = target
    .minus(box)
    .squared()
    .times(4 / Math.PI ** 2);
  const a = quotient(v, distance(pair).plus(v));
  return (alpha === 'full' ? a : detach(a)).times(v);
}

/** What an overlap is less than IoU, and its loss more than 1 − IoU. */
function penalty(metric: OverlapMetric, pair: Pair, alpha: Alpha): Dual {
  switch (metric) {
    case 'iou':
      return new Dual(0);
    case 'giou':
      return emptyShare(pair);
    case 'diou':
      return centreShare(pair);
    case 'ciou':
      return centreShare(pair).plus(aspectShare(pair, alpha));
  }
}

/** IoU = |I|/|U|, GIoU = IoU − |C − U|/|C|, DIoU = IoU − ρ²/c², CIoU = DIoU − αv. */
export function overlap(metric: OverlapMetric, box: Extents, target: Extents): Dual {
  const pair = pairOf(box, target);
  return pair.iou.minus(penalty(metric, pair, 'detached'));
}

/** 1 − overlap. */
export function oneMinusOverlap(
  metric: OverlapMetric,
  box: Extents,
  target: Extents,
  alpha: Alpha = 'detached',
): Dual {
  const pair = pairOf(box, target);
  return distance(pair).plus(penalty(metric, pair, alpha));
}
