/**
 * The whole loss of YOLO v3 and its gradient in JavaScript by hand: the numbers of each term are
 * gathered to arrays of their own for the loops of bench/tuned or bench/textbook, and their
 * gradients brought back, the box's through the decoding of the raw features.
 */
import type * as textbook from '../textbook';
import type * as tuned from '../tuned';
import type { Scale, Scene } from './scene';

/** The loops for the terms. */
export type Loops = typeof tuned | typeof textbook;

/** Rows whose gradients are cleared, and still in the cache when objectness is put in. */
const BLOCK = 64;

/** Makes the arrays it needs; the function returned writes the gradients and returns the total. */
export function prepare(
  { classes, scales }: Scene,
  loops: Loops,
): (grads: Float32Array[]) => number {
  const computations = scales.map((scale) => prepareScale(scale, classes, loops));
  return (grads) => computations.reduce((total, compute, s) => total + compute(grads[s]), 0);
}

function prepareScale(scale: Scale, classes: number, loops: Loops): (grad: Float32Array) => number {
  const { features, target } = scale;
  const channels = 5 + classes;
  const rows = target.objectness.length;
  const logits = new Float32Array(rows);
  const slopes = new Float32Array(rows);

  return (grad) => {
    const positives: number[] = [];
    for (let row = 0; row < rows; row++) {
      logits[row] = features[row * channels + 4];
      if (target.objectness[row] > 0) positives.push(row);
    }
    const objectness = loops.objectness.yoloV3LogitGradient(logits, target.objectness, slopes);
    for (let start = 0; start < rows; start += BLOCK) {
      const end = Math.min(start + BLOCK, rows);
      grad.fill(0, start * channels, end * channels);
      for (let row = start; row < end; row++) grad[row * channels + 4] = slopes[row];
    }
    if (positives.length === 0) return objectness;
    return (
      objectness +
      boxTerm(loops, scale, channels, positives, grad) +
      categoryTerm(loops, scale, channels, positives, grad)
    );
  };
}

/** The mean CIoU loss of the decoded boxes: y = (σ(ŷ) + i)/H and h = hᵃe^ĥ, x and w likewise. */
function boxTerm(
  loops: Loops,
  { height, width, anchors, features, target }: Scale,
  channels: number,
  positives: number[],
  grad: Float32Array,
): number {
  const anchorCount = anchors.length / 2;
  const boxes = new Float32Array(4 * positives.length);
  const truths = new Float32Array(4 * positives.length);
  const slopes = new Float32Array(4 * positives.length);
  positives.forEach((row, k) => {
    const i = row * channels;
    const cell = Math.floor(row / anchorCount);
    const anchor = 2 * (row % anchorCount);
    boxes[4 * k] = (sigmoid(features[i]) + (Math.floor(cell / width) % height)) / height;
    boxes[4 * k + 1] = (sigmoid(features[i + 1]) + (cell % width)) / width;
    boxes[4 * k + 2] = anchors[anchor] * Math.exp(features[i + 2]);
    boxes[4 * k + 3] = anchors[anchor + 1] * Math.exp(features[i + 3]);
    for (let c = 0; c < 4; c++) truths[4 * k + c] = target.box[4 * row + c];
  });
  const loss = loops.box.ciouGradient(boxes, truths, slopes);
  positives.forEach((row, k) => {
    const i = row * channels;
    const v = sigmoid(features[i]);
    const u = sigmoid(features[i + 1]);
    grad[i] = (slopes[4 * k] * v * (1 - v)) / height;
    grad[i + 1] = (slopes[4 * k + 1] * u * (1 - u)) / width;
    grad[i + 2] = slopes[4 * k + 2] * boxes[4 * k + 2];
    grad[i + 3] = slopes[4 * k + 3] * boxes[4 * k + 3];
  });
  return loss;
}

function categoryTerm(
  loops: Loops,
  { features, target }: Scale,
  channels: number,
  positives: number[],
  grad: Float32Array,
): number {
  const classes = channels - 5;
  const logits = new Float32Array(classes * positives.length);
  const slopes = new Float32Array(classes * positives.length);
  const labels = Int32Array.from(positives, (row) => target.labels[row]);
  positives.forEach((row, k) => {
    const start = row * channels + 5;
    logits.set(features.subarray(start, start + classes), k * classes);
  });
  const loss = loops.category.yoloV3LogitGradient(logits, labels, slopes);
  positives.forEach((row, k) => {
    grad.set(slopes.subarray(k * classes, (k + 1) * classes), row * channels + 5);
  });
  return loss;
}

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}
