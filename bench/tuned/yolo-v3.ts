/**
 * The box term of YOLO v3 on raw features: means, and gradients by hand, over all rows and over
 * those with weight. Sizes are taken to be positive.
 *
 * Math.min and Math.max keep the centre inside its cell: as it is there almost always, the
 * processor guesses their branches right.
 */
import type { Grid } from 'detloss';
import * as math from './math';

const { ln } = math;

const INSIDE = 1 - 1e-6;

/** Loops over the cells in place of dividing the row's number. */
export function yoloV3(raw: Float32Array, target: Float32Array, grid: Grid): number {
  const { height, width, anchors } = grid;
  const length = raw.length;
  const anchorNumbers = anchors.length;
  let sum = 0;
  let i = 0;
  while (i < length) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let a = 0; a < anchorNumbers; a += 2, i += 4) {
          const v = Math.min(Math.max(target[i] * height - row, 1e-6), INSIDE);
          const u = Math.min(Math.max(target[i + 1] * width - column, 1e-6), INSIDE);
          const y = raw[i] - ln(v / (1 - v));
          const x = raw[i + 1] - ln(u / (1 - u));
          const h = raw[i + 2] - ln(target[i + 2] / anchors[a]);
          const w = raw[i + 3] - ln(target[i + 3] / anchors[a + 1]);
          sum += y * y + x * x + (h * h + w * w);
        }
      }
    }
  }
  return (4 * sum) / length;
}

export function yoloV3Gradient(
  raw: Float32Array,
  target: Float32Array,
  grid: Grid,
  grad: Float32Array,
): number {
  const { height, width, anchors } = grid;
  const length = raw.length;
  const anchorNumbers = anchors.length;
  const k = 8 / length;
  let sum = 0;
  let i = 0;
  while (i < length) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let a = 0; a < anchorNumbers; a += 2, i += 4) {
          const v = Math.min(Math.max(target[i] * height - row, 1e-6), INSIDE);
          const u = Math.min(Math.max(target[i + 1] * width - column, 1e-6), INSIDE);
          const y = raw[i] - ln(v / (1 - v));
          const x = raw[i + 1] - ln(u / (1 - u));
          const h = raw[i + 2] - ln(target[i + 2] / anchors[a]);
          const w = raw[i + 3] - ln(target[i + 3] / anchors[a + 1]);
          grad[i] = k * y;
          grad[i + 1] = k * x;
          grad[i + 2] = k * h;
          grad[i + 3] = k * w;
          sum += y * y + x * x + (h * h + w * w);
        }
      }
    }
  }
  return (4 * sum) / length;
}

/** The rows with weight, in an array made once. */
let found = new Int32Array(0);

/**
 * Finds the rows with weight and returns how many there are. Weights are not negative: four at a
 * time are passed over if their sum is 0, which takes three quarters of the time of one by one.
 */
function find(weight: Float32Array): number {
  const rows = weight.length;
  const quads = rows - 3;
  if (found.length < rows) found = new Int32Array(rows);
  const list = found;
  let count = 0;
  for (let q = 0; q < rows; q += 4) {
    if (q < quads && weight[q] + weight[q + 1] + (weight[q + 2] + weight[q + 3]) === 0) continue;
    const end = Math.min(q + 4, rows);
    for (let row = q; row < end; row++) if (weight[row] !== 0) list[count++] = row;
  }
  return count;
}

/** Only the rows found divide their number to get their cell. */
export function yoloV3Sparse(
  raw: Float32Array,
  target: Float32Array,
  grid: Grid,
  weight: Float32Array,
): number {
  const { height, width, anchors } = grid;
  const anchorCount = anchors.length / 2;
  const count = find(weight);
  const list = found;
  let sum = 0;
  let total = 0;
  for (let k = 0; k < count; k++) {
    const r = list[k];
    const cell = Math.floor(r / anchorCount);
    const a = 2 * (r % anchorCount);
    const row = Math.floor(cell / width) % height;
    const i = 4 * r;
    const v = Math.min(Math.max(target[i] * height - row, 1e-6), INSIDE);
    const u = Math.min(Math.max(target[i + 1] * width - (cell % width), 1e-6), INSIDE);
    const y = raw[i] - ln(v / (1 - v));
    const x = raw[i + 1] - ln(u / (1 - u));
    const h = raw[i + 2] - ln(target[i + 2] / anchors[a]);
    const w = raw[i + 3] - ln(target[i + 3] / anchors[a + 1]);
    sum += weight[r] * (y * y + x * x + (h * h + w * w));
    total += weight[r];
  }
  return total === 0 ? 0 : sum / total;
}

/** One fill of the whole gradient, then the few rows. */
export function yoloV3SparseGradient(
  raw: Float32Array,
  target: Float32Array,
  grid: Grid,
  weight: Float32Array,
  grad: Float32Array,
): number {
  const { height, width, anchors } = grid;
  const anchorCount = anchors.length / 2;
  const count = find(weight);
  const list = found;
  let total = 0;
  for (let k = 0; k < count; k++) total += weight[list[k]];
  grad.fill(0);
  if (total === 0) return 0;
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const r = list[k];
    const cell = Math.floor(r / anchorCount);
    const a = 2 * (r % anchorCount);
    const row = Math.floor(cell / width) % height;
    const i = 4 * r;
    const v = Math.min(Math.max(target[i] * height - row, 1e-6), INSIDE);
    const u = Math.min(Math.max(target[i + 1] * width - (cell % width), 1e-6), INSIDE);
    const y = raw[i] - ln(v / (1 - v));
    const x = raw[i + 1] - ln(u / (1 - u));
    const h = raw[i + 2] - ln(target[i + 2] / anchors[a]);
    const w = raw[i + 3] - ln(target[i + 3] / anchors[a + 1]);
    const share = (2 * weight[r]) / total;
    grad[i] = share * y;
    grad[i + 1] = share * x;
    grad[i + 2] = share * h;
    grad[i + 3] = share * w;
    sum += weight[r] * (y * y + x * x + (h * h + w * w));
  }
  return sum / total;
}
