import { objectness } from '../../../lib';
import * as reference from '../../../lib/reference';
import { casesIn } from '../table';
import { testAgreement, testExamples } from '../../support/agreement-suite';
import { presence } from '../../support/class-rows';
import { expectClose, expectSame } from '../../support/close';
import { amidNaN, Guarded } from '../../support/guarded';
import { floats, random, uniform } from '../../support/random';
import { onEveryTarget } from '../../support/targets';

const cases = casesIn('objectness');
const { log } = Math;

describe('worked examples', () => {
  testExamples(cases);

  test('an object that is missed costs more than background that is taken for one', () => {
    // −ln 1e-10 − 2 ln 0.7 = 23.03 + 0.71; −ln 1e-5 − ln 0.7 − ln 0.3 = 11.51 + 0.36 + 1.20
    const sum = (...prob: number[]) =>
      objectness.yoloV3(floats(...prob), floats(1, 0, 0), { reduction: 'sum' }).loss;
    expect(sum(1e-10, 0.3, 0.3).toFixed(1)).toBe('23.7');
    expect(sum(1e-5, 0.3, 0.7).toFixed(1)).toBe('13.1');
  });

  test('balanced is what objectness.yoloV3 does by default', () => {
    // −ln ¼ with an object, −ln ½ and −ln ¾ without.
    const [prob, target] = [floats(0.25, 0.5, 0.25), floats(1, 0, 0)];
    const { loss, grad } = objectness.yoloV3(prob, target, { grad: true });
    expectClose([loss], [log(4) + (log(2) + log(4 / 3)) / 2], 1e-6);
    expectClose(grad, [-4, 2 / 2, 4 / 3 / 2], 1e-6);
    expect(objectness.yoloV3(prob, target, { reduction: 'balanced', grad: true })).toEqual({
      loss,
      grad,
    });

    // With weights: (2·ln 4 + 6·ln 2)/8 with an object; ln 2 of the one other row with weight.
    const weighted = objectness.yoloV3(floats(0.25, 0.5, 0.5, NaN), floats(1, 0.5, 0, 0), {
      weight: floats(2, 6, 3, 0),
      grad: true,
    });
    expectClose([weighted.loss], [(2 * log(4) + 6 * log(2)) / 8 + log(2)], 1e-6);
    expectClose(weighted.grad, [(-4 * 2) / 8, 0, 2, 0], 1e-6);
  });
});

testAgreement(cases);

const INPUTS = ['probability', 'logit'] as const;

/** Predictions as typical of an input. */
function predictions(input: (typeof INPUTS)[number], seed: number, rows: number): Float32Array {
  const next = random(seed);
  return input === 'logit' ? uniform(next, rows, -6, 6) : uniform(next, rows, 0.01, 0.99);
}

describe.each(INPUTS)('balanced, of %s', (input) => {
  const lengths = [...Array.from({ length: 34 }, (_, rows) => rows), 2047, 2048, 2049, 4099];
  const samples = lengths.map((rows) => {
    const next = random(300 + rows);
    const [pred, target] = [predictions(input, 350 + rows, rows), presence(next, rows)];
    const weight = uniform(next, rows, -0.5, 2).map((w) => Math.max(0, w));
    const options = { input, grad: true } as const;
    const expected = reference.objectness.yoloV3(pred, target, options);
    const weighted = reference.objectness.yoloV3(pred, target, { ...options, weight });
    return { rows, pred, target, weight, options, expected, weighted };
  });

  onEveryTarget(() => {
    test('every number of rows, without and with a weight', () => {
      for (const { pred, target, weight, options, expected, weighted } of samples) {
        for (const [weights, { loss, grad }] of [
          [undefined, expected],
          [weight, weighted],
        ] as const) {
          const actual = objectness.yoloV3(pred, target, { ...options, weight: weights });
          expectClose([actual.loss], [loss], 1e-6 * loss);
          expectClose(actual.grad, grad, 1e-6 * Math.max(...grad.map(Math.abs)));
          const { loss: alone } = objectness.yoloV3(pred, target, { input, weight: weights });
          expect(alone).toBe(actual.loss);
        }
      }
    });

    test('every alignment, and nothing beside the gradient', () => {
      for (const { rows, pred, target, weight, options } of samples) {
        const { loss, grad } = objectness.yoloV3(pred, target, { ...options, weight });
        for (const offset of [1, 2, 3]) {
          const guarded = new Guarded(rows, offset, -77.25);
          const [p, t, w] = [pred, target, weight].map((array) => amidNaN(array, offset));
          const actual = objectness.yoloV3(p, t, { input, weight: w, grad: guarded.view });
          expect(actual.loss).toBe(loss);
          expectSame(guarded.view, grad);
          expect(guarded.intact).toBe(true);
        }
      }
    });

    test('a weight of 0 in every lane hides NaN', () => {
      const { rows, pred, target } = samples[33];
      for (let lane = 0; lane < rows; lane++) {
        for (const hides of [(row: number) => row === lane, (row: number) => row !== lane]) {
          const spoil = (array: Float32Array) => array.map((v, row) => (hides(row) ? NaN : v));
          const weight = Float32Array.from({ length: rows }, (_, row) => (hides(row) ? 0 : 1));
          const options = { input, weight, grad: true } as const;
          const dirty = objectness.yoloV3(spoil(pred), spoil(target), options);
          expect(dirty).toEqual(objectness.yoloV3(pred, target, options));
          expect(dirty.loss).toBeGreaterThan(0);
        }
      }
    });

    test('it is the sum of two means, and a side without weight is 0', () => {
      const { rows, pred, target } = samples[33];
      const sides = [true, false].map((present) =>
        Float32Array.from(target, (t) => Number(t > 0 === present)),
      );
      const whole = objectness.yoloV3(pred, target, { input, grad: true });
      const parts = sides.map((weight) => {
        const options = { input, weight, grad: true } as const;
        const mean = objectness.yoloV3(pred, target, { ...options, reduction: 'mean' });
        const balanced = objectness.yoloV3(pred, target, options);
        expectClose([balanced.loss], [mean.loss], 1e-12);
        expectSame(balanced.grad, mean.grad);
        return balanced;
      });
      // A few logits are added up in float32, and which ones differs.
      expectClose([whole.loss], [parts[0].loss + parts[1].loss], 2e-7);
      expectSame(
        whole.grad,
        parts[0].grad.map((slope, row) => slope + parts[1].grad[row]),
      );
      // All rows on one side.
      for (const t of [0, 1]) {
        const same = new Float32Array(rows).fill(t);
        const { loss, grad } = objectness.yoloV3(pred, same, { input, grad: true });
        const mean = objectness.yoloV3(pred, same, { input, grad: true, reduction: 'mean' });
        expectClose([loss], [mean.loss], 1e-12);
        expectSame(grad, mean.grad);
      }
      const nothing = { input, weight: new Float32Array(rows), grad: new Float32Array(rows) };
      nothing.grad.fill(7);
      expect(objectness.yoloV3(pred, target, nothing)).toEqual({
        loss: 0,
        grad: new Float32Array(rows),
      });
    });

    test('a NaN is in its own row and in the loss', () => {
      const { pred, target } = samples[33];
      const { grad } = objectness.yoloV3(pred, target, { input, grad: true });
      for (const row of [0, 15, 16, 32]) {
        const dirty = pred.slice().fill(NaN, row, row + 1);
        const actual = objectness.yoloV3(dirty, target, { input, grad: true });
        expect(actual.loss).toBeNaN();
        expectSame(actual.grad, grad.slice().fill(NaN, row, row + 1));
      }
    });
  });
});
