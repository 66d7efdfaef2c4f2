/**
 * Pairs of boxes at the limits of float32: of very different sizes, far apart, nearly equal, nearly
 * touching, tiny and huge. Unlike those of `BOX_PAIRS` they are made of a format's own numbers, whose
 * last bits count.
 */
import type { BoxFormat } from '../../lib/types';
import { BOX_PAIRS, type BoxPair } from './box-pairs';
import { boxNumbers, magnitude, moved, signed, type Random } from './random';

/** Makes a prediction and its target as the numbers of `format`, in float32. */
export type ExtremePair = (next: Random, format: BoxFormat) => BoxPair;

/** An interval by its centre and its length. */
type Interval = [centre: number, size: number];

const anyPair = (next: Random): BoxPair => BOX_PAIRS.overlapping(next);

function inFormat([pred, target]: BoxPair, format: BoxFormat): BoxPair {
  const numbersOf = ([y, x, h, w]: number[]) => boxNumbers(y, x, h, w, format).map(Math.fround);
  return [numbersOf(pred), numbersOf(target)];
}

/** A pair made axis by axis. */
function byAxes(next: Random, axis: (next: Random) => [Interval, Interval]): BoxPair {
  const [y, x] = [axis(next), axis(next)];
  const box = (k: 0 | 1) => [y[k][0], x[k][0], y[k][1], x[k][1]];
  return [box(0), box(1)];
}

/** Two lengths up to `most` apart in either direction. */
function sizes(next: Random, most: number): [number, number] {
  const [size, ratio] = [0.25 + next(), magnitude(next, 1, most)];
  return next() < 0.5 ? [size, size / ratio] : [size / ratio, size];
}

/**
 * The smaller interval inside the larger, or across one of its ends, or end at end. About half of them
 * lie where the numbers of the smaller one, too, have all their digits.
 */
function nested(next: Random): [Interval, Interval] {
  const [a, b] = sizes(next, 1e8);
  const room = next() < 0.7 ? Math.abs(a - b) / 2 : (a + b) / 2;
  const offset = next() < 0.1 ? Math.sign(signed(next)) * room : 0.95 * signed(next) * room;
  const small = Math.min(a, b);
  if (next() < 0.5)
    return [
      [0.5 + offset, a],
      [0.5, b],
    ];
  // The smaller one is next to the origin.
  const near = small * 4 * signed(next);
  return a < b
    ? [
        [near, a],
        [near - offset, b],
      ]
    : [
        [near - offset, a],
        [near, b],
      ];
}

/** Intervals apart by up to a million of their sizes. */
function apart(next: Random): [Interval, Interval] {
  const [a, b] = sizes(next, 10);
  const gap = magnitude(next, 1e-3, 1e6) * Math.max(a, b);
  const distance = Math.sign(signed(next)) * (gap + (a + b) / 2);
  const at = signed(next);
  return next() < 0.5
    ? [
        [at + distance, a],
        [at, b],
      ]
    : [
        [at, a],
        [at + distance, b],
      ];
}

/** An interval of the usual kind. */
function usual(next: Random): [Interval, Interval] {
  const [pred, target] = anyPair(next);
  return [
    [pred[0], pred[2]],
    [target[0], target[2]],
  ];
}

/** Ends that touch, or coincide, up to rounding. */
function aligned(next: Random): [Interval, Interval] {
  const [a, b] = sizes(next, 10);
  const at = signed(next);
  const offset = Math.sign(signed(next)) * (next() < 0.5 ? (a + b) / 2 : (a - b) / 2);
  return [
    [at + offset, a],
    [at, b],
  ];
}

/** Each number of the prediction moved by up to `most` ULP; about half of them stay. */
function nudged([pred, target]: BoxPair, next: Random, most: number): BoxPair {
  const steps = () => (next() < 0.5 ? 0 : Math.round(most * signed(next)));
  return [pred.map((number) => moved(number, steps())), target];
}

function scaled([pred, target]: BoxPair, y: number, x = y): BoxPair {
  const scale = (box: number[]) => [y * box[0], x * box[1], y * box[2], x * box[3]];
  return [scale(pred), scale(target)];
}

export const EXTREME_PAIRS: Readonly<Record<string, ExtremePair>> = {
  'sides up to 1e8 times as long': (next, format) => inFormat(byAxes(next, nested), format),
  'a thin box in a wide one': (next, format) => {
    const thin = byAxes(next, (random) => (next() < 0.5 ? nested(random) : usual(random)));
    return inFormat(thin, format);
  },
  'up to 1e6 sizes apart': (next, format) =>
    inFormat(
      byAxes(next, (random) => (next() < 0.6 ? apart(random) : usual(random))),
      format,
    ),
  'a few ULP apart': (next, format) => {
    const [, target] = inFormat(anyPair(next), format);
    return nudged([target, target], next, 3);
  },
  'edges a few ULP apart': (next, format) => {
    const pair = byAxes(next, (random) => (next() < 0.5 ? aligned(random) : usual(random)));
    return nudged(inFormat(pair, format), next, 2);
  },
  'nearly equal about the origin': (next, format) => {
    const size = 0.25 + next();
    const tiny = () => magnitude(next, 1e-30, 1e-3) * Math.sign(signed(next));
    return inFormat(
      [
        [tiny(), tiny(), size, size],
        [tiny(), tiny(), size, size],
      ],
      format,
    );
  },
  'sizes from 1e-30 to 1e15': (next, format) =>
    inFormat(scaled(anyPair(next), magnitude(next, 1e-30, 1e15)), format),
  'sizes from 1e-37 to 1e-30': (next, format) =>
    inFormat(scaled(anyPair(next), magnitude(next, 1e-37, 1e-30)), format),
  'a scale for each axis': (next, format) => {
    const [y, x] = [magnitude(next, 1e-15, 1e10), magnitude(next, 1e-15, 1e10)];
    return inFormat(scaled(anyPair(next), y, x), format);
  },
  'equal, down to the smallest floats': (next, format) => {
    const [h, w] = [magnitude(next, 2e-45, 1e-20), magnitude(next, 2e-45, 1e-20)];
    const [box] = inFormat(next() < 0.5 ? [[0, 0, h, w], []] : [[3 * h, 2 * w, h, w], []], format);
    return [box, box];
  },
  'far from the origin': (next, format) => {
    const origin = magnitude(next, 10, 1e6) * Math.sign(signed(next));
    const move = ([y, x, h, w]: number[]) => [y + origin, x - origin, h, w];
    const [pred, target] = anyPair(next);
    return inFormat([move(pred), move(target)], format);
  },
  'aspect ratios up to 1e8': (next, format) => {
    const stretch = magnitude(next, 1e-8, 1e8);
    const box = (numbers: number[], by: number) => [
      numbers[0],
      numbers[1],
      numbers[2] * Math.max(by, 1),
      numbers[3] / Math.min(by, 1),
    ];
    const [pred, target] = anyPair(next);
    return inFormat([box(pred, stretch), box(target, stretch * magnitude(next, 0.1, 10))], format);
  },
  'a speck': (next, format) => {
    const [speck] = scaled(
      [[signed(next), signed(next), 1, 0.5 + next()], []],
      magnitude(next, 1e-35, 1e-9),
    );
    const pair: BoxPair = [speck, [0.1, -0.1, 0.5 + next(), 0.5 + next()]];
    return inFormat(next() < 0.5 ? pair : (pair.reverse() as BoxPair), format);
  },
  'inside out': (next, format) => {
    const [pred, target] = anyPair(next);
    const turn = ([y, x, h, w]: number[]) => [y, x, next() < 0.5 ? h : -h, next() < 0.5 ? w : -w];
    return inFormat([turn(pred), turn(target)], format);
  },
};

/** `count` extreme pairs as two flat arrays in `format`. */
export function extremesIn(
  format: BoxFormat,
  count: number,
  next: Random,
  pair: ExtremePair,
): [pred: Float32Array, target: Float32Array] {
  const arrays = [new Float32Array(4 * count), new Float32Array(4 * count)] as const;
  for (let i = 0; i < count; i++) {
    pair(next, format).forEach((box, side) => arrays[side].set(box, 4 * i));
  }
  return [arrays[0], arrays[1]];
}
