/**
 * The category losses of Faster R-CNN and YOLO v3 on logits [N, K] and labels [N]: means, and
 * gradients by hand. Logits are taken to be within ±700: their powers are numbers in float64 and a
 * softmax needs no maximum.
 */
import * as math from './math';

const { exp } = math;

export function fasterRcnn(logits: Float32Array, labels: Int32Array): number {
  const rows = labels.length;
  const classes = logits.length / rows;
  let sum = 0;
  for (let row = 0, i = 0; row < rows; row++) {
    const label = logits[i + labels[row]];
    let powers = 0;
    for (const end = i + classes; i < end; i++) powers += exp(logits[i]);
    sum += Math.log(powers) - label;
  }
  return sum / rows;
}

/** The powers of one row, in an array made once. */
let powersOf = new Float64Array(0);

export function fasterRcnnGradient(
  logits: Float32Array,
  labels: Int32Array,
  grad: Float32Array,
): number {
  const rows = labels.length;
  const classes = logits.length / rows;
  const share = 1 / rows;
  if (powersOf.length < classes) powersOf = new Float64Array(classes);
  const list = powersOf;
  let sum = 0;
  for (let row = 0, start = 0; row < rows; row++, start += classes) {
    const label = start + labels[row];
    let powers = 0;
    for (let k = 0; k < classes; k++) {
      const power = exp(logits[start + k]);
      list[k] = power;
      powers += power;
    }
    const factor = share / powers;
    for (let k = 0; k < classes; k++) grad[start + k] = factor * list[k];
    grad[label] = factor * list[labels[row]] - share;
    sum += Math.log(powers) - logits[label];
  }
  return share * sum;
}

/** How many factors up to 2 a product holds. */
const SMALL = 512;

/**
 * Where all of a row's targets but one are 0 the rows' bounds do not matter: ln(1 + e^z) of every
 * number, less the logits of the labels. The logarithms are those of products, as in objectness.ts.
 */
export function yoloV3Logit(logits: Float32Array, labels: Int32Array): number {
  const rows = labels.length;
  const length = logits.length;
  const classes = length / rows;
  let sum = 0;
  let logarithms = 0;
  for (let start = 0; start < length; start += SMALL) {
    const end = Math.min(start + SMALL, length);
    let product = 1;
    for (let i = start; i < end; i++) {
      const z = logits[i];
      const a = Math.abs(z);
      product *= 1 + exp(-a);
      sum += z + a;
    }
    logarithms += Math.log(product);
  }
  let labelSum = 0;
  for (let row = 0, i = 0; row < rows; row++, i += classes) labelSum += logits[i + labels[row]];
  return (sum / 2 + logarithms - labelSum) / length;
}

export function yoloV3LogitGradient(
  logits: Float32Array,
  labels: Int32Array,
  grad: Float32Array,
): number {
  const rows = labels.length;
  const length = logits.length;
  const classes = length / rows;
  const share = 1 / length;
  let sum = 0;
  let logarithms = 0;
  for (let start = 0; start < length; start += SMALL) {
    const end = Math.min(start + SMALL, length);
    let product = 1;
    for (let i = start; i < end; i++) {
      const z = logits[i];
      const a = Math.abs(z);
      const e = exp(-a);
      // σ(|z|) is 1 of 1 + e, and σ(−|z|) is e of it.
      grad[i] = (share * (1 + +(z < 0) * (e - 1))) / (1 + e);
      product *= 1 + e;
      sum += z + a;
    }
    logarithms += Math.log(product);
  }
  let labelSum = 0;
  for (let row = 0, i = 0; row < rows; row++, i += classes) {
    labelSum += logits[i + labels[row]];
    grad[i + labels[row]] -= share;
  }
  return share * (sum / 2 + logarithms - labelSum);
}
