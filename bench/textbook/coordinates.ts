/**
 * The box terms of Faster R-CNN and YOLO v1: means, and gradients.
 */

function huber(d: number, delta: number): number {
  return Math.abs(d) < delta ? 0.5 * d * d : delta * (Math.abs(d) - 0.5 * delta);
}

function huberSlope(d: number, delta: number): number {
  return Math.abs(d) < delta ? d : delta * Math.sign(d);
}

export function fasterRcnn(
  pred: Float32Array,
  target: Float32Array,
  anchors: Float32Array,
  delta = 1,
): number {
  let sum = 0;
  for (let i = 0; i < pred.length; i += 4) {
    const y = (target[i] - pred[i]) / anchors[i + 2];
    const x = (target[i + 1] - pred[i + 1]) / anchors[i + 3];
    const h = Math.log(target[i + 2] / pred[i + 2]);
    const w = Math.log(target[i + 3] / pred[i + 3]);
    sum += huber(y, delta) + huber(x, delta) + huber(h, delta) + huber(w, delta);
  }
  return sum / (pred.length / 4);
}

export function fasterRcnnGradient(
  pred: Float32Array,
  target: Float32Array,
  anchors: Float32Array,
  grad: Float32Array,
  delta = 1,
): number {
  const rows = pred.length / 4;
  let sum = 0;
  for (let i = 0; i < pred.length; i += 4) {
    const y = (target[i] - pred[i]) / anchors[i + 2];
    const x = (target[i + 1] - pred[i + 1]) / anchors[i + 3];
    const h = Math.log(target[i + 2] / pred[i + 2]);
    const w = Math.log(target[i + 3] / pred[i + 3]);
    sum += huber(y, delta) + huber(x, delta) + huber(h, delta) + huber(w, delta);
    grad[i] = -huberSlope(y, delta) / anchors[i + 2] / rows;
    grad[i + 1] = -huberSlope(x, delta) / anchors[i + 3] / rows;
    grad[i + 2] = -huberSlope(h, delta) / pred[i + 2] / rows;
    grad[i + 3] = -huberSlope(w, delta) / pred[i + 3] / rows;
  }
  return sum / rows;
}

export function yoloV1(pred: Float32Array, target: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < pred.length; i += 4) {
    const y = target[i] - pred[i];
    const x = target[i + 1] - pred[i + 1];
    const h = Math.sqrt(target[i + 2]) - Math.sqrt(pred[i + 2]);
    const w = Math.sqrt(target[i + 3]) - Math.sqrt(pred[i + 3]);
    sum += y * y + x * x + h * h + w * w;
  }
  return sum / (pred.length / 4);
}

export function yoloV1Gradient(
  pred: Float32Array,
  target: Float32Array,
  grad: Float32Array,
): number {
  const rows = pred.length / 4;
  let sum = 0;
  for (let i = 0; i < pred.length; i += 4) {
    const rootH = Math.sqrt(pred[i + 2]);
    const rootW = Math.sqrt(pred[i + 3]);
    const y = target[i] - pred[i];
    const x = target[i + 1] - pred[i + 1];
    const h = Math.sqrt(target[i + 2]) - rootH;
    const w = Math.sqrt(target[i + 3]) - rootW;
    sum += y * y + x * x + h * h + w * w;
    grad[i] = (-2 * y) / rows;
    grad[i + 1] = (-2 * x) / rows;
    grad[i + 2] = -h / rootH / rows;
    grad[i + 3] = -w / rootW / rows;
  }
  return sum / rows;
}
