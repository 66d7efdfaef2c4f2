/**
 * Elementwise losses: means, and gradients by hand.
 *
 * Elements in no order make conditionals, Math.sign, Math.min and Math.max five times slower,
 * because the processor guesses their branches wrong; Math.abs has none. A sum that elements are
 * added to one by one waits for each addition; adding two or four at a time gains a fifth to a
 * third, more of them nothing much.
 */

/** Lost in the rounding of any |d| but 0: d / (|d| + TINY) is the sign of d, 0 included. */
const TINY = 1e-300;

export function l1(pred: Float32Array, target: Float32Array): number {
  const length = pred.length;
  const quads = length - 3;
  let sum = 0;
  let i = 0;
  for (; i < quads; i += 4) {
    const a = Math.abs(pred[i] - target[i]);
    const b = Math.abs(pred[i + 1] - target[i + 1]);
    const c = Math.abs(pred[i + 2] - target[i + 2]);
    const d = Math.abs(pred[i + 3] - target[i + 3]);
    sum += a + b + (c + d);
  }
  for (; i < length; i++) sum += Math.abs(pred[i] - target[i]);
  return sum / length;
}

export function l1Gradient(pred: Float32Array, target: Float32Array, grad: Float32Array): number {
  const length = pred.length;
  const pairs = length - 1;
  const k = 1 / length;
  let sum = 0;
  let i = 0;
  for (; i < pairs; i += 2) {
    const d = pred[i] - target[i];
    const e = pred[i + 1] - target[i + 1];
    const a = Math.abs(d);
    const b = Math.abs(e);
    grad[i] = (k * d) / (a + TINY);
    grad[i + 1] = (k * e) / (b + TINY);
    sum += a + b;
  }
  if (i < length) {
    const d = pred[i] - target[i];
    grad[i] = k * Math.sign(d);
    sum += Math.abs(d);
  }
  return k * sum;
}

export function l2(pred: Float32Array, target: Float32Array): number {
  const length = pred.length;
  const quads = length - 3;
  let sum = 0;
  let i = 0;
  for (; i < quads; i += 4) {
    const a = pred[i] - target[i];
    const b = pred[i + 1] - target[i + 1];
    const c = pred[i + 2] - target[i + 2];
    const d = pred[i + 3] - target[i + 3];
    sum += a * a + b * b + (c * c + d * d);
  }
  for (; i < length; i++) sum += (pred[i] - target[i]) ** 2;
  return sum / length;
}

export function l2Gradient(pred: Float32Array, target: Float32Array, grad: Float32Array): number {
  const length = pred.length;
  const quads = length - 3;
  const k = 2 / length;
  let sum = 0;
  let i = 0;
  for (; i < quads; i += 4) {
    const a = pred[i] - target[i];
    const b = pred[i + 1] - target[i + 1];
    const c = pred[i + 2] - target[i + 2];
    const d = pred[i + 3] - target[i + 3];
    grad[i] = k * a;
    grad[i + 1] = k * b;
    grad[i + 2] = k * c;
    grad[i + 3] = k * d;
    sum += a * a + b * b + (c * c + d * d);
  }
  for (; i < length; i++) {
    const a = pred[i] - target[i];
    grad[i] = k * a;
    sum += a * a;
  }
  return sum / length;
}

/** H_δ(d) = δ(|d| − ½δ) + ½ max(δ − |d|, 0)², and max(r, 0) = ½(r + |r|). */
export function huber(pred: Float32Array, target: Float32Array, delta = 1): number {
  const length = pred.length;
  const pairs = length - 1;
  let sum = 0;
  let squares = 0;
  let i = 0;
  for (; i < pairs; i += 2) {
    const a = Math.abs(pred[i] - target[i]);
    const b = Math.abs(pred[i + 1] - target[i + 1]);
    const r = delta - a;
    const s = delta - b;
    const rest = r + Math.abs(r);
    const rest2 = s + Math.abs(s);
    sum += a + b;
    squares += rest * rest + rest2 * rest2;
  }
  if (i < length) {
    const a = Math.abs(pred[i] - target[i]);
    sum += a;
    squares += 4 * Math.max(delta - a, 0) ** 2;
  }
  return delta * (sum / length - delta / 2) + squares / (8 * length);
}

/**
 * With c = (|d + δ| − |d − δ|)/2, which is d clamped to ±δ and the derivative, H_δ(d) = c(d − c/2);
 * `c` and `f` below are twice that. `k` multiplies both loss and gradient.
 */
export function huberGradient(
  pred: Float32Array,
  target: Float32Array,
  grad: Float32Array,
  delta = 1,
  k = 1 / pred.length,
): number {
  const length = pred.length;
  const pairs = length - 1;
  const half = k / 2;
  let sum = 0;
  let i = 0;
  for (; i < pairs; i += 2) {
    const d = pred[i] - target[i];
    const e = pred[i + 1] - target[i + 1];
    const c = Math.abs(d + delta) - Math.abs(d - delta);
    const f = Math.abs(e + delta) - Math.abs(e - delta);
    grad[i] = half * c;
    grad[i + 1] = half * f;
    sum += c * (4 * d - c) + f * (4 * e - f);
  }
  if (i < length) {
    const d = pred[i] - target[i];
    const c = Math.abs(d + delta) - Math.abs(d - delta);
    grad[i] = half * c;
    sum += c * (4 * d - c);
  }
  return (k / 8) * sum;
}

export function smoothL1(pred: Float32Array, target: Float32Array, beta = 1): number {
  return huber(pred, target, beta) / beta;
}

export function smoothL1Gradient(
  pred: Float32Array,
  target: Float32Array,
  grad: Float32Array,
  beta = 1,
): number {
  return huberGradient(pred, target, grad, beta, 1 / (beta * pred.length));
}
