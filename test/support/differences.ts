import { box, overlap } from '../../lib/reference';
import { centreSize } from '../../lib/reference/formats';
import { constants } from '../../lib/reference/number';
import type { BoxFormat } from '../../lib/types';
import type { Numbers } from './close';

/** Central differences of every row's loss by that row's `width` numbers of `point`. */
export function differences(
  losses: (point: Float64Array) => Numbers,
  point: Numbers,
  width: number,
  step = 1e-6,
): Float64Array {
  const slopes = new Float64Array(point.length);
  for (let column = 0; column < width; column++) {
    const [before, after] = [-step, step].map((distance) =>
      losses(Float64Array.from(point, (v, k) => (k % width === column ? v + distance : v))),
    );
    for (let i = 0; i < before.length; i++) {
      slopes[i * width + column] = (after[i] - before[i]) / (2 * step);
    }
  }
  return slopes;
}

/** arctan w/h of every box. */
function angles(boxes: Numbers, format: BoxFormat): number[] {
  return Array.from({ length: boxes.length / 4 }, (_, i) => {
    const row = Array.from({ length: 4 }, (_, k) => boxes[4 * i + k]);
    const { h, w } = centreSize(constants(row), format);
    return Math.atan(w.value / h.value);
  });
}

/** The CIoU losses of any boxes, with every row's α kept as it is at `point`. */
export function frozenCiou(
  point: Numbers,
  target: Numbers,
  format: BoxFormat,
): (boxes: Numbers) => number[] {
  const targetAngles = angles(target, format);
  const ratioTerms = (boxes: Numbers) =>
    angles(boxes, format).map((angle, i) => (4 / Math.PI ** 2) * (targetAngles[i] - angle) ** 2);
  const iou = overlap.alignedIou(point, target, { format });
  const alpha = ratioTerms(point).map((v, i) => v / (1 - iou[i] + v));
  return (boxes) => {
    const { losses } = box.diou(boxes, target, { format, reduction: 'none' });
    return ratioTerms(boxes).map((v, i) => losses[i] + alpha[i] * v);
  };
}
