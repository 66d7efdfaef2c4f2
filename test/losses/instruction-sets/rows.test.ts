/**
 * Every instruction set, at every length around its vectors' and its blocks', at every alignment.
 * What can go wrong here is a row in the wrong place, not a digit: the suites of accuracy see to
 * those.
 */
import { native } from '../../../lib/binding';
import { CASES, formatOptions, MEASURES, type LossCase } from '../table';
import { BOX_PAIRS, pairsIn } from '../../support/box-pairs';
import { expectClose, expectSame } from '../../support/close';
import { amidNaN, Guarded } from '../../support/guarded';
import { random } from '../../support/random';
import { mapRows, spoilRows, typicalRows } from '../../support/rows';
import { onEveryTarget } from '../../support/targets';

/** Up to twice the lanes of the widest vectors and one; then around the blocks of a sum. */
const SHORT = Array.from({ length: 34 }, (_, length) => length);
const LONG = [1000, 2047, 2048, 2049, 4099];
const OFFSETS = [1, 2, 3];
const GUARD = -77.25;

/** A call of so many typical rows, in the formats by turns, and what the reference makes of it. */
function sampleOf(loss: LossCase, rows: number) {
  const formats = formatOptions(loss);
  const { format } = formats[rows % formats.length];
  const arrays = typicalRows(loss, random(61 + rows), rows, format ?? 'yxhw');
  const options = { ...(format && { format }), grad: true, reduction: 'none' } as const;
  const { losses, grad } = loss.reference(arrays, options);
  return { arrays, options, losses: losses!, grad: grad! };
}

test('there are targets, and no others can be chosen', () => {
  expect(native.targets().length).toBeGreaterThan(0);
  expect(new Set(native.targets()).size).toBe(native.targets().length);
  expect(native.useTarget('none such')).toBe(false);
  expect(native.useTarget()).toBe(true);
});

describe.each(CASES)('$title', (loss) => {
  const samples = new Map<number, ReturnType<typeof sampleOf>>();
  beforeAll(() => {
    for (const rows of [...SHORT, ...LONG]) samples.set(rows, sampleOf(loss, rows));
  });

  onEveryTarget(() => {
    test('every number of rows', () => {
      for (const [rows, { arrays, options, losses, grad }] of samples) {
        const actual = loss.native(arrays, options);
        const total = losses.reduce((sum, row) => sum + row, 0);
        const tolerance = 1e-5 * (1 + total);
        expectClose(actual.losses!, losses, 1e-5 * (1 + Math.max(0, ...losses)));
        expectClose(actual.grad!, grad, 1e-5 * (1 + Math.max(0, ...grad.map(Math.abs))));
        const sum = loss.native(arrays, { ...options, reduction: 'sum' });
        expectClose([sum.loss!], [total], tolerance);
        expectSame(sum.grad!, actual.grad!);
        const mean = loss.native(arrays, { ...options, reduction: 'mean', grad: false });
        expectClose([mean.loss!], [total / Math.max(1, rows)], tolerance / Math.max(1, rows));
      }
    });

    test('every alignment, and nothing beside the outputs', () => {
      for (const rows of [...SHORT, 2049]) {
        const { arrays, options } = samples.get(rows)!;
        const expected = loss.native(arrays, options);
        for (const offset of OFFSETS) {
          const inputs = mapRows(arrays, (array) => amidNaN(array, offset));
          const out = new Guarded(rows, offset, GUARD);
          const grad = new Guarded(arrays[0].length, offset, GUARD);
          loss.native(inputs, { ...options, out: out.view, grad: grad.view });
          expectSame(out.view, expected.losses!);
          expectSame(grad.view, expected.grad!);
          expect([out.intact, grad.intact]).toEqual([true, true]);
        }
      }
    });

    test('a weight of 0 in every lane hides NaN', () => {
      for (const rows of [31, 33]) {
        const { arrays, options } = samples.get(rows)!;
        const clean = loss.native(arrays, options);
        for (let lane = 0; lane < rows; lane++) {
          for (const hidden of [(row: number) => row === lane, (row: number) => row !== lane]) {
            const weight = Float32Array.from({ length: rows }, (_, row) => (hidden(row) ? 0 : 1));
            const actual = loss.native(spoilRows(arrays, rows, hidden), { ...options, weight });
            const shown = (array: Float32Array, width: number) =>
              array.map((number, k) => (hidden(Math.floor(k / width)) ? 0 : number));
            expectSame(actual.losses!, shown(clean.losses!, 1));
            expectSame(actual.grad!, shown(clean.grad!, loss.width));
          }
        }
      }
    });
  });
});

describe.each(MEASURES)('$title', (measure) => {
  const samples = SHORT.map((rows) => {
    const [a, b] = pairsIn('xyxy', rows, () => BOX_PAIRS.overlapping(random(67 + rows)));
    const some = measure.matrix ? a.subarray(0, 12) : a;
    return { a: some, b, expected: measure.reference(some, b, { format: 'xyxy' }) };
  });

  onEveryTarget(() => {
    test('every number of boxes, every alignment, and nothing beside the output', () => {
      for (const { a, b, expected } of samples) {
        expectClose(measure.native(a, b, { format: 'xyxy' }), expected, 1e-5);
        for (const offset of OFFSETS) {
          const out = new Guarded(expected.length, offset, GUARD);
          const [left, right] = [amidNaN(a, offset), amidNaN(b, offset)];
          measure.native(left, right, { format: 'xyxy', out: out.view });
          expectClose(out.view, expected, 1e-5);
          expect(out.intact).toBe(true);
        }
      }
    });
  });
});
