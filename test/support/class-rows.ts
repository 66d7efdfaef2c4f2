/** Predictions and targets of the losses of objectness and category. */
import { uniform, type Random } from './random';

/** Which rows have an object: 1 for about a third of them. */
export function presence(next: Random, rows: number): Float32Array {
  return Float32Array.from({ length: rows }, () => Number(next() < 1 / 3));
}

export function labelsOf(next: Random, rows: number, classes: number): Int32Array {
  return Int32Array.from({ length: rows }, () => Math.floor(next() * classes));
}

/** As [N, K] numbers, 1 for each row's label. */
export function oneHot(labels: Int32Array, classes: number): Float32Array {
  return Float32Array.from({ length: labels.length * classes }, (_, k) =>
    Number(labels[Math.floor(k / classes)] === k % classes),
  );
}

/** Logits that are right about their targets, the more so the larger `least`. */
export function confident(next: Random, target: Float32Array, least: number): Float32Array {
  return target.map((t) => (2 * t - 1) * (least + 4 * next()));
}

/** Probabilities that are right about their targets but for a tenth of `most` to all of it. */
export function near(next: Random, target: Float32Array, most: number): Float32Array {
  return target.map((t) => t + (1 - 2 * t) * most * (0.1 + 0.9 * next()));
}

/** Logits of rows of two or more classes, of which the label's is the largest by `least`. */
export function confidentRows(
  next: Random,
  labels: Int32Array,
  classes: number,
  least: number,
): Float32Array {
  const logits = uniform(next, labels.length * classes, -1, 1);
  labels.forEach((label, row) => {
    logits[row * classes + label] = 1 + least + next();
  });
  return logits;
}
