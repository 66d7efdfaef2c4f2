/**
 * Reduced cross-entropies of logits, whose logarithms are taken together: against the reference on
 * every instruction set, for the runs of logits that a product of 1 + e^−|z| could lose.
 */
import { category, objectness } from '../../../lib';
import * as reference from '../../../lib/reference';
import { floats, random, uniform } from '../../support/random';
import { onEveryTarget } from '../../support/targets';

/** Around vectors, what is taken together in float32, a product's overflow, and blocks. */
const LENGTHS = [1, 2, 7, 16, 17, 127, 128, 129, 1000, 8193];
const DENSITIES = [0, 0.01, 0.5, 1];
const REDUCTIONS = ['balanced', 'mean', 'sum'] as const;

/** Logits by kind: `sign` is 1 with an object and −1 without. */
const LOGITS: Record<string, (next: () => number, sign: number) => number> = {
  'of any size': (next) => 12 * next() - 6,
  'all 0, whose product is the largest': () => 0,
  'right, from 15 to 100': (next, sign) => sign * (15 + 85 * next()),
  'all right by 30': (_, sign) => 30 * sign,
  'right by 1e4': (_, sign) => 1e4 * sign,
  'wrong by up to 100': (next, sign) => -sign * 100 * next(),
  mixed: (next, sign) => [sign * 40, 0.01, 20 * next() - 10, sign * 1e4][Math.floor(4 * next())],
};

function sampleOf(kind: string, rows: number, density: number) {
  const next = random(rows + 1000 * density);
  const target = Float32Array.from({ length: rows }, () => Number(next() < density));
  const pred = target.map((t) => LOGITS[kind](next, 2 * t - 1));
  return { pred, target };
}

/** The sum of the least losses there are is a number as any other. */
function expectRatio(actual: number, expected: number) {
  if (expected < 1e-36) expect(Math.abs(actual - expected)).toBeLessThan(1e-36);
  else expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-6);
}

const weightsOf = (rows: number): Record<string, Float32Array | undefined> => {
  const next = random(rows);
  return {
    none: undefined,
    'of 0 and 1': Float32Array.from({ length: rows }, (_, row) =>
      Number(row === 0 || next() < 0.5),
    ),
    'of any size': uniform(next, rows, 0.5, 2),
  };
};

describe.each(Object.keys(LOGITS))('logits %s', (kind) => {
  const samples = LENGTHS.flatMap((rows) =>
    DENSITIES.flatMap((density) =>
      Object.values(weightsOf(rows)).map((weight) => {
        const { pred, target } = sampleOf(kind, rows, density);
        const options = { input: 'logit', weight } as const;
        const expected = REDUCTIONS.map(
          (reduction) => reference.objectness.yoloV3(pred, target, { ...options, reduction }).loss,
        );
        return { pred, target, options, expected };
      }),
    ),
  );
  const classSamples = [1, 3, 16, 20].flatMap((classes) =>
    samples
      .filter(({ pred, options }) => !options.weight && pred.length >= classes)
      .flatMap(({ pred, target }) => {
        const rows = Math.floor(pred.length / classes);
        const [z, t] = [pred, target].map((array) => array.subarray(0, rows * classes));
        return Object.values(weightsOf(rows)).map((weight) => {
          const options = { input: 'logit', classes, weight, reduction: 'sum' } as const;
          return { z, t, options, expected: reference.category.yoloV3(z, t, options).loss };
        });
      }),
  );

  onEveryTarget(() => {
    test('objectness of every length, density and weight', () => {
      for (const { pred, target, options, expected } of samples) {
        REDUCTIONS.forEach((reduction, i) => {
          const { loss } = objectness.yoloV3(pred, target, { ...options, reduction });
          expectRatio(loss, expected[i]);
          const all = { ...options, reduction, grad: true } as const;
          expect(objectness.yoloV3(pred, target, all).loss).toBe(loss);
          expect(objectness.yoloV3(pred, target, { ...all, threads: 1 }).loss).toBe(loss);
        });
      }
    });

    test('pairs', () => {
      for (const { pred, target, options, expected } of samples) {
        const pairs = new Float32Array(2 * pred.length);
        pred.forEach((z, row) => (pairs[2 * row + 1] = z));
        const { weight } = options;
        const { loss } = objectness.fasterRcnn(pairs, target, { weight, reduction: 'sum' });
        expectRatio(loss, expected[2]);
      }
    });

    test('rows of weight 0 change nothing, not even how the others are rounded', () => {
      const hidden = (row: number) => row % 3 === 1;
      for (const { pred, target } of samples.filter(({ options }) => !options.weight)) {
        const weight = target.map((_, row) => Number(!hidden(row)));
        const options = { input: 'logit', weight } as const;
        const { loss } = objectness.yoloV3(pred, target, options);
        const z = pred.map((own, row) => (hidden(row) ? NaN : own));
        for (const t of [0, 1, NaN]) {
          const other = target.map((own, row) => (hidden(row) ? t : own));
          expect(objectness.yoloV3(z, other, options).loss).toBe(loss);
        }
      }
    });

    test('classes, of as many rows', () => {
      for (const { z, t, options, expected } of classSamples) {
        const { loss } = category.yoloV3(z, t, options);
        expectRatio(loss, expected);
        expect(category.yoloV3(z, t, { ...options, grad: true }).loss).toBe(loss);
      }
    });

    test('a NaN or an infinite row', () => {
      for (const { pred, target } of samples.filter(({ pred }) => pred.length === 129)) {
        for (const row of [0, 64, 128]) {
          for (const z of [NaN, Infinity, -Infinity]) {
            const dirty = pred.slice().fill(z, row, row + 1);
            const own = objectness.yoloV3(floats(z), floats(target[row]), {
              input: 'logit',
              reduction: 'none',
            }).losses[0];
            const { loss } = objectness.yoloV3(dirty, target, { input: 'logit', reduction: 'sum' });
            if (Number.isFinite(own)) expect(loss).toBeGreaterThanOrEqual(0);
            else expect(loss).toBe(own);
          }
        }
      }
    });
  });
});

onEveryTarget(() => {
  test('softmax of thousands of rows, and of rows sure of their label', () => {
    for (const [classes, gap] of [
      [2, 0],
      [80, 0],
      [81, 3],
      [20, 40],
      [5, 75],
    ]) {
      const rows = 4099;
      const next = random(classes);
      const labels = Int32Array.from({ length: rows }, () => Math.floor(classes * next()));
      const pred = uniform(next, rows * classes, -1, 1);
      labels.forEach((label, row) => (pred[row * classes + label] += gap));
      for (const reduction of ['sum', 'mean'] as const) {
        const expected = reference.category.fasterRcnn(pred, labels, { reduction }).loss;
        const { loss } = category.fasterRcnn(pred, labels, { reduction });
        expectRatio(loss, expected);
        expect(category.fasterRcnn(pred, labels, { reduction, grad: true }).loss).toBe(loss);
      }
      pred[classes] = NaN;
      expect(category.fasterRcnn(pred, labels).loss).toBeNaN();
    }
  });
});
