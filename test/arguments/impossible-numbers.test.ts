/**
 * Numbers within arguments that cannot be meant: they are refused, with the row, before anything is
 * written, on every instruction set and for any place in a vector, a block and a thread's share.
 */
import { category, objectness, regression, box, fasterRcnn, yoloV1, yoloV3 } from '../../lib';
import { native } from '../../lib/binding';
import * as promises from '../../lib/promises';
import { CASES } from '../losses/table';
import { floats } from '../support/random';
import { thrownBy } from '../support/refusals';

type Call = (...args: unknown[]) => unknown;

const SIZES = [1, 7, 33, 8200];
/** One of the rows of such a size, first, last and in between. */
const placesOf = (rows: number) => [...new Set([0, rows >> 1, rows - 1])];

/** What a call throws, and that it has written nothing. */
function refusal(call: Call, args: unknown[], rows: number, width: number, options: object = {}) {
  const grad = new Float32Array(rows * width).fill(7);
  const out = new Float32Array(rows).fill(7);
  const all = [
    { grad },
    { grad, out, reduction: 'none' },
    { reduction: 'sum' },
    { grad: true, reduction: 'mean' },
    {},
  ].map((some) => thrownBy(() => call(...args, { ...options, ...some })));
  expect(new Set([...grad, ...out])).toEqual(new Set([7]));
  expect(new Set(all).size).toBe(1);
  return all[0];
}

/** Numbers, all but one of which are `usual`. */
function oneAmong(rows: number, usual: number, place: number, value: number): Float32Array {
  const numbers = new Float32Array(rows).fill(usual);
  numbers[place] = value;
  return numbers;
}

const logit = "where predictions are raw features, pass input: 'logit'";
/** Losses that take predictions for probabilities where they are not told, once each. */
const asProbabilities = CASES.filter(({ card: { hyper = {} }, options }) => {
  const implied = Object.values(hyper).some(
    (each) => 'formulas' in each && each.impliesProbabilities,
  );
  return implied && !('input' in options);
});

describe.each(native.targets())('on %s', (name) => {
  beforeAll(() => native.useTarget(name));
  afterAll(() => native.useTarget());

  describe.each(asProbabilities)('$name without input', ({ name: where, call, card }) => {
    const options = card.rows.width === 'classes' ? { classes: 1 } : {};

    test.each([-3, 1.001, -1.1e-6, Infinity, -Infinity])('a prediction of %p', (value) => {
      for (const rows of SIZES) {
        for (const row of placesOf(rows)) {
          const [pred, target] = [oneAmong(rows, 0.5, row, value), oneAmong(rows, 0, row, 1)];
          expect(refusal(call, [pred, target], rows, 1, options)).toBe(
            `RangeError: ${where}: expected pred to be probabilities in row ${row}, ` +
              `got ${pred[row]}; ${logit}`,
          );
          for (const input of ['logit', 'probability']) {
            expect(thrownBy(() => call(pred, target, { ...options, input }))).toBe('nothing');
          }
        }
      }
    });

    test('what rounding makes of 0 and 1, NaN, and rows of weight 0', () => {
      for (const value of [-1e-6, 1 + 8 * 2 ** -23, -0, 1e-45, NaN]) {
        const pred = oneAmong(37, 0.5, 20, value);
        expect(thrownBy(() => call(pred, new Float32Array(37), options))).toBe('nothing');
      }
      const [pred, weight] = [oneAmong(37, 0.5, 20, -3), oneAmong(37, 1, 20, 0)];
      expect(thrownBy(() => call(pred, new Float32Array(37), { ...options, weight }))).toBe(
        'nothing',
      );
      expect(
        thrownBy(() => call(pred, new Float32Array(37), { ...options, weight: weight.fill(0, 3) })),
      ).toBe('nothing');
      weight[20] = 0.5;
      expect(thrownBy(() => call(pred, new Float32Array(37), { ...options, weight }))).toContain(
        'in row 20, got -3',
      );
    });
  });

  const withTargets = CASES.filter(({ card }) => card.rows.fractions);

  test.each(withTargets)('$title: targets', (loss) => {
    const { name: where, call } = loss;
    const ofClasses = loss.card.rows.width === 'classes';
    const width = ofClasses ? 1 : loss.width;
    // With the reduction that it has by default.
    const options = { ...loss.options, reduction: undefined, ...(ofClasses && { classes: 1 }) };
    for (const rows of SIZES) {
      const pred = new Float32Array(rows * width).fill(0.5);
      for (const row of placesOf(rows)) {
        for (const value of [-1, 1.0000001, 255, -1e-45, Infinity, -Infinity]) {
          const target = oneAmong(rows, 0.25, row, value);
          expect(refusal(call, [pred, target], rows, width, options)).toBe(
            `RangeError: ${where}: expected target to be from 0 to 1 in row ${row}, ` +
              `got ${target[row]}; rows to be ignored have the weight 0`,
          );
          const weight = oneAmong(rows, 1, row, 0);
          expect(thrownBy(() => call(pred, target, { ...options, weight }))).toBe('nothing');
        }
        const target = oneAmong(rows, 0.25, row, NaN);
        const { losses } = call(pred, target, { ...options, reduction: 'none' }) as {
          losses: Float32Array;
        };
        expect(losses.findIndex(Number.isNaN)).toBe(row);
        expect(losses.filter(Number.isNaN)).toHaveLength(1);
      }
    }
  });

  test('a target of several classes', () => {
    const [pred, target] = [new Float32Array(21).fill(0.5), new Float32Array(21).fill(1)];
    target[16] = -1;
    for (const [where, call] of [
      ['category.yoloV1', category.yoloV1 as Call],
      ['category.yoloV3', category.yoloV3 as Call],
    ] as const) {
      expect(thrownBy(() => call(pred, target, { classes: 7 }))).toContain(
        `${where}: expected target to be from 0 to 1 in row 2, got -1`,
      );
      expect(thrownBy(() => call(pred, target, { weight: floats(1, 1, 0) }))).toBe('nothing');
      expect(thrownBy(() => call(pred, target, { weight: floats(0, 0, -2) }))).toContain(
        'in row 2',
      );
    }
  });

  const weighted = [
    ['regression.l1', regression.l1 as Call, 1],
    ['box.ciou', box.ciou as Call, 4],
    ['objectness.fasterRcnn', objectness.fasterRcnn as Call, 2],
    ['category.yoloV1', category.yoloV1 as Call, 1],
  ] as const;

  test.each(weighted)('%s: weights', (where, call, width) => {
    for (const rows of SIZES) {
      const pred = new Float32Array(rows * width).fill(0.5);
      const target = new Float32Array(width === 2 ? rows : rows * width).fill(0.5);
      for (const row of placesOf(rows)) {
        for (const value of [NaN, Infinity, -Infinity]) {
          const weight = oneAmong(rows, 1, row, value);
          expect(refusal(call, [pred, target], rows, width, { weight })).toBe(
            `RangeError: ${where}: expected weight to be a finite number in row ${row}, got ${value}`,
          );
        }
        for (const value of [-1, -0, 3.4028234663852886e38, -3.4028234663852886e38]) {
          const weight = oneAmong(rows, 1, row, value);
          expect(thrownBy(() => call(pred, target, { weight }))).toBe('nothing');
        }
      }
    }
  });
});

test('a negative weight takes its row off the sum', () => {
  const { losses, grad } = regression.l1(floats(3, 5), floats(0, 0), {
    weight: floats(1, -2),
    reduction: 'none',
    grad: true,
  });
  expect([...losses, ...grad]).toEqual([3, -10, 1, -2]);
});

test('promises are rejected with the same errors', async () => {
  const errorOf = (promise: Promise<unknown>) => promise.then(() => 'nothing', String);
  expect(await errorOf(promises.objectness.yoloV3(floats(-3), floats(0)))).toBe(
    `RangeError: objectness.yoloV3: expected pred to be probabilities in row 0, got -3; ${logit}`,
  );
  expect(await errorOf(promises.category.yoloV3(floats(2, 3), Int32Array.of(0)))).toContain(logit);
  expect(await errorOf(promises.objectness.yoloV1(floats(0), floats(-1)))).toContain('target');
  expect(
    await errorOf(
      promises.box.iou(new Float32Array(4), new Float32Array(4), { weight: floats(NaN) }),
    ),
  ).toContain('weight');
});

describe('whole detectors', () => {
  const scale = {
    height: 1,
    width: 2,
    anchors: floats(0.2, 0.3),
    features: new Float32Array(14),
    target: {
      box: floats(0.5, 0.2, 0.3, 0.3, 0.5, 0.7, 0.3, 0.3),
      objectness: floats(1, 0),
      categories: floats(0, 1, 0, 0),
    },
  };
  const v3 = (target: object) => {
    const grad = [new Float32Array(14).fill(7)];
    const scales = [{ ...scale, target: { ...scale.target, ...target } }];
    const thrown = thrownBy(() => yoloV3.loss({ batch: 1, classes: 2, scales, grad }));
    if (thrown !== 'nothing') expect(new Set(grad[0])).toEqual(new Set([7]));
    return thrown;
  };

  test('yoloV3.loss', async () => {
    const name = 'RangeError: yoloV3.loss: expected scales[0].target';
    expect(v3({})).toBe('nothing');
    expect(v3({ objectness: floats(1, -1) })).toContain(
      `${name}.objectness to be from 0 to 1 in row 1, got -1`,
    );
    expect(v3({ objectness: floats(7, 0) })).toContain(
      `${name}.objectness to be from 0 to 1 in row 0, got 7`,
    );
    expect(v3({ objectness: floats(1, -1), ignore: Uint8Array.of(0, 1) })).toBe('nothing');
    expect(v3({ objectness: floats(1, NaN) })).toBe('nothing');
    expect(v3({ categories: floats(0, 2, 0, 0) })).toContain(
      `${name}.categories to be from 0 to 1 in row 0, got 2`,
    );
    expect(v3({ categories: floats(0, 1, -9, 9) })).toBe('nothing');
    const scales = [{ ...scale, target: { ...scale.target, objectness: floats(1, -1) } }];
    const promised = promises.yoloV3.loss({ batch: 1, classes: 2, scales });
    await expect(promised).rejects.toThrow(
      'scales[0].target.objectness to be from 0 to 1 in row 1',
    );
  });

  test('yoloV1.loss', () => {
    const args = {
      batch: 1,
      grid: 1,
      boxes: 1,
      classes: 2,
      predictions: new Float32Array(7),
      target: { box: floats(0.5, 0.5, 1, 1), objectness: floats(1), categories: floats(0, 1) },
    };
    const thrown = (target: object) => {
      const grad = new Float32Array(7).fill(7);
      const message = thrownBy(() =>
        yoloV1.loss({ ...args, target: { ...args.target, ...target }, grad }),
      );
      expect(new Set(grad)).toEqual(new Set([7]));
      return message;
    };
    expect(thrown({ objectness: floats(-1) })).toBe(
      'RangeError: yoloV1.loss: expected target.objectness to be from 0 to 1 in row 0, got -1',
    );
    expect(thrown({ categories: floats(0, 3) })).toBe(
      'RangeError: yoloV1.loss: expected target.categories to be from 0 to 1 in row 0, got 3',
    );
  });

  test('fasterRcnn.rpnLoss', async () => {
    const [logits, deltas, anchors] = [
      new Float32Array(4),
      new Float32Array(8),
      new Float32Array(8).fill(0.5),
    ];
    const args = (objectnessTarget: Float32Array, weight = floats(1, 1)) => ({
      logits,
      deltas,
      anchors,
      assignment: { objectness: objectnessTarget, weight, box: anchors },
    });
    const message =
      'RangeError: fasterRcnn.rpnLoss: expected assignment.objectness to be from 0 to 1 in row 1, got -1';
    expect(thrownBy(() => fasterRcnn.rpnLoss(args(floats(1, -1))))).toContain(message);
    expect(thrownBy(() => fasterRcnn.rpnLoss(args(floats(1, -1), floats(1, 0))))).toBe('nothing');
    expect(await promises.fasterRcnn.rpnLoss(args(floats(1, -1))).catch(String)).toContain(message);
    expect(thrownBy(() => fasterRcnn.rpnLoss(args(floats(1, 0), floats(1, NaN))))).toBe(
      'RangeError: fasterRcnn.rpnLoss: expected assignment.weight to be a finite number in row 1, got NaN',
    );
  });

  test('fasterRcnn.headLoss', () => {
    const args = {
      logits: new Float32Array(4),
      deltas: new Float32Array(8),
      labels: Int32Array.of(0, 1),
      targets: new Float32Array(8),
    };
    expect(thrownBy(() => fasterRcnn.headLoss({ ...args, weight: floats(1, Infinity) }))).toBe(
      'RangeError: fasterRcnn.headLoss: expected weight to be a finite number in row 1, got Infinity',
    );
  });
});

test('one row of more numbers than labels can tell', () => {
  const pred = new Float32Array(2 ** 24 + 1);
  const { loss } = category.yoloV3(pred, pred, { input: 'logit' });
  expect(loss).toBeCloseTo(Math.LN2, 6);
  expect(thrownBy(() => category.yoloV1(pred, Int32Array.of(0)))).toBe(
    'RangeError: category.yoloV1: expected the number of classes to be at most 16777216 with labels, got 16777217',
  );
});
