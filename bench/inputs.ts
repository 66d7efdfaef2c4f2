/**
 * Seeded inputs of about as many elements, boxes or pairs as asked for.
 */
import type { Random } from '../test/support/random';

/** The arrays of a loss's call. */
export interface LossInputs {
  /** The arguments before the options: the prediction, the target and what else there is. */
  arrays: unknown[];
  /** The numbers of the prediction that belong to one row. */
  width: number;
  weight?: Float32Array;
  /** Receives the gradient. */
  grad: Float32Array;
  /** The part of the arrays that has to be read; without it, all of them. */
  share?: number;
}

export interface OverlapInputs {
  a: Float32Array;
  b: Float32Array;
  /** Receives the overlaps. */
  out: Float32Array;
}

/** Inputs of more units than these repeat those of so many. */
const DRAWN = 2 ** 17;

function repeated<T extends Float32Array | Int32Array>(array: T, copies: number): T {
  const many = new (array.constructor as new (length: number) => T)(copies * array.length);
  for (let k = 0; k < copies; k++) many.set(array, k * array.length);
  return many;
}

/** Inputs of about `size` units, of which some {@link DRAWN} are drawn. */
export function drawnAndRepeated(
  make: (size: number, next: Random) => LossInputs,
  size: number,
  next: Random,
): LossInputs {
  const inputs = make(Math.min(size, DRAWN), next);
  const copies = Math.round(size / DRAWN);
  if (copies <= 1) return inputs;
  const { arrays, weight, grad } = inputs;
  return {
    ...inputs,
    arrays: arrays.map((array) => (isArray(array) ? repeated(array, copies) : array)),
    weight: weight && repeated(weight, copies),
    grad: new Float32Array(copies * grad.length),
  };
}

function isArray(value: unknown): value is Float32Array | Int32Array {
  return ArrayBuffer.isView(value);
}

/** The bytes of the inputs that have to be read. */
export function bytesRead({ arrays, weight, share = 1 }: LossInputs): number {
  const all = arrays.filter(isArray).reduce((sum, { byteLength }) => sum + byteLength, 0);
  return share * all + (weight?.byteLength ?? 0);
}

/** Uniform in [−1, 1). */
function signed(next: Random): number {
  return 2 * next() - 1;
}

function write(boxes: Float32Array, i: number, y: number, x: number, h: number, w: number): void {
  boxes[i] = y;
  boxes[i + 1] = x;
  boxes[i + 2] = h;
  boxes[i + 3] = w;
}

/** Differences d from −2 to 2: half of them beyond the corner of huber and smoothL1. */
export function elements(size: number, next: Random): LossInputs {
  const pred = new Float32Array(size);
  const target = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    target[i] = 2 * signed(next);
    pred[i] = target[i] + 2 * signed(next);
  }
  return { arrays: [pred, target], width: 1, grad: new Float32Array(size) };
}

/** Writes a box anywhere in the image, in fractions of it: small ones are as common as large. */
function writeBox(boxes: Float32Array, i: number, next: Random): void {
  write(boxes, i, next(), next(), 0.02 * 30 ** next(), 0.02 * 30 ** next());
}

/** Writes a box about as large as the target's, moved by up to half of its size. */
function writeNear(boxes: Float32Array, target: Float32Array, i: number, next: Random): void {
  const h = target[i + 2];
  const w = target[i + 3];
  const y = target[i] + 0.5 * h * signed(next);
  const x = target[i + 1] + 0.5 * w * signed(next);
  write(boxes, i, y, x, h * Math.exp(0.5 * signed(next)), w * Math.exp(0.5 * signed(next)));
}

/** Three of four predictions near their target, as in training; the rest anywhere, mostly apart. */
function mixture(size: number, next: Random): { pred: Float32Array; target: Float32Array } {
  const pred = new Float32Array(4 * size);
  const target = new Float32Array(4 * size);
  for (let i = 0; i < 4 * size; i += 4) {
    writeBox(target, i, next);
    if (next() < 0.75) writeNear(pred, target, i, next);
    else writeBox(pred, i, next);
  }
  return { pred, target };
}

export function boxes(size: number, next: Random): LossInputs {
  const { pred, target } = mixture(size, next);
  return { arrays: [pred, target], width: 4, grad: new Float32Array(4 * size) };
}

/** The same with an anchor near each target. */
export function anchored(size: number, next: Random): LossInputs {
  const { pred, target } = mixture(size, next);
  const anchors = new Float32Array(4 * size);
  for (let i = 0; i < 4 * size; i += 4) writeNear(anchors, target, i, next);
  return { arrays: [pred, target, anchors], width: 4, grad: new Float32Array(4 * size) };
}

/** Anchors of a 13 × 13 scale, after YOLO v3's. */
const ANCHORS = [0.22, 0.28, 0.48, 0.38, 0.78, 0.9];

/** Whole images of 13 × 13 cells (2 × 2 for a few boxes), every target inside its cell. */
function grids(size: number, next: Random) {
  const side = size < 507 ? 2 : 13;
  const grid = { height: side, width: side, anchors: Float32Array.from(ANCHORS) };
  const images = Math.max(1, Math.round(size / (side * side * 3)));
  const length = images * side * side * 3 * 4;
  const raw = new Float32Array(length);
  const target = new Float32Array(length);
  for (let i = 0; i < length; i += 4) {
    const anchor = 2 * ((i / 4) % 3);
    const cell = Math.floor(i / 12);
    const y = ((Math.floor(cell / side) % side) + 0.01 + 0.98 * next()) / side;
    const x = ((cell % side) + 0.01 + 0.98 * next()) / side;
    const h = ANCHORS[anchor] * Math.exp(0.5 * signed(next));
    const w = ANCHORS[anchor + 1] * Math.exp(0.5 * signed(next));
    write(target, i, y, x, h, w);
    write(raw, i, 3 * signed(next), 3 * signed(next), signed(next), signed(next));
  }
  return { raw, target, grid };
}

export function cells(size: number, next: Random): LossInputs {
  const { raw, target, grid } = grids(size, next);
  return { arrays: [raw, target, grid], width: 4, grad: new Float32Array(raw.length) };
}

/** The same with targets, and weight 1, in one row of a hundred. */
export function sparseCells(size: number, next: Random): LossInputs {
  const { raw, target, grid } = grids(size, next);
  const weight = new Float32Array(raw.length / 4);
  for (let row = 0; row < weight.length; row++) {
    if (next() < 0.01) weight[row] = 1;
    else target.fill(0, 4 * row, 4 * row + 4);
  }
  const share = weight.reduce((sum, w) => sum + w) / weight.length;
  const grad = new Float32Array(raw.length);
  return { arrays: [raw, target, grid], width: 4, weight, grad, share };
}

/** Pairs of the mixture of {@link boxes}. */
export function pairs(size: number, next: Random): OverlapInputs {
  const copies = Math.max(1, Math.round(size / DRAWN));
  const { pred, target } = mixture(Math.min(size, DRAWN), next);
  const [a, b] = [pred, target].map((boxes) => repeated(boxes, copies));
  return { a, b, out: new Float32Array(a.length / 4) };
}

/** √size × √size boxes, of which most pairs are apart. */
export function crossed(size: number, next: Random): OverlapInputs {
  const side = Math.round(Math.sqrt(size));
  const { pred, target } = mixture(side, next);
  return { a: pred, b: target, out: new Float32Array(side * side) };
}

/** Logits as a network early in training has them: most of them negative. */
function logit(next: Random): number {
  return -2 + 3 * (signed(next) + signed(next));
}

/** 1 in one row of a hundred, and in the first; 0 in the others. */
function presence(rows: number, next: Random): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => Number(row === 0 || next() < 0.01));
}

/** An object in one row of a hundred. */
export function logits(size: number, next: Random): LossInputs {
  const pred = Float32Array.from({ length: size }, () => logit(next));
  return { arrays: [pred, presence(size, next)], width: 1, grad: new Float32Array(size) };
}

/** The same as probabilities. */
export function probabilities(size: number, next: Random): LossInputs {
  const pred = Float32Array.from({ length: size }, () => 1 / (1 + Math.exp(-logit(next))));
  return { arrays: [pred, presence(size, next)], width: 1, grad: new Float32Array(size) };
}

/** Logits of background and object; an object in half of the rows, as in the sample of a batch. */
export function twoLogits(size: number, next: Random): LossInputs {
  const rows = Math.ceil(size / 2);
  const pred = Float32Array.from({ length: 2 * rows }, () => 3 * signed(next));
  const target = Float32Array.from({ length: rows }, () => Number(next() < 0.5));
  return { arrays: [pred, target], width: 2, grad: new Float32Array(2 * rows) };
}

/** Logits of `classes` classes, with a label for each row. */
export function labelled(classes: number) {
  return (size: number, next: Random): LossInputs => {
    const rows = Math.ceil(size / classes);
    const pred = Float32Array.from({ length: rows * classes }, () => logit(next));
    const labels = Int32Array.from({ length: rows }, () => Math.floor(classes * next()));
    return { arrays: [pred, labels], width: classes, grad: new Float32Array(pred.length) };
  };
}
