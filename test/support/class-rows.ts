/** Predictions and targets of the losses of objectness and category. */
import type { Inputs } from '../losses/table';
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

type Kinds = Readonly<Record<string, Inputs>>;

function mapKinds(kinds: Kinds, change: (make: Inputs) => Inputs): Kinds {
  return Object.fromEntries(Object.entries(kinds).map(([kind, make]) => [kind, change(make)]));
}

/** Probabilities and whether there is an object. */
export const PROBABILITIES: Kinds = {
  'of any size': (next, rows) => [uniform(next, rows, 0.01, 0.99), presence(next, rows)],
  'of soft targets': (next, rows) => [uniform(next, rows, 0.01, 0.99), uniform(next, rows)],
  'almost right': (next, rows) => {
    const target = presence(next, rows);
    return [near(next, target, 1e-4), target];
  },
};

/** The same of logits. */
export const LOGITS: Kinds = {
  'of any size': (next, rows) => [uniform(next, rows, -6, 6), presence(next, rows)],
  'of soft targets': (next, rows) => [uniform(next, rows, -6, 6), uniform(next, rows)],
  'almost right': (next, rows) => {
    const target = presence(next, rows);
    return [confident(next, target, 10), target];
  },
  'up to 80': (next, rows) => [uniform(next, rows, -80, 80), presence(next, rows)],
};

/** Logits of background and object that differ by `LOGITS`. */
export const LOGIT_PAIRS = mapKinds(LOGITS, (make) => (next, rows, format) => {
  const [difference, target] = make(next, rows, format);
  const background = uniform(next, rows, -3, 3);
  const pairs = Float32Array.from({ length: 2 * rows }, (_, k) =>
    k % 2 === 0 ? background[k >> 1] : background[k >> 1] + difference[k >> 1],
  );
  return [pairs, target];
});

/** Inputs of one number a row, with a number for each class. */
export function perClass(kinds: Kinds, classes: number): Kinds {
  return mapKinds(kinds, (make) => (next, rows, format) => make(next, rows * classes, format));
}

/** Logits of classes, and labels. */
export function softmaxInputs(classes: number): Kinds {
  const within = (reach: number): Inputs => {
    return (next, rows) => [
      uniform(next, rows * classes, -reach, reach),
      labelsOf(next, rows, classes),
    ];
  };
  return {
    'of any size': within(4),
    'almost right': (next, rows) => {
      const labels = labelsOf(next, rows, classes);
      return [confidentRows(next, labels, classes, 10), labels];
    },
    'up to 40': within(40),
  };
}
