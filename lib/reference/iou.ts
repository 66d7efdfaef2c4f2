/** Intersection over union and its generalizations, for boxes whose sizes are 0 or more. */
import type { Box } from './formats';
import { atan2, detach, Dual, max, min, quotient } from './number';

/** Whether CIoU's α is held constant in the gradient (`'detached'`) or differentiated (`'full'`). */
export type Alpha = 'detached' | 'full';

function edges({ y, x, h, w }: Box) {
  return {
    top: y.minus(h.over(2)),
    left: x.minus(w.over(2)),
    bottom: y.plus(h.over(2)),
    right: x.plus(w.over(2)),
  };
}

/** A length below 0 is 0 and constant; at 0 it still has the derivative it has above. */
function fromZero(length: Dual): Dual {
  return length.value < 0 ? new Dual(0) : length;
}

/** |I| and |U|: the areas both boxes cover and at least one covers. */
function areas(box: Box, target: Box) {
  const a = edges(box);
  const b = edges(target);
  const width = fromZero(min(a.right, b.right).minus(max(a.left, b.left)));
  const height = fromZero(min(a.bottom, b.bottom).minus(max(a.top, b.top)));
  const intersection = height.times(width);
  const union = box.h.times(box.w).plus(target.h.times(target.w)).minus(intersection);
  return { intersection, union };
}

/** Height and width of C, the smallest box around both. */
function enclosing(box: Box, target: Box) {
  const a = edges(box);
  const b = edges(target);
  return {
    h: max(a.bottom, b.bottom).minus(min(a.top, b.top)),
    w: max(a.right, b.right).minus(min(a.left, b.left)),
  };
}

/** IoU = |I| / |U|. */
export function iou(box: Box, target: Box): Dual {
  const { intersection, union } = areas(box, target);
  return quotient(intersection, union);
}

/** GIoU = IoU − |C − U| / |C|. */
export function giou(box: Box, target: Box): Dual {
  const { union } = areas(box, target);
  const { h, w } = enclosing(box, target);
  const area = h.times(w);
  return iou(box, target).minus(quotient(area.minus(union), area));
}

/** DIoU = IoU − ρ²/c²: ρ is the distance of the centres, c the diagonal of C. */
export function diou(box: Box, target: Box): Dual {
  const rho2 = target.y.minus(box.y).squared().plus(target.x.minus(box.x).squared());
  const { h, w } = enclosing(box, target);
  const c2 = h.squared().plus(w.squared());
  return iou(box, target).minus(quotient(rho2, c2));
}

/** CIoU = DIoU − αv: v = 4/π² (arctan(w∗/h∗) − arctan(w/h))², α = v / (1 − IoU + v). */
export function ciou(box: Box, target: Box, alpha: Alpha = 'detached'): Dual {
  const angle = atan2(target.w, target.h).minus(atan2(box.w, box.h));
  const v = angle.squared().times(4 / Math.PI ** 2);
  const a = quotient(v, new Dual(1).minus(iou(box, target)).plus(v));
  return diou(box, target).minus((alpha === 'full' ? a : detach(a)).times(v));
}
