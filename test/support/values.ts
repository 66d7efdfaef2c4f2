/** Measures functions whose results are arrays, of overlaps and codecs, on every instruction set. */
import { native } from '../../lib/binding';
import type { Grid } from '../../lib/types';
import { BOUNDS, gradientError, ulp } from './agreement';
import type { Numbers } from './close';
import type { Codec } from './codecs';
import type { Figures } from './figures';
import { random } from './random';

/** How many wrong rows are enough to show what is wrong. */
const FEW = 5;

/** What half an ULP of the input may change of a row for it to be well conditioned. */
const WELL = BOUNDS.reduced / 10;

export interface Values {
  rows: number;
  targets: Record<string, Figures>;
  wrong: string[];
}

/** A call of a codec and what the reference makes of it. */
interface Coding {
  words: string;
  /** What is coded, and the anchors of the rows where they have some. */
  arrays: Float32Array[];
  expected: Numbers;
  code: () => Float32Array;
  /** What the reference makes of other arrays. */
  reference: (arrays: Numbers[]) => Numbers;
}

function codingsOf(codec: Codec, rows: number): Coding[] {
  const kinds = Object.entries({ usual: codec.arrays, ...codec.extremes });
  return codec.formats.flatMap((format, k) =>
    kinds.map(([kind, make], at): Coding => {
      const [input, anchors] = make(random(1000 * at + k), rows, format);
      const reference = ([numbers, own = anchors]: (Numbers | Grid)[]) =>
        codec.reference(numbers as Float32Array, own, { format });
      return {
        words: `${kind} ${format}`,
        arrays: anchors instanceof Float32Array ? [input, anchors] : [input],
        expected: reference([input]),
        code: () => codec.native(input, anchors, { format }),
        reference,
      };
    }),
  );
}

/** How much half an ULP of each of its numbers changes a row, by its largest number. */
function movementOf({ arrays, expected, reference }: Coding, row: number): number {
  const rowOf = (array: Numbers) => Array.from({ length: 4 }, (_, k) => array[4 * row + k]);
  // A row with an anchor of its own can be coded alone, one of a grid in its place.
  const isAlone = arrays.length === 2;
  const inputs = arrays.map((array) => (isAlone ? rowOf(array) : Array.from(array)));
  const at = isAlone ? 0 : row;
  const wanted = isAlone ? rowOf(expected) : expected;
  let movement = 0;
  for (const array of inputs) {
    for (let k = 4 * at; k < 4 * at + 4; k++) {
      const number = array[k];
      const moves = [-0.5, 0.5].map((sign) => {
        array[k] = number + sign * ulp(number);
        return gradientError(reference(inputs), wanted, at, 4);
      });
      array[k] = number;
      movement += Math.max(...moves);
    }
  }
  return movement;
}

/** The errors of a codec by the largest number of each row. */
export function measureCodec(codec: Codec, targets: readonly string[], rows: number): Values {
  const codings = codingsOf(codec, rows);
  const result: Values = { rows: rows * codings.length, targets: {}, wrong: [] };
  // Deltas of boxes are made of differences, which are exact.
  const movementIn = (coding: Coding, row: number) =>
    codec.name === 'codec.fasterRcnn.encode' ? 0 : movementOf(coding, row);
  for (const target of targets) {
    native.useTarget(target);
    let worst = 0;
    for (const coding of codings) {
      const actual = coding.code();
      for (let row = 0; row < rows && result.wrong.length < FEW; row++) {
        const error = gradientError(actual, coding.expected, row, 4);
        if (error <= worst) continue;
        const movement = movementIn(coding, row);
        if (movement <= WELL) worst = error;
        if (error <= BOUNDS.reduced + movement) continue;
        const numbers = coding.arrays.flatMap((array) => [...array.subarray(4 * row, 4 * row + 4)]);
        result.wrong.push(`${target}: off by ${error}: ${coding.words} [${numbers.join(', ')}]`);
      }
    }
    result.targets[target] = { value: worst };
  }
  native.useTarget();
  return result;
}

/** An ULP of a number just below 1. */
const BELOW_ONE = 2 ** -24;

/** A call of an overlap, and what the reference makes of it. */
export interface Overlaps {
  words: string;
  expected: Numbers;
  compute: () => Float32Array;
}

export function measureOverlaps(calls: readonly Overlaps[], targets: readonly string[]): Values {
  const rows = calls.reduce((sum, { expected }) => sum + expected.length, 0);
  const result: Values = { rows, targets: {}, wrong: [] };
  for (const target of targets) {
    native.useTarget(target);
    let worst = 0;
    for (const { words, expected, compute } of calls) {
      const actual = compute();
      for (let k = 0; k < expected.length && result.wrong.length < FEW; k++) {
        const error = Math.abs(actual[k] - expected[k]) / BELOW_ONE;
        if (error <= worst) continue;
        if (error <= 2 * BOUNDS.ulps) worst = error;
        else
          result.wrong.push(`${target}: ${error} ULP: ${words} ${k}: ${actual[k]}, ${expected[k]}`);
      }
    }
    result.targets[target] = { overlap: worst };
  }
  native.useTarget();
  return result;
}
