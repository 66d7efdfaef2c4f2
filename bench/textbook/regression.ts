/**
 * Elementwise losses: means, and gradients.
 */

export function l1(pred: Float32Array, target: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < pred.length; i++) {
    sum += Math.abs(pred[i] - target[i]);
  }
  return sum / pred.length;
}

export function l1Gradient(pred: Float32Array, target: Float32Array, grad: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < pred.length; i++) {
    const d = pred[i] - target[i];
    sum += Math.abs(d);
    grad[i] = Math.sign(d) / pred.length;
  }
  return sum / pred.length;
}

export function l2(pred: Float32Array, target: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < pred.length; i++) {
    const d = pred[i] - target[i];
    sum += d * d;
  }
  return sum / pred.length;
}

export function l2Gradient(pred: Float32Array, target: Float32Array, grad: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < pred.length; i++) {
    const d = pred[i] - target[i];
    sum += d * d;
    grad[i] = (2 * d) / pred.length;
  }
  return sum / pred.length;
}

export function huber(pred: Float32Array, target: Float32Array, delta = 1): number {
  let sum = 0;
  for (let i = 0; i < pred.length; i++) {
    const d = Math.abs(pred[i] - target[i]);
    sum += d < delta ? 0.5 * d * d : delta * (d - 0.5 * delta);
  }
  return sum / pred.length;
}

export function huberGradient(
  pred: Float32Array,
  target: Float32Array,
  grad: Float32Array,
  delta = 1,
): number {
  let sum = 0;
  for (let i = 0; i < pred.length; i++) {
    const d = pred[i] - target[i];
    if (Math.abs(d) < delta) {
      sum += 0.5 * d * d;
      grad[i] = d / pred.length;
    } else {
      sum += delta * (Math.abs(d) - 0.5 * delta);
      grad[i] = (delta * Math.sign(d)) / pred.length;
    }
  }
  return sum / pred.length;
}

export function smoothL1(pred: Float32Array, target: Float32Array, beta = 1): number {
  let sum = 0;
  for (let i = 0; i < pred.length; i++) {
    const d = Math.abs(pred[i] - target[i]);
    sum += d < beta ? (0.5 * d * d) / beta : d - 0.5 * beta;
  }
  return sum / pred.length;
}

export function smoothL1Gradient(
  pred: Float32Array,
  target: Float32Array,
  grad: Float32Array,
  beta = 1,
): number {
  let sum = 0;
  for (let i = 0; i < pred.length; i++) {
    const d = pred[i] - target[i];
    if (Math.abs(d) < beta) {
      sum += (0.5 * d * d) / beta;
      grad[i] = d / beta / pred.length;
    } else {
      sum += Math.abs(d) - 0.5 * beta;
      grad[i] = Math.sign(d) / pred.length;
    }
  }
  return sum / pred.length;
}
