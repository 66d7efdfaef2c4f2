/**
 * The box term of YOLO v3 on raw features: means, and gradients, over all rows and over those with
 * weight.
 */
import type { Grid } from 'detloss';

/** σ⁻¹(p), p kept off 0 and 1. */
function logit(p: number): number {
  const inside = Math.min(Math.max(p, 1e-6), 1 - 1e-6);
  return Math.log(inside / (1 - inside));
}

export function yoloV3(raw: Float32Array, target: Float32Array, grid: Grid): number {
  const { height, width, anchors } = grid;
  const anchorCount = anchors.length / 2;
  const rows = raw.length / 4;
  let sum = 0;
  for (let r = 0; r < rows; r++) {
    const i = 4 * r;
    const anchor = r % anchorCount;
    const cell = Math.floor(r / anchorCount);
    const row = Math.floor(cell / width) % height;
    const column = cell % width;
    const y = logit(target[i] * height - row) - raw[i];
    const x = logit(target[i + 1] * width - column) - raw[i + 1];
    const h = Math.log(target[i + 2] / anchors[2 * anchor]) - raw[i + 2];
    const w = Math.log(target[i + 3] / anchors[2 * anchor + 1]) - raw[i + 3];
    sum += y * y + x * x + h * h + w * w;
  }
  return sum / rows;
}

export function yoloV3Gradient(
  raw: Float32Array,
  target: Float32Array,
  grid: Grid,
  grad: Float32Array,
): number {
  const { height, width, anchors } = grid;
  const anchorCount = anchors.length / 2;
  const rows = raw.length / 4;
  let sum = 0;
  for (let r = 0; r < rows; r++) {
    const i = 4 * r;
    const anchor = r % anchorCount;
    const cell = Math.floor(r / anchorCount);
    const row = Math.floor(cell / width) % height;
    const column = cell % width;
    const y = logit(target[i] * height - row) - raw[i];
    const x = logit(target[i + 1] * width - column) - raw[i + 1];
    const h = Math.log(target[i + 2] / anchors[2 * anchor]) - raw[i + 2];
    const w = Math.log(target[i + 3] / anchors[2 * anchor + 1]) - raw[i + 3];
    sum += y * y + x * x + h * h + w * w;
    grad[i] = (-2 * y) / rows;
    grad[i + 1] = (-2 * x) / rows;
    grad[i + 2] = (-2 * h) / rows;
    grad[i + 3] = (-2 * w) / rows;
  }
  return sum / rows;
}

export function yoloV3Sparse(
  raw: Float32Array,
  target: Float32Array,
  grid: Grid,
  weight: Float32Array,
): number {
  const { height, width, anchors } = grid;
  const anchorCount = anchors.length / 2;
  let sum = 0;
  let total = 0;
  for (let r = 0; r < weight.length; r++) {
    if (weight[r] === 0) continue;
    const i = 4 * r;
    const anchor = r % anchorCount;
    const cell = Math.floor(r / anchorCount);
    const row = Math.floor(cell / width) % height;
    const column = cell % width;
    const y = logit(target[i] * height - row) - raw[i];
    const x = logit(target[i + 1] * width - column) - raw[i + 1];
    const h = Math.log(target[i + 2] / anchors[2 * anchor]) - raw[i + 2];
    const w = Math.log(target[i + 3] / anchors[2 * anchor + 1]) - raw[i + 3];
    sum += weight[r] * (y * y + x * x + h * h + w * w);
    total += weight[r];
  }
  return total === 0 ? 0 : sum / total;
}

export function yoloV3SparseGradient(
  raw: Float32Array,
  target: Float32Array,
  grid: Grid,
  weight: Float32Array,
  grad: Float32Array,
): number {
  const { height, width, anchors } = grid;
  const anchorCount = anchors.length / 2;
  let total = 0;
  for (let r = 0; r < weight.length; r++) total += weight[r];
  grad.fill(0);
  if (total === 0) return 0;
  let sum = 0;
  for (let r = 0; r < weight.length; r++) {
    if (weight[r] === 0) continue;
    const i = 4 * r;
    const anchor = r % anchorCount;
    const cell = Math.floor(r / anchorCount);
    const row = Math.floor(cell / width) % height;
    const column = cell % width;
    const y = logit(target[i] * height - row) - raw[i];
    const x = logit(target[i + 1] * width - column) - raw[i + 1];
    const h = Math.log(target[i + 2] / anchors[2 * anchor]) - raw[i + 2];
    const w = Math.log(target[i + 3] / anchors[2 * anchor + 1]) - raw[i + 3];
    sum += weight[r] * (y * y + x * x + h * h + w * w);
    grad[i] = (-2 * weight[r] * y) / total;
    grad[i + 1] = (-2 * weight[r] * x) / total;
    grad[i + 2] = (-2 * weight[r] * h) / total;
    grad[i + 3] = (-2 * weight[r] * w) / total;
  }
  return sum / total;
}
