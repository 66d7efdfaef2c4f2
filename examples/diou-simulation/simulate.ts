/**
 * Gradient descent on every case, B ← B − η (2 − IoU) ∇L, and the error it leaves.
 */
import { box, overlap, regression } from 'detloss';
import { casesOf } from './cases';

export const LOSSES = { iou: box.iou, giou: box.giou, diou: box.diou, ciou: box.ciou };
export type LossName = keyof typeof LOSSES;
export const LOSS_NAMES = Object.keys(LOSSES) as LossName[];

export const ITERATIONS = 200;

/** η, counting iterations from 1: 0.1, then a tenth after iteration 160 and again after 180. */
export function learningRate(iteration: number): number {
  if (iteration <= 160) return 0.1;
  return iteration <= 180 ? 0.01 : 0.001;
}

/** Points regressed together: few enough for their boxes to stay in the processor's cache. */
const POINTS_PER_CHUNK = 12;

/**
 * Regresses the cases of `points` anchor centres with one loss.
 *
 * @param progress Called with the number of points done since the last call.
 * @returns The total error Σ |x − x*| + |y − y*| + |w − w*| + |h − h*| of all cases, before the
 * first iteration (element 0) and after each.
 */
export function simulate(
  name: LossName,
  points: number,
  progress: (points: number) => void,
): Float64Array {
  const total = new Float64Array(ITERATIONS + 1);
  for (let first = 0; first < points; first += POINTS_PER_CHUNK) {
    const last = Math.min(first + POINTS_PER_CHUNK, points);
    const { anchors, targets } = casesOf(first, last, points);
    // No case depends on another, so a chunk runs through all iterations while it is in the cache.
    descend(name, anchors, targets, total);
    progress(last - first);
  }
  return total;
}

/** Moves `boxes` towards `targets`, adding each iteration's error to `total`. */
function descend(
  name: LossName,
  boxes: Float32Array,
  targets: Float32Array,
  total: Float64Array,
): void {
  const rows = boxes.length / 4;
  const iou = new Float32Array(rows);
  const weight = new Float32Array(rows);
  const grad = new Float32Array(boxes.length);
  const loss = LOSSES[name];

  total[0] += regression.l1(boxes, targets, { reduction: 'sum' }).loss;
  for (let iteration = 1; iteration <= ITERATIONS; iteration++) {
    overlap.alignedIou(boxes, targets, { format: 'cxcywh', out: iou });
    setWeights(weight, iou, learningRate(iteration));
    // With the sum of losses weighted by η (2 − IoU), the gradient is the very step to take.
    loss(boxes, targets, { format: 'cxcywh', reduction: 'sum', weight, grad });
    step(boxes, grad);
    total[iteration] += regression.l1(boxes, targets, { reduction: 'sum' }).loss;
  }
}

function setWeights(weight: Float32Array, iou: Float32Array, rate: number): void {
  for (let i = 0; i < weight.length; i++) weight[i] = rate * (2 - iou[i]);
}

function step(boxes: Float32Array, grad: Float32Array): void {
  // Four at a time, one box, takes two thirds of the time of one at a time.
  for (let i = 0; i + 3 < boxes.length; i += 4) {
    boxes[i] -= grad[i];
    boxes[i + 1] -= grad[i + 1];
    boxes[i + 2] -= grad[i + 2];
    boxes[i + 3] -= grad[i + 3];
  }
}
