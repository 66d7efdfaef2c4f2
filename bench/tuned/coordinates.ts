/**
 * The box terms of Faster R-CNN, YOLO v1 and YOLO v3: means, and gradients by hand. Sizes are taken
 * to be positive.
 */
import * as math from './math';

const { ln } = math;

/** H_δ as in regression.ts: four absolute values and four squares of twice max(δ − |d|, 0). */
export function fasterRcnn(
  pred: Float32Array,
  target: Float32Array,
  anchors: Float32Array,
  delta = 1,
): number {
  const length = pred.length;
  const k = 4 / length;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < length; i += 4) {
    const y = Math.abs((pred[i] - target[i]) / anchors[i + 2]);
    const x = Math.abs((pred[i + 1] - target[i + 1]) / anchors[i + 3]);
    const h = Math.abs(ln(pred[i + 2] / target[i + 2]));
    const w = Math.abs(ln(pred[i + 3] / target[i + 3]));
    const ry = delta - y + Math.abs(delta - y);
    const rx = delta - x + Math.abs(delta - x);
    const rh = delta - h + Math.abs(delta - h);
    const rw = delta - w + Math.abs(delta - w);
    sum += y + x + (h + w);
    squares += ry * ry + rx * rx + (rh * rh + rw * rw);
  }
  return delta * (k * sum - 2 * delta) + (k * squares) / 8;
}

/** One division by h serves both the quotient h/H and the derivative of its logarithm. */
export function fasterRcnnGradient(
  pred: Float32Array,
  target: Float32Array,
  anchors: Float32Array,
  grad: Float32Array,
  delta = 1,
): number {
  const length = pred.length;
  const half = 2 / length;
  let sum = 0;
  for (let i = 0; i < length; i += 4) {
    const ry = 1 / anchors[i + 2];
    const rx = 1 / anchors[i + 3];
    const rh = 1 / pred[i + 2];
    const rw = 1 / pred[i + 3];
    const y = (pred[i] - target[i]) * ry;
    const x = (pred[i + 1] - target[i + 1]) * rx;
    const h = ln(target[i + 2] * rh);
    const w = ln(target[i + 3] * rw);
    // Twice the offsets clamped to ±δ.
    const cy = Math.abs(y + delta) - Math.abs(y - delta);
    const cx = Math.abs(x + delta) - Math.abs(x - delta);
    const ch = Math.abs(h + delta) - Math.abs(h - delta);
    const cw = Math.abs(w + delta) - Math.abs(w - delta);
    grad[i] = half * cy * ry;
    grad[i + 1] = half * cx * rx;
    grad[i + 2] = -half * ch * rh;
    grad[i + 3] = -half * cw * rw;
    sum += cy * (4 * y - cy) + cx * (4 * x - cx) + (ch * (4 * h - ch) + cw * (4 * w - cw));
  }
  return (sum * half) / 4;
}

/** (√H − √h)² = H + h − 2 √(H h): one square root a side, and float64 has the digits to spare. */
export function yoloV1(pred: Float32Array, target: Float32Array): number {
  const length = pred.length;
  let sum = 0;
  for (let i = 0; i < length; i += 4) {
    const dy = pred[i] - target[i];
    const dx = pred[i + 1] - target[i + 1];
    const h = pred[i + 2];
    const w = pred[i + 3];
    const H = target[i + 2];
    const W = target[i + 3];
    sum += dy * dy + dx * dx + (h + H + w + W - 2 * (Math.sqrt(h * H) + Math.sqrt(w * W)));
  }
  return (4 * sum) / length;
}

/** d/dh (√H − √h)² = 1 − √(H/h), and h times its square is the loss. */
export function yoloV1Gradient(
  pred: Float32Array,
  target: Float32Array,
  grad: Float32Array,
): number {
  const length = pred.length;
  const k = 4 / length;
  let sum = 0;
  for (let i = 0; i < length; i += 4) {
    const dy = pred[i] - target[i];
    const dx = pred[i + 1] - target[i + 1];
    const h = pred[i + 2];
    const w = pred[i + 3];
    const a = 1 - Math.sqrt(target[i + 2] / h);
    const b = 1 - Math.sqrt(target[i + 3] / w);
    grad[i] = 2 * k * dy;
    grad[i + 1] = 2 * k * dx;
    grad[i + 2] = k * a;
    grad[i + 3] = k * b;
    sum += dy * dy + dx * dx + (h * a * a + w * b * b);
  }
  return k * sum;
}
