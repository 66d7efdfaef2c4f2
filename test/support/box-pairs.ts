import { boxNumbers, signed, type Random } from './random';
import type { BoxFormat } from '../../lib/types';

/** A prediction and its target, both as centre y, centre x, height, width. */
export type BoxPair = [pred: number[], target: number[]];

const size = (next: Random) => 0.25 + next();
const anyBox = (next: Random) => [0.5 + next(), 0.5 + next(), size(next), size(next)];

/** A random box beside `target`: at an offset of ±1 along an axis their edges touch. */
function beside(next: Random, target: number[], offsetY: number, offsetX: number): number[] {
  const [h, w] = [size(next), size(next)];
  return [
    target[0] + (offsetY * (h + target[2])) / 2,
    target[1] + (offsetX * (w + target[3])) / 2,
    h,
    w,
  ];
}

function overlapping(next: Random): BoxPair {
  const target = anyBox(next);
  return [beside(next, target, 0.95 * signed(next), 0.95 * signed(next)), target];
}

function apart(next: Random): BoxPair {
  const target = anyBox(next);
  const far = Math.sign(signed(next)) * (1.05 + 2 * next());
  const any = 3 * signed(next);
  const [offsetY, offsetX] = next() < 0.5 ? [far, any] : [any, far];
  return [beside(next, target, offsetY, offsetX), target];
}

function inside(next: Random): BoxPair {
  const [y, x, outerH, outerW] = anyBox(next);
  const [h, w] = [outerH * (0.2 + 0.6 * next()), outerW * (0.2 + 0.6 * next())];
  const within = (room: number) => 0.45 * signed(next) * room;
  return [
    [y + within(outerH - h), x + within(outerW - w), h, w],
    [y, x, outerH, outerW],
  ];
}

function scaled(pair: BoxPair, scale: number, origin: number): BoxPair {
  const scaleBox = ([y, x, h, w]: number[]) => [
    origin + scale * y,
    origin + scale * x,
    scale * h,
    scale * w,
  ];
  return [scaleBox(pair[0]), scaleBox(pair[1])];
}

/** Small whole numbers: every edge is exact, and many coincide. */
function onGrid(next: Random): BoxPair {
  const whole = (end: number) => Math.floor(end * next());
  const box = () => [whole(6), whole(6), 2 * (1 + whole(3)), 2 * (1 + whole(3))];
  return [box(), box()];
}

/** The ways a box can lie to another, each with a source of such pairs. */
export const BOX_PAIRS = {
  overlapping,
  'inside the target': inside,
  'around the target': (next) => inside(next).reverse() as BoxPair,
  apart,
  'of size 1e-4': (next) => scaled(overlapping(next), 1e-4, 0.5),
  'of size 1e6': (next) => scaled(overlapping(next), 1e6, 0),
  'of size 1 at 1e6': (next) => scaled(overlapping(next), 1, 1e6),
  equal: (next) => {
    const box = anyBox(next);
    return [box, box];
  },
  'sharing edges': onGrid,
} satisfies Record<string, (next: Random) => BoxPair>;

/** `count` pairs as two flat arrays in `format`. */
export function pairsIn(
  format: BoxFormat,
  count: number,
  pair: () => BoxPair,
): [pred: Float32Array, target: Float32Array] {
  const arrays = [new Float32Array(4 * count), new Float32Array(4 * count)] as const;
  for (let i = 0; i < count; i++) {
    pair().forEach(([y, x, h, w], side) => {
      arrays[side].set(boxNumbers(y, x, h, w, format), 4 * i);
    });
  }
  return [arrays[0], arrays[1]];
}
