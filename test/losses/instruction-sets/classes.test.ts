/**
 * Classes fill vectors in every way, on every instruction set: any number of them, of rows, at any
 * alignment, by labels and by multi-hot targets.
 */
import { CATEGORY_CALLS, type CategoryCall, type ClassArrays } from '../../support/category-calls';
import { expectClose, expectSame } from '../../support/close';
import { amidNaN, Guarded } from '../../support/guarded';
import { random, uniform } from '../../support/random';
import { onEveryTarget } from '../../support/targets';

/** Rows and classes: every number of rows of some classes, and more rows than a block holds. */
const SHAPES = [
  ...Array.from({ length: 33 }, (_, rows) => [1 + rows, 7]),
  ...[1, 2, 16, 17, 20, 80, 81].flatMap((classes) => [1, 3, 5].map((rows) => [rows, classes])),
  [4099, 2],
  [105, 80],
];

const REDUCTIONS = ['mean', 'sum', 'none'] as const;
const GUARD = -77.25;

function weightOf(rows: number): Float32Array {
  return uniform(random(503), rows, -0.5, 2).map((w) => Math.max(0, w));
}

/** A call and what the reference makes of it, without and with a weight. */
function sampleOf(call: CategoryCall, rows: number, classes: number) {
  const arrays = call.arrays(random(507 + rows), rows, classes);
  const weights = [undefined, weightOf(rows)];
  const expected = weights.map((weight) =>
    call.reference(arrays, classes, { weight, reduction: 'none', grad: true }),
  );
  return { rows, classes, arrays, weights, expected };
}

/** A copy in memory of its own, at an offset, amid what must not reach a result. */
function moved({ pred, target }: ClassArrays, offset: number): ClassArrays {
  if (target instanceof Float32Array) {
    return { pred: amidNaN(pred, offset), target: amidNaN(target, offset) };
  }
  const memory = new Int32Array(offset + target.length + 20).fill(-1);
  memory.set(target, offset);
  return {
    pred: amidNaN(pred, offset),
    target: memory.subarray(offset, offset + target.length),
  };
}

/** The arrays with filth in the rows that `dirty` picks: NaN, and labels that are no class. */
function spoiled({ pred, target }: ClassArrays, rows: number, dirty: (row: number) => boolean) {
  const spoil = <A extends Int32Array | Float32Array>(array: A, filth: number) =>
    array.map((v, k) => (dirty(Math.floor((k * rows) / array.length)) ? filth : v)) as A;
  return { pred: spoil(pred, NaN), target: spoil(target, target instanceof Int32Array ? -1 : NaN) };
}

describe.each(CATEGORY_CALLS)('$title', (call) => {
  const samples: ReturnType<typeof sampleOf>[] = [];
  beforeAll(() => {
    for (const [rows, classes] of SHAPES) samples.push(sampleOf(call, rows, classes));
  });

  onEveryTarget(() => {
    test('every number of classes and of rows, without and with a weight', () => {
      for (const { rows, classes, arrays, weights, expected } of samples) {
        weights.forEach((weight, i) => {
          const [losses, grad] = [expected[i].losses!, expected[i].grad!];
          const total = losses.reduce((a, b) => a + b, 0);
          const divisor = weight ? weight.reduce((a, b) => a + b, 0) : rows;
          const largest = 1 / classes + Math.max(...grad.map(Math.abs));
          const byRow = call.native(arrays, classes, { weight, reduction: 'none', grad: true });
          expectClose(byRow.losses!, losses, 1e-6 * Math.max(...losses));
          expectClose(byRow.grad!, grad, 1e-6 * largest);
          const sum = call.native(arrays, classes, { weight, reduction: 'sum', grad: true });
          expectClose([sum.loss!], [total], 1e-6 * total);
          expectSame(sum.grad!, byRow.grad!);
          const mean = call.native(arrays, classes, { weight, grad: true });
          expectClose([mean.loss! * divisor], [total], 1e-6 * total);
          const slopes = mean.grad!.map((slope) => slope * divisor);
          expectClose(slopes, grad, 1e-6 * largest);
        });
      }
    });

    test('every alignment, nothing beside the outputs, and no difference without a gradient', () => {
      for (const { rows, classes, arrays, weights } of samples) {
        const [, weight] = weights;
        const options = { weight, reduction: 'none' as const };
        const expected = call.native(arrays, classes, { ...options, grad: true });
        expectSame(call.native(arrays, classes, options).losses!, expected.losses!);
        for (const offset of [1, 2, 3]) {
          const out = new Guarded(rows, offset, GUARD);
          const grad = new Guarded(rows * classes, offset, GUARD);
          const actual = call.native(moved(arrays, offset), classes, {
            reduction: 'none',
            weight: amidNaN(weight!, offset),
            out: out.view,
            grad: grad.view,
          });
          expect(actual.losses).toBe(out.view);
          expect(actual.grad).toBe(grad.view);
          expectSame(out.view, expected.losses!);
          expectSame(grad.view, expected.grad!);
          expect([out.intact, grad.intact]).toEqual([true, true]);
        }
      }
    });

    test('a row of weight 0 may hold anything', () => {
      for (const { rows, classes, arrays } of samples.filter(({ rows }) => rows === 3)) {
        for (let row = 0; row < rows; row++) {
          for (const hides of [
            (other: number) => other === row,
            (other: number) => other !== row,
          ]) {
            const weight = Float32Array.from({ length: rows }, (_, i) => (hides(i) ? 0 : 1));
            const dirty = spoiled(arrays, rows, hides);
            for (const reduction of REDUCTIONS) {
              const options = { weight, reduction, grad: true };
              expect(call.native(dirty, classes, options)).toEqual(
                call.native(arrays, classes, options),
              );
            }
          }
        }
      }
    });

    test('a NaN is in its row and in no other', () => {
      for (const { classes, arrays } of samples.filter(({ rows }) => rows === 3)) {
        const options = { reduction: 'none', grad: true } as const;
        const clean = call.native(arrays, classes, options);
        for (let k = classes; k < 2 * classes; k++) {
          const pred = arrays.pred.slice().fill(NaN, k, k + 1);
          const { losses, grad } = call.native({ ...arrays, pred }, classes, options);
          expectSame(losses!, clean.losses!.slice().fill(NaN, 1, 2));
          expectSame(grad!, clean.grad!.slice().fill(NaN, classes, 2 * classes));
          expect(call.native({ ...arrays, pred }, classes).loss).toBeNaN();
        }
      }
    });
  });
});
