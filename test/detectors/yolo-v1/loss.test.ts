import { expectTypeOf } from 'expect-type';
import { yoloV1 as assign } from '../../../lib/assign';
import * as yoloV1 from '../../../lib/detectors/yolo-v1';
import { yoloV1 as reference } from '../../../lib/reference';
import type { Gradient } from '../../../lib/types';
import { expectClose, expectSame, type Numbers } from '../../support/close';
import { scene } from '../../support/detector-calls';
import { boxNumbers, floats, random, uniform } from '../../support/random';
import { onEveryTarget } from '../../support/targets';

type Arguments = yoloV1.YoloV1LossOptions;

const TERMS = ['total', 'box', 'objectness', 'category'] as const;
const FORMATS = ['yxhw', 'cxcywh'] as const;
const CONFIDENCES = ['iou', 'objectness'] as const;
const SHAPES = [
  { batch: 1, grid: 1, boxes: 1, classes: 1 },
  { batch: 3, grid: 7, boxes: 2, classes: 20 },
  { batch: 2, grid: 5, boxes: 3, classes: 1 },
  { batch: 5, grid: 3, boxes: 1, classes: 4 },
];

const largest = (numbers: Numbers) =>
  Array.from(numbers).reduce((most, number) => Math.max(most, Math.abs(number)), 0);

function expectAgreement(args: Arguments) {
  const { grad, ...parts } = yoloV1.loss({ ...args, grad: true });
  const expected = reference.loss({ ...args, grad: true });
  for (const term of TERMS) expectClose([parts[term]], [expected[term]], 5e-6 * expected[term]);
  expect(grad).toBeInstanceOf(Float32Array);
  expectClose(grad, expected.grad, 1e-5 * largest(expected.grad));
  expect(yoloV1.loss({ ...args, grad: false })).toEqual(parts);
}

/** 2 × 2 cells, two predictors, two classes; the object is in cell 1. */
function example(format: (typeof FORMATS)[number] = 'yxhw') {
  const predictions = new Float32Array(4 * 12);
  // A quarter of the target’s area inside it: IoU ¼.
  predictions.set([...boxNumbers(0.5, 0.5, 0.25, 0.25, format), 0.25], 12);
  // Beside it by half a cell, ¼ of the image: |I| = ½·¼, |U| = ½ − ⅛, IoU ⅓.
  predictions.set([...boxNumbers(0.5, 1, 0.5, 0.5, format), 0.5], 12 + 5);
  predictions.set([0.75, 0.5], 12 + 10);
  // A confidence where there is no object; its box and classes do not count.
  predictions.set([NaN, NaN, NaN, NaN, 0.5], 36);
  predictions.set([NaN, NaN], 36 + 10);
  const box = new Float32Array(16).fill(NaN);
  box.set(boxNumbers(0.5, 0.5, 0.5, 0.5, format), 4);
  const target = { box, objectness: floats(0, 1, 0, 0), labels: Int32Array.of(9, 0, -9, 9) };
  return { batch: 1, grid: 2, boxes: 2, classes: 2, predictions, target, format };
}

onEveryTarget(() => {
  test.each(FORMATS)('a worked example in %s', (format) => {
    const args = example(format);
    const { grad, ...parts } = yoloV1.loss({ ...args, grad: true });
    // (x∗ − x)² = ¼ and sizes equal; (½ − ⅓)² + ½·(¼)² + ½·(½)²; (1 − ¾)² + ½².
    const [coordinates, object, classes] = [1 / 4, 1 / 36 + 1 / 32 + 1 / 8, 1 / 16 + 1 / 4];
    const terms = [5 * coordinates + object + classes, coordinates, object, classes];
    expectClose(
      TERMS.map((term) => parts[term]),
      terms,
      1e-7,
    );
    // By x 5·2·½; confidences 2·(½ − ⅓), 2·½·¼ and 2·½·½; classes 2·(p − p∗).
    const expected = new Float64Array(48);
    expected.set([...boxNumbers(0, 5, 0, 0, format), 1 / 3], 12 + 5);
    expected[12 + 4] = 1 / 4;
    expected[36 + 4] = 1 / 2;
    expected.set([-1 / 2, 1], 12 + 10);
    expectClose(grad, expected, 1e-6);
  });

  test('the example of its documentation', () => {
    const parts = yoloV1.loss({
      batch: 1,
      grid: 1,
      boxes: 1,
      classes: 1,
      predictions: floats(0.5, 1, 1, 1, 0.5, 1),
      target: {
        box: floats(0.5, 0.5, 1, 1),
        objectness: floats(1),
        labels: new Int32Array([0]),
      },
    });
    expectClose([parts.total, parts.objectness], [1.25 + 1 / 36, 1 / 36], 1e-7);
    expect(parts).toMatchObject({ box: 0.25, category: 0 });
  });

  describe.each(FORMATS)('agrees with the reference in %s', (format) => {
    test.each(CONFIDENCES)('confidence %s', (confidence) => {
      const next = random(61);
      for (const shape of SHAPES) {
        const args = { ...scene(next, shape), format, confidence };
        expectAgreement(args);
        expectAgreement({ ...args, coord: 1.7, noObject: 0.1, threads: 2 });
        expectAgreement({ ...args, coord: 0, noObject: 0, threads: 1 });
        const categories = uniform(next, args.target.labels.length * shape.classes);
        const { box, objectness } = args.target;
        expectAgreement({ ...args, target: { box, objectness, categories } });
      }
    });
  });

  test('of equal predictors the first is responsible', () => {
    const one = [0.5, 0.5, 0.5, 0.5, 0.25];
    const target = {
      box: floats(0.5, 0.5, 0.5, 1),
      objectness: floats(1),
      labels: Int32Array.of(0),
    };
    const given = { batch: 1, grid: 1, boxes: 3, classes: 1, target };
    const args = { ...given, predictions: floats(...one, ...one, ...one, 1), grad: true } as const;
    const { grad } = yoloV1.loss(args);
    // IoU ½: 2·(¼ − ½), then 2·½·¼.
    expectClose([grad[4], grad[9], grad[14]], [-1 / 2, 1 / 4, 1 / 4], 1e-7);
    expect(grad[3]).toBeLessThan(0);
    expectClose(grad.subarray(5, 9), [0, 0, 0, 0], 0);
    // Without an overlap, too: 2·(¼ − 0), not halved.
    const apart = yoloV1.loss({ ...args, target: { ...target, box: floats(9, 9, 0.5, 0.5) } });
    expectClose([apart.grad[4], apart.grad[9]], [1 / 2, 1 / 4], 1e-7);
  });

  test('predictions that are right have no loss, however small their boxes', () => {
    for (const size of [0.5, 0.1, 1e-4]) {
      const truth = [0.3, 0.7, size, 0.8 * size];
      const cell = [...[9, 9, 9, 9], 0, ...truth, 1, ...[0, 1]];
      const { grad, ...parts } = yoloV1.loss({
        batch: 1,
        grid: 7,
        boxes: 2,
        classes: 2,
        predictions: Float32Array.from(Array<number[]>(49).fill(cell).flat()),
        target: {
          box: Float32Array.from(Array<number[]>(49).fill(truth).flat()),
          objectness: new Float32Array(49).fill(1),
          labels: new Int32Array(49).fill(1),
        },
        grad: true,
      });
      expect(parts).toEqual({ total: 0, box: 0, objectness: 0, category: 0 });
      expectClose(grad, new Float32Array(grad.length), 0);
    }
  });

  describe('NaN', () => {
    const args = scene(random(67), SHAPES[1]);
    const channels = 30;
    const clean = () => yoloV1.loss({ ...args, grad: true });
    const isNaNs = (numbers: Numbers) => Array.from(numbers, Number.isNaN);

    /** Whether NaN reaches the same places as in the reference, and nothing else changes. */
    function expectContained(spoilt: Arguments) {
      const actual = yoloV1.loss({ ...spoilt, grad: true });
      const expected = reference.loss({ ...spoilt, grad: true });
      for (const term of TERMS) expect(isNaNs([actual[term]])).toEqual(isNaNs([expected[term]]));
      expect(isNaNs(actual.grad)).toEqual(isNaNs(expected.grad));
      const others = (grad: Float32Array) => grad.filter((_, k) => Math.floor(k / channels) !== 3);
      expectSame(others(actual.grad), others(clean().grad));
      return actual;
    }

    test.each([...Array(10).keys(), 10, 29])('in channel %i of a cell with an object', (k) => {
      const predictions = args.predictions.slice();
      predictions[3 * channels + k] = NaN;
      expect(expectContained({ ...args, predictions }).total).toBeNaN();
    });

    test('in the target of a cell with an object', () => {
      const box = args.target.box.slice().fill(NaN, 4 * 3 + 2, 4 * 3 + 3);
      const { total, grad } = expectContained({ ...args, target: { ...args.target, box } });
      expect(total).toBeNaN();
      // The first predictor’s box and confidence, and nothing of the second’s.
      const own = grad.subarray(3 * channels, 3 * channels + 10);
      expect(isNaNs(own)).toEqual(Array.from(own, (_, k) => k < 5));
    });

    test('where there is no object', () => {
      const { objectness, labels } = args.target;
      const isObject = (cell: number) => objectness[cell] > 0;
      const target = {
        box: args.target.box.map((n, k) => (isObject(k >> 2) ? n : NaN)),
        objectness: objectness.map((o, k) => [o, NaN, -0][k % 3]),
        labels: labels.map((label, cell) => (isObject(cell) ? label : -1)),
      };
      const isRead = (k: number) => k % channels === 4 || k % channels === 9;
      const predictions = args.predictions.map((n, k) =>
        isObject(Math.floor(k / channels)) || isRead(k) ? n : NaN,
      );
      const { grad, ...parts } = yoloV1.loss({ ...args, target, predictions, grad: true });
      expect({ ...parts, grad }).toEqual(clean());

      const none = { ...args, target, noObject: 0 };
      const all = predictions.map((n, k) => (isObject(Math.floor(k / channels)) ? n : NaN));
      expect(yoloV1.loss({ ...none, predictions: all })).toEqual(yoloV1.loss(none));
    });
  });

  test('no objects, no images', () => {
    const args = scene(random(71), SHAPES[2]);
    const target = { ...args.target, objectness: new Float32Array(50) };
    const { grad, ...parts } = yoloV1.loss({ ...args, target, grad: true });
    expect(parts).toEqual({ ...parts, box: 0, category: 0, total: parts.objectness });
    expect(parts.objectness).toBeGreaterThan(0);
    // ½C²: of derivative C.
    const confidences = args.predictions.map((c, k) => (k % 16 < 15 && (k % 16) % 5 === 4 ? c : 0));
    expectClose(grad, confidences);
    const predictions = floats();
    const nothing = { total: 0, box: 0, objectness: 0, category: 0, grad: floats() };
    const labels = { box: floats(), objectness: floats(), labels: new Int32Array() };
    const categories = { box: floats(), objectness: floats(), categories: floats() };
    for (const empty of [labels, categories]) {
      const none = { ...args, batch: 0, predictions, target: empty, grad: true } as const;
      expect(yoloV1.loss(none)).toEqual(nothing);
    }
  });

  test('a gradient array is filled and returned', () => {
    const args = scene(random(73), SHAPES[1]);
    const before = structuredClone(args);
    const fresh = yoloV1.loss({ ...args, grad: true });
    const memory = new Float32Array(args.predictions.length + 8).fill(NaN);
    const grad = memory.subarray(5, -3);
    for (let time = 0; time < 2; time++) {
      const result = yoloV1.loss({ ...args, grad });
      expect(result.grad).toBe(grad);
      expect(result).toEqual(fresh);
    }
    expect(memory.filter(Number.isNaN)).toHaveLength(8);
    expect(args).toEqual(before);
  });

  test('targets as assign.yoloV1 gives them', () => {
    // Of four objects two meet in a cell.
    const boxes = floats(
      0.1,
      0.2,
      0.3,
      0.2,
      0.7,
      0.3,
      0.5,
      0.4,
      0.9,
      1,
      0.1,
      0.1,
      0.71,
      0.31,
      1,
      1,
    );
    const instances = {
      boxes,
      labels: Int32Array.of(2, 0, 1, 2),
      images: Int32Array.of(0, 1, 1, 1),
    };
    const { target, unassigned } = assign(instances, { batch: 2, grid: 3 });
    expect(unassigned).toEqual(Int32Array.of(3));
    const shape = { batch: 2, grid: 3, boxes: 2, classes: 3 };
    const predictions = new Float32Array(18 * 13);
    for (let cell = 0; cell < 18; cell++) {
      if (target.objectness[cell] === 0) continue;
      predictions.set(target.box.subarray(4 * cell, 4 * cell + 4), 13 * cell + 5);
      predictions[13 * cell + 9] = 1;
      predictions[13 * cell + 10 + target.labels[cell]] = 1;
    }
    expect(yoloV1.loss({ ...shape, predictions, target })).toMatchObject({ total: 0 });
    expectAgreement({ ...shape, target, predictions: uniform(random(79), 18 * 13) });
  });
});

test('the result by the options', () => {
  const args = example();
  const result = yoloV1.loss({ ...args, grad: true });
  expectTypeOf(result).toEqualTypeOf<yoloV1.YoloV1Loss & Gradient>();
  expectTypeOf(yoloV1.loss(args)).toEqualTypeOf<yoloV1.YoloV1Loss>();
  expectTypeOf(yoloV1.loss({ ...args, grad: false })).toEqualTypeOf<yoloV1.YoloV1Loss>();
  const grad = new Float32Array(48);
  expectTypeOf(yoloV1.loss({ ...args, grad }).grad).toEqualTypeOf<Float32Array>();
  const any: Arguments = args;
  expectTypeOf(yoloV1.loss(any).grad).toEqualTypeOf<Float32Array | undefined>();
  expect(Object.keys(result)).toEqual([...TERMS, 'grad']);
  expect(Object.keys(yoloV1.loss({ ...args, grad: undefined }))).toEqual([...TERMS]);
});
