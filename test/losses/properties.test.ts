import fc from 'fast-check';
import type { BoxFormat } from '../../lib/types';
import { CASES, type Arrays, type LossCase } from './table';
import type { Symmetry } from '../support/loss-examples';
import type { BoxPair } from '../support/box-pairs';
import { expectClose, expectSame } from '../support/close';
import { FORMATS, random, uniform } from '../support/random';
import { mapRows, rowsOf, spoilRows, type Rows } from '../support/rows';

fc.configureGlobal({ seed: 20, numRuns: 60 });

/** Multiples of 1/16 of at most 10 bits: sums, differences and halves of them are exact. */
const sixteenths = (min: number, max: number) =>
  fc.integer({ min: 16 * min, max: 16 * max }).map((count) => count / 16);

/** Pairs of boxes on that grid, of at least one size. */
function dyadicPairs(leastSize: number) {
  const [place, size] = [sixteenths(-16, 16), sixteenths(leastSize, 16)];
  const box = fc.tuple(place, place, size, size);
  return fc.array(fc.tuple(box, box), { minLength: 1, maxLength: 20 });
}
/** Sizes may be 0 or below. */
const anyPairs = dyadicPairs(-1);
/** Boxes with an area: what a size of 0 counts as is the same at every scale and on both axes. */
const solidPairs = dyadicPairs(1 / 16);

/** The pairs, or their numbers, as the arrays of a loss. */
function arraysOf(loss: LossCase, pairs: readonly BoxPair[], format: BoxFormat = 'yxhw'): Arrays {
  let count = 0;
  const rows = (pairs.length * 4) / loss.width;
  return loss.ofPairs!(() => pairs[count++ % pairs.length], rows, format);
}

const moved = ([y, x, h, w]: readonly number[], byY: number, byX: number) => [
  y + byY,
  x + byX,
  h,
  w,
];

/** The cases with a symmetry. */
const casesWith = (symmetry: Symmetry) =>
  CASES.filter(({ symmetries }) => symmetries.includes(symmetry));
const boxCases = casesWith('translation').filter(({ width }) => width === 4);

function expectSameRows(actual: Rows, expected: Rows) {
  expectSame(actual.losses, expected.losses);
  expectSame(actual.grad, expected.grad);
}

/** Expects rows equal but for the order of operations. */
function expectCloseRows(actual: Rows, losses: Float32Array, grad: Float32Array) {
  const largest = (numbers: Float32Array) => Math.max(1e-3, ...numbers.map(Math.abs));
  expectClose(actual.losses, losses, 2e-6 * largest(losses));
  expectClose(actual.grad, grad, 2e-6 * largest(grad));
}

describe('moving both boxes moves nothing else', () => {
  test.each(casesWith('translation'))('$title', (loss) => {
    const distance = fc.integer({ min: -512, max: 512 });
    fc.assert(
      fc.property(anyPairs, distance, distance, fc.constantFrom(...FORMATS), (pairs, y, x, f) => {
        // Of a loss of plain numbers all four columns move, by one distance.
        const both = pairs.map(([pred, target]): BoxPair =>
          loss.width === 1
            ? [pred.map((v) => v + y), target.map((v) => v + y)]
            : [moved(pred, y, x), moved(target, y, x)],
        );
        const options = loss.width === 1 ? {} : { format: f };
        expectSameRows(
          rowsOf(loss, arraysOf(loss, both, f), options),
          rowsOf(loss, arraysOf(loss, pairs, f), options),
        );
      }),
    );
  });
});

describe('scaling both boxes by s leaves the loss and divides its gradient by s', () => {
  test.each(casesWith('scale'))('$title', (loss) => {
    const format = fc.constantFrom(...FORMATS);
    fc.assert(
      fc.property(solidPairs, fc.integer({ min: -10, max: 10 }), format, (pairs, power, format) => {
        const scale = 2 ** power;
        const arrays = arraysOf(loss, pairs, format);
        const rows = rowsOf(loss, arrays, { format });
        const scaled = mapRows(arrays, (array) => array.map((number) => scale * number));
        const { losses, grad } = rowsOf(loss, scaled, { format });
        expectSame(losses, rows.losses);
        expectSame(
          grad,
          rows.grad.map((slope) => slope / scale),
        );
      }),
    );
  });
});

describe('swapping the axes swaps the gradient', () => {
  test.each(casesWith('transposition'))('$title', (loss) => {
    const transposed: Record<BoxFormat, BoxFormat | undefined> = {
      yxhw: 'cxcywh',
      cxcywh: 'yxhw',
      xyxy: 'tlbr',
      tlbr: 'xyxy',
      xywh: undefined,
    };
    fc.assert(
      fc.property(solidPairs, fc.constantFrom(...FORMATS), (pairs, format) => {
        const other = transposed[format];
        const arrays = arraysOf(loss, pairs, format);
        if (other !== undefined) {
          // The same numbers, of which the other format has y where this has x.
          const { losses, grad } = rowsOf(loss, arrays, { format });
          expectCloseRows(rowsOf(loss, arrays, { format: other }), losses, grad);
        } else {
          const swap = (array: Float32Array) => array.map((_, k) => array[k ^ 1]);
          const { losses, grad } = rowsOf(loss, arrays, { format });
          expectCloseRows(rowsOf(loss, mapRows(arrays, swap), { format }), losses, swap(grad));
        }
      }),
    );
  });
});

describe('formats agree', () => {
  /** The gradient by centre and size, as that by the numbers of a format. */
  function gradientIn(format: BoxFormat, [y, x, h, w]: Float32Array): number[] {
    const [top, left, bottom, right] = [y / 2 - h, x / 2 - w, y / 2 + h, x / 2 + w];
    return {
      yxhw: [y, x, h, w],
      cxcywh: [x, y, w, h],
      xyxy: [left, top, right, bottom],
      tlbr: [top, left, bottom, right],
      // Moving left and top alone moves the centre; widening alone moves it by half.
      xywh: [x, y, x / 2 + w, y / 2 + h],
    }[format];
  }

  test.each(boxCases)('$title', (loss) => {
    fc.assert(
      fc.property(anyPairs, (pairs) => {
        const { losses, grad } = rowsOf(loss, arraysOf(loss, pairs));
        for (const format of FORMATS) {
          const rows = rowsOf(loss, arraysOf(loss, pairs, format), { format });
          const slopes = pairs.flatMap((_, i) =>
            gradientIn(format, grad.subarray(4 * i, 4 * i + 4)),
          );
          expectSame(rows.losses, losses);
          expectClose(rows.grad, slopes, 1e-6 * Math.max(...slopes.map(Math.abs)));
        }
      }),
    );
  });
});

describe('finite numbers make finite losses and gradients', () => {
  const magnitude = fc.double({ min: -18, max: 18, noNaN: true }).map((power) => 10 ** power);
  const number = fc.oneof(
    { weight: 8, arbitrary: magnitude },
    { weight: 8, arbitrary: magnitude.map((size) => -size) },
    { weight: 1, arbitrary: fc.constant(0) },
  );
  const box = fc.tuple(number, number, number, number);
  const pairs = fc.array(fc.tuple(box, box), { minLength: 16, maxLength: 16 });

  test.each(casesWith('translation'))('$title', (loss) => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(...FORMATS), (pairs, format) => {
        const options = loss.width === 1 ? {} : { format };
        const { losses, grad } = rowsOf(loss, arraysOf(loss, pairs, format), options);
        expect(losses.every(Number.isFinite)).toBe(true);
        expect(grad.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe.each(CASES)('$title', (loss) => {
  /** Typical inputs, weights with zeros among them, and options. */
  const calls = fc
    .record({
      seed: fc.nat(),
      rows: fc.integer({ min: 1, max: 70 }),
      kind: fc.constantFrom(...Object.keys(loss.inputs)),
      format: fc.constantFrom(...(loss.formats.length > 0 ? loss.formats : [undefined])),
      weighted: fc.boolean(),
    })
    .map(({ seed, rows, kind, format, weighted }) => {
      const next = random(seed);
      const weight = uniform(next, rows, -1, 2).map((number) => Math.max(0, number));
      const arrays = loss.inputs[kind](next, rows, format ?? 'yxhw');
      return {
        arrays,
        rows,
        weight,
        options: { ...(format && { format }), ...(weighted && { weight }) },
      };
    });

  test('the same call has the same result, to the bit', () => {
    fc.assert(
      fc.property(calls, ({ arrays, options }) => {
        for (const reduction of ['mean', 'sum', 'none']) {
          const call = () => loss.native(arrays, { ...options, reduction, grad: true });
          expect(call()).toEqual(call());
        }
      }),
    );
  });

  test('the value is the same with a gradient and without, to the bit', () => {
    fc.assert(
      fc.property(calls, ({ arrays, options }) => {
        for (const reduction of ['mean', 'sum', 'none']) {
          const value = loss.native(arrays, { ...options, reduction });
          const both = loss.native(arrays, { ...options, reduction, grad: true });
          expectSame(value.losses ?? [value.loss!], both.losses ?? [both.loss!]);
        }
      }),
    );
  });

  test("'sum' sums the rows of 'none', 'mean' divides it by the weights", () => {
    fc.assert(
      fc.property(calls, ({ arrays, options, rows, weight }) => {
        const { losses, grad } = rowsOf(loss, arrays, options);
        const sum = loss.native(arrays, { ...options, reduction: 'sum', grad: true });
        const total = losses.reduce((a, b) => a + b, 0);
        // Of a loss over classes or of logits the sum has more digits than the rows.
        const ofClasses = loss.card.rows.width === 'classes';
        const rounding = ofClasses ? 1e-7 : loss.ofLogits ? 1e-6 : 1e-12;
        expectClose([sum.loss!], [total], rounding * total);
        expectSame(sum.grad!, grad);

        const divisor = 'weight' in options ? weight.reduce((a, b) => a + b, 0) : rows;
        const mean = loss.native(arrays, { ...options, grad: true });
        expectClose([mean.loss! * divisor], [sum.loss!], 1e-12 * total);
        const largest = Math.max(...grad.map(Math.abs));
        expectClose(
          mean.grad!.map((slope) => slope * divisor),
          grad,
          1e-6 * largest,
        );
      }),
    );
  });

  test('a weight of 0 hides whatever its row holds', () => {
    const filths = fc.constantFrom(NaN, Infinity, -Infinity, 3e38, 1e-45, -1e30);
    fc.assert(
      fc.property(calls, filths, ({ arrays, options, rows, weight }, filth) => {
        const dirty = spoilRows(arrays, rows, (row) => weight[row] === 0, filth);
        for (const reduction of ['mean', 'sum', 'none']) {
          const call = { ...options, weight, reduction, grad: true };
          expect(loss.native(dirty, call)).toEqual(loss.native(arrays, call));
        }
      }),
    );
  });

  test('a weight of 1 is none', () => {
    fc.assert(
      fc.property(calls, ({ arrays, options, rows }) => {
        const ones = new Float32Array(rows).fill(1);
        for (const reduction of ['mean', 'sum', 'none']) {
          const call = { ...options, weight: undefined, reduction, grad: true };
          expect(loss.native(arrays, { ...call, weight: ones })).toEqual(loss.native(arrays, call));
        }
      }),
    );
  });

  test('inputs are left as they are', () => {
    fc.assert(
      fc.property(calls, ({ arrays, options }) => {
        const before = arrays.map((array) => structuredClone(array));
        loss.native(arrays, { ...options, grad: true });
        arrays.forEach((array, i) => {
          if (array instanceof Float32Array) expectSame(array, before[i] as Float32Array);
        });
      }),
    );
  });
});
