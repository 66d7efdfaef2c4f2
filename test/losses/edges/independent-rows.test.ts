/**
 * What a row may hold or lack without harm to others, on every instruction set.
 */
import { CASES, formatOptions, MEASURES, type Arrays } from '../table';
import { BOX_PAIRS, pairsIn } from '../../support/box-pairs';
import { expectSame } from '../../support/close';
import { floats, random, uniform } from '../../support/random';
import { mapRows, rowsOf, spoilRows, typicalRows } from '../../support/rows';
import { onEveryTarget } from '../../support/targets';

/** A copy in memory that threads can share, not at its start. */
function shared(array: Float32Array): Float32Array {
  const view = new Float32Array(new SharedArrayBuffer(4 * array.length + 4), 4);
  view.set(array);
  return view;
}

/** The arrays with NaN for one number of a row: each of the prediction's and the target's. */
function* withOneNaN(arrays: Arrays, rows: number, row: number): Generator<Arrays> {
  for (const [index, array] of arrays.slice(0, 2).entries()) {
    if (!(array instanceof Float32Array)) continue;
    const width = array.length / rows;
    for (let k = row * width; k < (row + 1) * width; k++) {
      const dirty = array.slice().fill(NaN, k, k + 1);
      yield arrays.map((other, at) => (at === index ? dirty : other)) as Arrays;
    }
  }
}

onEveryTarget(() => {
  describe('NaN stays in its row', () => {
    const [rows, dirtyRow] = [30, 17];

    test.each(CASES)('$title', (loss) => {
      const { width } = loss;
      for (const options of formatOptions(loss)) {
        const arrays = typicalRows(loss, random(103), rows, options.format ?? 'yxhw');
        const clean = rowsOf(loss, arrays, options);
        clean.losses[dirtyRow] = NaN;
        clean.grad.fill(NaN, dirtyRow * width, (dirtyRow + 1) * width);
        for (const dirty of withOneNaN(arrays, rows, dirtyRow)) {
          const { losses, grad } = rowsOf(loss, dirty, options);
          expectSame(losses, clean.losses);
          expectSame(grad, clean.grad);
          expect(loss.native(dirty, options).loss).toBeNaN();
          expect(loss.native(dirty, { ...options, reduction: 'sum' }).loss).toBeNaN();
        }
      }
    });
  });

  describe('a weight of 0 hides NaN and infinities', () => {
    const rows = 30;
    const next = random(107);
    const weight = uniform(next, rows, 0, 2).map((w, i) => (i % 3 ? w : 0));

    test.each(CASES)('$title', (loss) => {
      const arrays = typicalRows(loss, next, rows, 'yxhw');
      for (const filth of [NaN, Infinity, -Infinity]) {
        const dirty = spoilRows(arrays, rows, (row) => weight[row] === 0, filth);
        for (const reduction of ['mean', 'sum', 'none'] as const) {
          const options = { reduction, weight, grad: true };
          expect(loss.native(dirty, options)).toEqual(loss.native(arrays, options));
        }
      }
    });
  });

  describe('nothing to sum', () => {
    const rows = 30;
    const nothing = new Float32Array(rows);
    const cancelling = nothing.map((_, i) => (i % 2 ? 1 : -1));

    test.each(CASES)('$title: no rows', (loss) => {
      const arrays = typicalRows(loss, random(109), 0, 'yxhw');
      for (const weight of [undefined, floats()]) {
        expect(rowsOf(loss, arrays, { weight })).toEqual({ losses: floats(), grad: floats() });
        for (const reduction of ['mean', 'sum'] as const) {
          const result = loss.native(arrays, { reduction, weight, grad: true });
          expect(result).toEqual({ loss: 0, grad: floats() });
        }
      }
    });

    test.each(CASES)('$title: weights that sum to 0', (loss) => {
      const arrays = typicalRows(loss, random(109), rows, 'yxhw');
      const zeros = new Float32Array(arrays[0].length);
      const supplied = () => zeros.map(() => 7);
      for (const reduction of ['mean', 'sum'] as const) {
        const options = { reduction, weight: nothing, grad: supplied() };
        expect(loss.native(arrays, options)).toEqual({ loss: 0, grad: zeros });
      }
      const rowByRow = rowsOf(loss, arrays, { weight: nothing });
      expect(rowByRow).toEqual({ losses: nothing, grad: zeros });
      const mean = loss.native(arrays, { weight: cancelling, grad: supplied() });
      expect(mean).toEqual({ loss: 0, grad: zeros });
    });
  });

  describe('memory that threads share', () => {
    const next = random(113);

    test.each(CASES)('$title', (loss) => {
      const arrays = typicalRows(loss, next, 30, 'yxhw');
      const weight = uniform(next, 30, 0.5, 2);
      const expected = rowsOf(loss, arrays, { weight });
      const [out, grad] = [shared(expected.losses).fill(7), shared(expected.grad).fill(7)];
      const options = { reduction: 'none', weight: shared(weight), out, grad };
      const result = loss.native(mapRows(arrays, shared), options);
      expect(result.losses).toBe(out);
      expect(result.grad).toBe(grad);
      expectSame(out, expected.losses);
      expectSame(grad, expected.grad);
    });

    test.each(MEASURES)('$title', ({ native }) => {
      const [a, b] = pairsIn('yxhw', 30, () => BOX_PAIRS.overlapping(next));
      const expected = native(a, b);
      const out = shared(expected).fill(7);
      expect(native(shared(a), shared(b), { out })).toBe(out);
      expectSame(out, expected);
    });
  });
});
