import type { BoxFormat } from '../../lib/types';

/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/** The same sequence for the same seed (mulberry32). */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const floats = (...numbers: number[]): Float32Array => Float32Array.from(numbers);

/** `length` numbers, uniform in [low, high). */
export function uniform(next: Random, length: number, low = 0, high = 1): Float32Array {
  return Float32Array.from({ length }, () => low + (high - low) * next());
}

/** A uniform number in [−1, 1). */
export const signed = (next: Random): number => 2 * next() - 1;

/** A number between `low` and `high` of which every order of magnitude is as likely. */
export function magnitude(next: Random, low: number, high: number): number {
  return low * (high / low) ** next();
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float32 so many ULP farther from 0 than `number`, or nearer to it: at 0 it stays. */
export function moved(number: number, steps: number): number {
  float[0] = Math.abs(number);
  bits[0] = Math.max(0, bits[0] + steps);
  return Math.sign(number) * float[0];
}

export const FORMATS: readonly BoxFormat[] = ['yxhw', 'cxcywh', 'xyxy', 'tlbr', 'xywh'];

/** The four numbers of a box in `format`, from its centre and size. */
export function boxNumbers(y: number, x: number, h: number, w: number, format: BoxFormat) {
  const [top, left, bottom, right] = [y - h / 2, x - w / 2, y + h / 2, x + w / 2];
  return {
    yxhw: [y, x, h, w],
    cxcywh: [x, y, w, h],
    xyxy: [left, top, right, bottom],
    tlbr: [top, left, bottom, right],
    xywh: [left, top, w, h],
  }[format];
}

/** Rows of `yxhw` numbers rewritten in `format`. */
export function toFormat(yxhw: ArrayLike<number>, format: BoxFormat): Float32Array {
  const rows = Float32Array.from(yxhw);
  for (let i = 0; i < rows.length; i += 4) {
    rows.set(boxNumbers(yxhw[i], yxhw[i + 1], yxhw[i + 2], yxhw[i + 3], format), i);
  }
  return rows;
}

/**
 * `count` boxes with centres uniform in a square of side `spread` and sizes uniform in [¼, 1¼): at
 * the default spread most pairs overlap, and some are disjoint or one inside the other.
 */
export function randomBoxes(
  next: Random,
  count: number,
  format: BoxFormat = 'yxhw',
  spread = 1,
): Float32Array {
  const yxhw = Array.from({ length: count }, () => [
    spread * (0.5 + next()),
    spread * (0.5 + next()),
    0.25 + next(),
    0.25 + next(),
  ]);
  return toFormat(yxhw.flat(), format);
}
