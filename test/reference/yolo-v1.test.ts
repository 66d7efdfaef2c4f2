import { box, category, yoloV1 } from '../../lib/reference';
import { expectClose, type Numbers } from '../support/close';
import { differences } from '../support/differences';
import { boxNumbers, random, uniform } from '../support/random';

describe('yoloV1.loss', () => {
  // 2 × 2 cells, two predictors, two classes; the object is in cell 1.
  const shape = { batch: 1, grid: 2, boxes: 2, classes: 2 };
  const example = (format: 'yxhw' | 'cxcywh') => {
    const predictions = new Float64Array(4 * 12);
    // A quarter of the target’s area inside it: IoU ¼.
    predictions.set([...boxNumbers(0.5, 0.5, 0.25, 0.25, format), 0.25], 12);
    // Beside it by half a cell, ¼ of the image: |I| = ½·¼, |U| = ½ − ⅛, IoU ⅓.
    predictions.set([...boxNumbers(0.5, 1, 0.5, 0.5, format), 0.5], 12 + 5);
    predictions.set([0.75, 0.5], 12 + 10);
    // A confidence where there is no object; its box and classes do not count.
    predictions.set([NaN, NaN, NaN, NaN, 0.5], 36);
    predictions.set([NaN, NaN], 36 + 10);
    const boxes = new Float64Array(16).fill(NaN);
    boxes.set(boxNumbers(0.5, 0.5, 0.5, 0.5, format), 4);
    const target = { box: boxes, objectness: [0, 1, 0, 0], labels: Int32Array.of(9, 0, 9, 9) };
    return { ...shape, predictions, target, format };
  };

  test.each(['yxhw', 'cxcywh'] as const)('a worked example in %s', (format) => {
    const args = example(format);
    const { grad, ...parts } = yoloV1.loss({ ...args, grad: true });
    // (x∗ − x)² = ¼ and sizes equal; (½ − ⅓)² + ½·(¼)² + ½·(½)²; (1 − ¾)² + ½².
    const [coordinates, object, classes] = [1 / 4, 1 / 36 + 1 / 32 + 1 / 8, 1 / 16 + 1 / 4];
    expectClose(
      [parts.box, parts.objectness, parts.category, parts.total],
      [coordinates, object, classes, 5 * coordinates + object + classes],
    );
    // By x 5·2·½; confidences 2·(½ − ⅓), 2·½·¼ and 2·½·½; classes 2·(p − p∗).
    const expected = new Float64Array(48);
    expected.set([...boxNumbers(0, 5, 0, 0, format), 1 / 3], 12 + 5);
    expected[12 + 4] = 1 / 4;
    expected[36 + 4] = 1 / 2;
    expected.set([-1 / 2, 1], 12 + 10);
    expectClose(grad, expected);
    expect(yoloV1.loss(args)).toEqual(parts);
  });

  test('options', () => {
    const args = example('yxhw');
    // (½ − 1)² instead of (½ − ⅓)²
    const one = yoloV1.loss({ ...args, confidence: 'objectness' });
    expectClose([one.objectness], [1 / 4 + 1 / 32 + 1 / 8]);
    const other = yoloV1.loss({ ...args, coord: 2, noObject: 1 });
    const object = 1 / 36 + 1 / 16 + 1 / 4;
    expectClose([other.objectness, other.total], [object, 2 / 4 + object + 5 / 16]);
    const categories = new Float64Array(8);
    categories.set([1, 0.5], 2);
    const hot = yoloV1.loss({ ...args, target: { ...args.target, labels: undefined, categories } });
    expectClose([hot.category], [1 / 16]);
  });

  test('of equal predictors the first is responsible', () => {
    const one = [0.5, 0.5, 0.5, 0.5, 0.25];
    const target = { box: [0.5, 0.5, 0.5, 1], objectness: [1], labels: [0] };
    const given = { batch: 1, grid: 1, boxes: 3, classes: 1, target, grad: true } as const;
    const { grad } = yoloV1.loss({ ...given, predictions: [...one, ...one, ...one, 1] });
    // IoU ½: 2·(¼ − ½), then 2·½·¼.
    expectClose([grad[4], grad[9], grad[14]], [-1 / 2, 1 / 4, 1 / 4]);
    expect(grad[3]).toBeLessThan(0);
    expect(Array.from(grad.subarray(5, 9))).toEqual([0, 0, 0, 0]);
    // Without an overlap, too.
    const far = { ...target, box: [9, 9, 0.5, 0.5] };
    const apart = yoloV1.loss({ ...given, target: far, predictions: [...one, ...one, ...one, 1] });
    // 2·(¼ − 0), not halved: a responsible predictor whose IoU is 0.
    expectClose([apart.grad[4], apart.grad[9]], [1 / 2, 1 / 4]);
  });

  test('a negative size', () => {
    // It has no overlap, and its root is that of 1e-7.
    const target = { box: [0.5, 0.5, 1, 1], objectness: [1], labels: [0] };
    const predictions = [0.5, 0.5, -1, 1, 0, 1];
    const given = { batch: 1, grid: 1, boxes: 1, classes: 1, predictions, target };
    const { grad, ...parts } = yoloV1.loss({ ...given, grad: true });
    expectClose([parts.box, parts.objectness], [(1 - Math.sqrt(1e-7)) ** 2, 0]);
    expect(grad).toEqual(new Float64Array(6));
  });

  test('NaN in any box of a cell with an object reaches the loss', () => {
    for (const k of [0, 3, 5, 8]) {
      const args = example('yxhw');
      args.predictions[12 + k] = NaN;
      expect(yoloV1.loss(args).box).toBeNaN();
      expect(yoloV1.loss(args).objectness).toBeNaN();
    }
  });

  const next = random(53);
  const cells = 2 * 3 * 3;
  const scene = (format: 'yxhw' | 'cxcywh') => {
    const [boxes, classes] = [2, 3];
    return {
      batch: 2,
      grid: 3,
      boxes,
      classes,
      predictions: uniform(next, cells * (5 * boxes + classes), 0.2, 0.8),
      target: {
        box: uniform(next, 4 * cells, 0.2, 0.8),
        objectness: Float32Array.from({ length: cells }, (_, i) => Number(i % 3 === 1)),
        labels: Int32Array.from({ length: cells }, (_, i) => i % classes),
      },
      coord: 3,
      format,
    };
  };

  test.each(['yxhw', 'cxcywh'] as const)(
    'the gradient agrees with central differences in %s',
    (format) => {
      const args = scene(format);
      const slopes = (confidence: 'iou' | 'objectness') =>
        differences(
          (predictions: Numbers) => [yoloV1.loss({ ...args, predictions, confidence }).total],
          args.predictions,
          args.predictions.length,
        );
      const grads = (['objectness', 'iou'] as const).map(
        (confidence) => yoloV1.loss({ ...args, confidence, grad: true }).grad,
      );
      expectClose(grads[0], slopes('objectness'), 1e-7);
      // The IoU a confidence should be is constant: boxes have the same gradient with it as with 1.
      const isBox = (k: number) => k % 13 < 10 && (k % 13) % 5 < 4;
      const expected = slopes('iou').map((slope, k) => (isBox(k) ? grads[0][k] : slope));
      expectClose(grads[1], expected, 1e-7);
    },
  );

  test('sums over cells and images', () => {
    const args = scene('yxhw');
    const { predictions, target } = args;
    const perCell = Array.from({ length: cells }, (_, cell) => {
      const objectness = Float32Array.from(target.objectness, (o, i) => (i === cell ? o : 0));
      return yoloV1.loss({ ...args, noObject: 0, target: { ...target, objectness } });
    });
    const all = yoloV1.loss({ ...args, noObject: 0 });
    for (const term of ['box', 'objectness', 'category', 'total'] as const) {
      expectClose([perCell.reduce((total, parts) => total + parts[term], 0)], [all[term]]);
    }
    const labels = target.labels.filter((_, cell) => target.objectness[cell] > 0);
    const prob = Array.from({ length: cells }, (_, cell) =>
      target.objectness[cell] > 0
        ? Array.from(predictions.subarray(13 * cell + 10, 13 * cell + 13))
        : [],
    ).flat();
    expectClose([all.category], [category.yoloV1(prob, labels, { reduction: 'sum' }).loss]);
  });

  test('one predictor is always responsible', () => {
    const predictions = uniform(next, 9 * 6, 0.2, 0.8);
    const boxes = uniform(next, 36, 0.2, 0.8);
    const target = { box: boxes, objectness: Array<number>(9).fill(1), labels: new Int32Array(9) };
    const { box: total } = yoloV1.loss({
      batch: 1,
      grid: 3,
      boxes: 1,
      classes: 1,
      predictions,
      target,
    });
    const rows = predictions.filter((_, k) => k % 6 < 4);
    expectClose([total], [box.yoloV1(rows, boxes, { reduction: 'sum' }).loss]);
  });

  test('no objects, no images', () => {
    const args = scene('yxhw');
    const target = { ...args.target, objectness: new Float32Array(cells) };
    const { grad, ...parts } = yoloV1.loss({ ...args, target, grad: true });
    expect(parts).toEqual({
      total: parts.objectness,
      box: 0,
      objectness: parts.objectness,
      category: 0,
    });
    // ½C²: of derivative C.
    const confidences = args.predictions.map((c, k) => (k % 13 === 4 || k % 13 === 9 ? c : 0));
    expectClose(grad, confidences);
    const empty = { box: [], objectness: [], labels: [] };
    expect(yoloV1.loss({ ...args, batch: 0, predictions: [], target: empty, grad: true })).toEqual({
      total: 0,
      box: 0,
      objectness: 0,
      category: 0,
      grad: new Float64Array(),
    });
  });
});
