/** Numbers, probabilities and logits at the limits of float32, with their targets. */
import { codec } from '../../lib/reference';
import type { Inputs } from '../losses/table';
import { labelsOf } from './class-rows';
import { rawBoxes } from './grids';
import { magnitude, moved, signed, uniform, type Random } from './random';

type Kinds = Readonly<Record<string, Inputs>>;

/** A prediction and its target. */
type Entry = [pred: number, target: number];

/** Inputs of one number a row. */
function entries(entry: (next: Random) => Entry): Inputs {
  return (next, rows) => {
    const pairs = Array.from({ length: rows }, () => entry(next));
    return [Float32Array.from(pairs, ([pred]) => pred), Float32Array.from(pairs, ([, t]) => t)];
  };
}

function choose(next: Random, ...choices: number[]): number {
  return choices[Math.floor(choices.length * next())];
}

const either = (next: Random) => Math.sign(signed(next));

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** Numbers whose differences are of any size. */
export const EXTREME_NUMBERS: Kinds = {
  'of any magnitude': entries((next) => [
    either(next) * magnitude(next, 1e-30, 1e15),
    either(next) * magnitude(next, 1e-30, 1e15),
  ]),
  'a few ULP apart': entries((next) => {
    const target = Math.fround(either(next) * magnitude(next, 1e-30, 1e15));
    return [moved(target, Math.round(3 * signed(next))), target];
  }),
  'beside the end of a parabola': entries((next) => {
    const target = Math.fround(choose(next, 0, signed(next)));
    const difference = moved(Math.fround(choose(next, 0.3, 1)), Math.round(3 * signed(next)));
    return [target + either(next) * difference, target];
  }),
};

/** A target near 0 or 1, but neither. */
function almost(next: Random): number {
  return choose(next, 0.9999, 1e-4, 1 - 2 ** -24, magnitude(next, 1e-40, 1e-2));
}

export const EXTREME_LOGITS: Kinds = {
  'beside their soft targets': entries((next) => {
    const z = choose(next, 8 * signed(next), either(next) * magnitude(next, 1e-6, 1));
    const target =
      sigmoid(Math.fround(z)) + either(next) * magnitude(next, 1e-8, 1e-2) * sigmoid(-z);
    return [z, Math.min(Math.max(target, 0), 1)];
  }),
  'of targets beside 0 and 1': entries((next) => [40 * signed(next), almost(next)]),
  'down to the smallest floats': entries((next) => [
    either(next) * magnitude(next, 1e-45, 1e-3),
    choose(next, 0, 1, 0.5, next()),
  ]),
  'up to 1e6': entries((next) => [
    either(next) * magnitude(next, 10, 1e6),
    choose(next, 0, 1, almost(next), next()),
  ]),
};

export const EXTREME_PROBABILITIES: Kinds = {
  'beside 0 and 1': entries((next) => {
    const tiny = magnitude(next, 1e-45, 1e-2);
    return [choose(next, tiny, tiny, 1 - tiny, 0, 1), choose(next, 0, 1, next(), almost(next))];
  }),
  'beside their targets': entries((next) => {
    const target = Math.fround(choose(next, next(), almost(next)));
    return [Math.min(moved(target, Math.round(3 * signed(next))), 1), target];
  }),
};

/** Logits of classes and labels. */
export function extremeSoftmax(classes: number): Kinds {
  const rowsOf =
    (row: (next: Random, label: number) => ArrayLike<number>): Inputs =>
    (next, rows) => {
      const labels = labelsOf(next, rows, classes);
      const logits = Array.from(labels, (label) => Array.from(row(next, label)));
      return [Float32Array.from(logits.flat()), labels];
    };
  return {
    confident: rowsOf((next, label) => {
      const logits = uniform(next, classes, -3, 3);
      // Of the label, mostly.
      logits[next() < 0.8 ? label : 0] += 20 + 80 * next();
      return logits;
    }),
    equal: rowsOf((next) => new Float32Array(classes).fill(100 * signed(next))),
    'a few ULP apart': rowsOf((next) => {
      const logit = Math.fround(10 * signed(next));
      return Float32Array.from({ length: classes }, () =>
        moved(logit, Math.round(3 * signed(next))),
      );
    }),
    'up to 1e6': rowsOf((next) =>
      Float32Array.from({ length: classes }, () => either(next) * magnitude(next, 1, 1e6)),
    ),
    'down to the smallest floats': rowsOf((next) =>
      Float32Array.from({ length: classes }, () => either(next) * magnitude(next, 1e-45, 1e-3)),
    ),
  };
}

/** Logits of background and object that differ by `EXTREME_LOGITS`: half of them exactly so. */
export const EXTREME_LOGIT_PAIRS: Kinds = Object.fromEntries(
  Object.entries(EXTREME_LOGITS).map(([kind, make]): [string, Inputs] => [
    kind,
    (next, rows, format) => {
      const [difference, target] = make(next, rows, format);
      const pairs = Array.from(difference as Float32Array, (z) => {
        const background = next() < 0.5 ? 0 : 3 * signed(next);
        return [background, background + z];
      });
      return [Float32Array.from(pairs.flat()), target];
    },
  ]),
);

/** Raw features of YOLO v3 and boxes beside them, or anywhere down to the smallest sizes. */
export const EXTREME_FEATURES: Kinds = {
  'beside what the target is decoded from': (next, rows, format) => {
    const order = format === 'cxcywh' ? format : 'yxhw';
    const [raw, , grid] = rawBoxes(next, rows, order, 3, () => 0);
    const target = Float32Array.from(codec.yoloV3.decode(raw, grid, { format: order }));
    return [raw.map((number) => moved(number, Math.round(3 * signed(next)))), target, grid];
  },
  'of any size': (next, rows, format) => {
    const order = format === 'cxcywh' ? format : 'yxhw';
    const [raw, target, grid] = rawBoxes(next, rows, order, 40, (cell, cells) => {
      const inCell = choose(
        next,
        0,
        1e-6 + magnitude(next, 1e-7, 0.5),
        1,
        1 - magnitude(next, 1e-7, 0.5),
      );
      return (cell + inCell) / cells;
    });
    const small = (number: number, k: number) =>
      k % 4 < 2 ? number : number * magnitude(next, 1e-30, 1);
    return [raw, target.map(small), grid];
  },
};
