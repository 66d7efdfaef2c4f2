/**
 * The category losses of Faster R-CNN and YOLO v3 on logits [N, K] and labels [N]: means, and
 * gradients.
 */

export function fasterRcnn(logits: Float32Array, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    const start = row * classes;
    let largest = -Infinity;
    for (let k = 0; k < classes; k++) {
      if (logits[start + k] > largest) largest = logits[start + k];
    }
    let powers = 0;
    for (let k = 0; k < classes; k++) powers += Math.exp(logits[start + k] - largest);
    sum += largest + Math.log(powers) - logits[start + labels[row]];
  }
  return sum / labels.length;
}

export function fasterRcnnGradient(
  logits: Float32Array,
  labels: Int32Array,
  grad: Float32Array,
): number {
  const rows = labels.length;
  const classes = logits.length / rows;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    let largest = -Infinity;
    for (let k = 0; k < classes; k++) {
      if (logits[start + k] > largest) largest = logits[start + k];
    }
    let powers = 0;
    for (let k = 0; k < classes; k++) {
      grad[start + k] = Math.exp(logits[start + k] - largest);
      powers += grad[start + k];
    }
    sum += largest + Math.log(powers) - logits[start + labels[row]];
    for (let k = 0; k < classes; k++) {
      const p = grad[start + k] / powers;
      grad[start + k] = (k === labels[row] ? p - 1 : p) / rows;
    }
  }
  return sum / rows;
}

export function yoloV3Logit(logits: Float32Array, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    for (let k = 0; k < classes; k++) {
      const z = logits[row * classes + k];
      const t = k === labels[row] ? 1 : 0;
      sum += Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z)));
    }
  }
  return sum / logits.length;
}

export function yoloV3LogitGradient(
  logits: Float32Array,
  labels: Int32Array,
  grad: Float32Array,
): number {
  const classes = logits.length / labels.length;
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    for (let k = 0; k < classes; k++) {
      const i = row * classes + k;
      const z = logits[i];
      const t = k === labels[row] ? 1 : 0;
      sum += Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z)));
      grad[i] = (1 / (1 + Math.exp(-z)) - t) / logits.length;
    }
  }
  return sum / logits.length;
}
