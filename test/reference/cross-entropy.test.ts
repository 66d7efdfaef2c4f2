import { category, objectness } from '../../lib/reference';
import { expectClose, type Numbers } from '../support/close';
import { differences } from '../support/differences';
import { random, uniform } from '../support/random';

const none = { reduction: 'none', grad: true } as const;

describe('worked examples', () => {
  test('objectness.fasterRcnn', () => {
    // softmax(0, ln 3) = (1/4, 3/4); the derivative is p − (1 − o∗, o∗).
    const row = [0, Math.log(3)];
    const { losses, grad } = objectness.fasterRcnn([...row, ...row, ...row], [1, 0, 0.5], none);
    expectClose(losses, [Math.log(4 / 3), Math.log(4), (Math.log(4 / 3) + Math.log(4)) / 2]);
    expectClose(grad, [1 / 4, -1 / 4, -3 / 4, 3 / 4, -1 / 4, 1 / 4]);
  });

  test('objectness.yoloV1', () => {
    // (1 − ½)²; ½·(0 − ½)²; (½ − ¼)²
    const inputs = [
      [0.5, 0.5, 0.25],
      [1, 0, 0.5],
    ] as const;
    const { losses, grad } = objectness.yoloV1(...inputs, none);
    expectClose(losses, [1 / 4, 1 / 8, 1 / 16]);
    expectClose(grad, [-1, 1 / 2, -1 / 2]);
    const { losses: full } = objectness.yoloV1(...inputs, { ...none, noObject: 1 });
    expectClose(full, [1 / 4, 1 / 4, 1 / 16]);
  });

  test('objectness.yoloV3', () => {
    // −ln ¼ with an object, −ln(1 − ½) twice without; (p − t)/(p(1 − p)) = −¾/(3/16) and ½/¼.
    const [prob, target] = [
      [0.25, 0.5, 0.5],
      [1, 0, 0],
    ];
    const { loss, grad } = objectness.yoloV3(prob, target, { grad: true });
    expectClose([loss], [Math.log(4) + Math.log(2)]);
    expectClose(grad, [-4, 1, 1]);
    expect(objectness.yoloV3(prob, target, { reduction: 'balanced', grad: true })).toEqual({
      loss,
      grad,
    });

    // The logits of the same probabilities: −ln 3 and 0; σ(z) − t = −¾ and ½.
    const logits = [-Math.log(3), 0, 0];
    const ofLogits = objectness.yoloV3(logits, target, { input: 'logit', grad: true });
    expectClose([ofLogits.loss], [Math.log(4) + Math.log(2)]);
    expectClose(ofLogits.grad, [-3 / 4, 1 / 4, 1 / 4]);

    // The mean over all rows.
    const mean = objectness.yoloV3(prob, target, { reduction: 'mean' });
    expectClose([mean.loss], [(Math.log(4) + 2 * Math.log(2)) / 3]);
  });

  test('objectness.yoloV3 sums the known values', () => {
    // −ln 1e-10 − 2 ln 0.7 = 23.03 + 0.71; −ln 1e-5 − ln 0.7 − ln 0.3 = 11.51 + 0.36 + 1.20
    const sum = (prob: number[]) =>
      objectness.yoloV3(prob, [1, 0, 0], { reduction: 'sum' }).loss.toFixed(1);
    expect(sum([1e-10, 0.3, 0.3])).toBe('23.7');
    expect(sum([1e-5, 0.3, 0.7])).toBe('13.1');
  });

  test('objectness.yoloV3, balanced with a weight', () => {
    // With an object: (2·ln 4 + 6·ln 2)/8; without: ln 2 of the one row whose weight is not 0.
    const [prob, target] = [
      [0.25, 0.5, 0.5, NaN],
      [1, 0.5, 0, 0],
    ];
    const weight = [2, 6, 3, 0];
    const { loss, grad } = objectness.yoloV3(prob, target, { weight, grad: true });
    expectClose([loss], [(2 * Math.log(4) + 6 * Math.log(2)) / 8 + Math.log(2)]);
    expectClose(grad, [(-4 * 2) / 8, 0, 2, 0]);
  });

  test('category.fasterRcnn', () => {
    // softmax(ln 1, ln 2, ln 5) = (1, 2, 5)/8; the derivative is p − p∗.
    const logits = [1, 2, 5].map(Math.log);
    const { loss, grad } = category.fasterRcnn(logits, Int32Array.of(1), { grad: true });
    expectClose([loss], [Math.log(4)]);
    expectClose(grad, [1 / 8, -6 / 8, 5 / 8]);
  });

  test('category.yoloV1', () => {
    // ¼ + 1/16 + 9/16
    const { loss, grad } = category.yoloV1([0.5, 0.25, 0.25], Int32Array.of(2), { grad: true });
    expectClose([loss], [7 / 8]);
    expectClose(grad, [1, 1 / 2, -3 / 2]);
  });

  test('category.yoloV3', () => {
    // −ln ¾ for either class; ½(p − t)/(p(1 − p)) = ½·(∓¼)/(3/16).
    const [prob, label] = [[0.75, 0.25], Int32Array.of(0)];
    const { loss, grad } = category.yoloV3(prob, label, { grad: true });
    expectClose([loss], [Math.log(4 / 3)]);
    expectClose(grad, [-2 / 3, 2 / 3]);

    // The logits of the same probabilities: ½(p − t).
    const logits = [Math.log(3), -Math.log(3)];
    const ofLogits = category.yoloV3(logits, label, { input: 'logit', grad: true });
    expectClose([ofLogits.loss], [Math.log(4 / 3)]);
    expectClose(ofLogits.grad, [-1 / 8, 1 / 8]);

    // Smoothed by 0.2 the targets are 0.9 and 0.1.
    const smooth = category.yoloV3(prob, label, { labelSmoothing: 0.2 });
    expectClose([smooth.loss], [0.9 * Math.log(4 / 3) + 0.1 * Math.log(4)]);
    // However many the classes: three times −0.1 ln ¾ − 0.9 ln ¼ is its mean.
    const [three, hot] = [new Float64Array(3).fill(0.75), new Float64Array(3)];
    const mean = category.yoloV3(three, hot, { labelSmoothing: 0.2 });
    expectClose([mean.loss], [0.1 * Math.log(4 / 3) + 0.9 * Math.log(4)]);
  });
});

describe('edges', () => {
  const zeros = (length: number) => new Float64Array(length);

  test('binary cross-entropy of huge logits', () => {
    const options = { ...none, input: 'logit' } as const;
    const [logits, target] = [
      [1e4, 1e4, -1e4, -1e4],
      [1, 0, 1, 0],
    ];
    expect(objectness.yoloV3(logits, target, options)).toEqual({
      losses: Float64Array.of(0, 1e4, 1e4, 0),
      grad: Float64Array.of(0, 1, -1, 0),
    });
    expect(category.yoloV3(logits, target, { ...options, classes: 1 })).toEqual({
      losses: Float64Array.of(0, 1e4, 1e4, 0),
      grad: Float64Array.of(0, 1, -1, 0),
    });
    // A small loss keeps its digits.
    const { losses, grad } = objectness.yoloV3([40, -40], [1, 0], options);
    const tail = Math.exp(-40);
    expectClose(losses, [tail, tail], 1e-12 * tail);
    expectClose(grad, [-tail, tail], 1e-12 * tail);
  });

  test('softmax cross-entropy of huge logits', () => {
    const logits = [1e4, -1e4, 0, 1e4, -1e4, 0, 1e4, -1e4, 0];
    const { losses, grad } = category.fasterRcnn(logits, [0, 1, 2], none);
    expect(losses).toEqual(Float64Array.of(0, 2e4, 1e4));
    expect(grad).toEqual(Float64Array.of(0, 0, 0, 1, -1, 0, 1, 0, -1));

    const rising = category.fasterRcnn([-1e4, 0, 1e4], [0], { grad: true });
    expect(rising).toEqual({ loss: 2e4, grad: Float64Array.of(-1, 0, 1) });

    const pair = [1e4, -1e4, 1e4, -1e4];
    expect(objectness.fasterRcnn(pair, [0, 1], none)).toEqual({
      losses: Float64Array.of(0, 2e4),
      grad: Float64Array.of(0, 0, 1, -1),
    });
    // A small loss keeps its digits, and so does its gradient.
    const small = category.fasterRcnn([40, 0, 0], [0], { grad: true });
    const tail = Math.exp(-40);
    expectClose([small.loss], [2 * tail], 1e-12 * tail);
    expectClose(small.grad, [-2 * tail, tail, tail], 1e-12 * tail);
    // Equal logits: ln 3 wherever they are.
    const equal = category.fasterRcnn([1e4, 1e4, 1e4], [1], { grad: true });
    expectClose([equal.loss], [Math.log(3)]);
    expectClose(equal.grad, [1 / 3, -2 / 3, 1 / 3]);
  });

  test('probabilities of 0 and 1', () => {
    const [prob, target] = [
      [0, 0, 1, 1, 0],
      [0, 1, 0, 1, 0.5],
    ];
    const losses = Float64Array.of(0, 100, 100, 0, 50);
    const grad = Float64Array.of(0, -1e12, 1e12, 0, -5e11);
    expect(objectness.yoloV3(prob, target, none)).toEqual({ losses, grad });
    expect(category.yoloV3(prob, target, { ...none, classes: 1 })).toEqual({ losses, grad });
    // Both logarithms are clamped: that of 1e-50 is −115, of derivative −1/1e-12.
    expect(objectness.yoloV3([1e-50], [1], none)).toEqual({
      losses: Float64Array.of(100),
      grad: Float64Array.of(-1e12),
    });
    // A probability that 1 − p would round away.
    expectClose(objectness.yoloV3([1e-20], [0], none).losses, [1e-20], 1e-32);
  });

  test('prediction equals target', () => {
    const target = [0, 1, 1, 0];
    const grad = zeros(4);
    expect(objectness.yoloV1(target, target, { grad: true })).toEqual({ loss: 0, grad });
    expect(objectness.yoloV3(target, target, { grad: true })).toEqual({ loss: 0, grad });
    for (const loss of [category.yoloV1, category.yoloV3]) {
      expect(loss(target, Int32Array.of(1, 0), { grad: true })).toEqual({ loss: 0, grad });
    }
  });

  test('one class', () => {
    const label = Int32Array.of(0);
    expect(category.fasterRcnn([7], label, { grad: true })).toEqual({ loss: 0, grad: zeros(1) });
    expect(category.fasterRcnn([NaN], label, { grad: true })).toEqual({
      loss: NaN,
      grad: Float64Array.of(NaN),
    });
    expect(category.yoloV1([0.5], label).loss).toBe(0.25);
    expectClose([category.yoloV3([0], label, { input: 'logit' }).loss], [Math.log(2)]);
  });

  test('a side without rows or weight is 0', () => {
    const side = (target: number[], weight?: number[]) =>
      objectness.yoloV3([0.5, 0.5], target, { weight, grad: true });
    expect(side([1, 1])).toEqual({ loss: Math.log(2), grad: Float64Array.of(-1, -1) });
    expect(side([0, 0])).toEqual({ loss: Math.log(2), grad: Float64Array.of(1, 1) });
    expect(side([1, 0], [1, 0])).toEqual({ loss: Math.log(2), grad: Float64Array.of(-2, 0) });
    expect(side([1, 0], [0, 1])).toEqual({ loss: Math.log(2), grad: Float64Array.of(0, 2) });
    expect(side([1, 0], [0, 0])).toEqual({ loss: 0, grad: zeros(2) });
    expect(objectness.yoloV3([], [], { grad: true })).toEqual({ loss: 0, grad: zeros(0) });
  });

  test('multi-hot targets', () => {
    const next = random(23);
    const prob = uniform(next, 12, 0.05, 0.95);
    const labels = Int32Array.of(2, 0, 1, 2);
    const hot = [0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1];
    for (const loss of [category.yoloV1, category.yoloV3]) {
      const expected = loss(prob, labels, none);
      expect(loss(prob, hot, { ...none, classes: 3 })).toEqual(expected);
      // A weight tells the number of rows, too.
      expect(loss(prob, hot, { ...none, weight: [1, 1, 1, 1] })).toEqual(expected);
      // Without either, it is one row.
      expectClose(loss(prob.subarray(0, 3), hot.slice(0, 3), none).losses, [expected.losses[0]]);
    }
    // Two classes, one in part: (1 − 0.5)² + (0.25 − 0.25)² + 0.5²
    expect(category.yoloV1([0.5, 0.25, 0.5], [1, 0.25, 0]).loss).toBe(0.5);
  });
});

describe('over rows', () => {
  const next = random(29);
  const [rows, classes] = [6, 4];
  const weight = [1, 0, 0.5, 2, 0, 3];
  const labels = Int32Array.of(0, 99, 3, 1, -1, 2);
  const target = [1, NaN, 0, 0.25, Infinity, 0];
  const hot = uniform(next, rows * classes).fill(NaN, classes, 2 * classes);
  type Loss = (
    pred: Numbers,
    options: object,
  ) => { loss?: number; losses?: Float64Array; grad?: Float64Array };
  const logit = { input: 'logit' } as const;
  const losses: [name: string, width: number, loss: Loss, probabilities?: boolean][] = [
    ['objectness.fasterRcnn', 2, (p, o) => objectness.fasterRcnn(p, target, o)],
    ['objectness.yoloV1', 1, (p, o) => objectness.yoloV1(p, target, o)],
    ['objectness.yoloV3', 1, (p, o) => objectness.yoloV3(p, target, o), true],
    ['objectness.yoloV3 of logits', 1, (p, o) => objectness.yoloV3(p, target, { ...logit, ...o })],
    ['category.fasterRcnn', classes, (p, o) => category.fasterRcnn(p, labels, o)],
    ['category.yoloV1', classes, (p, o) => category.yoloV1(p, labels, o)],
    ['category.yoloV1, multi-hot', classes, (p, o) => category.yoloV1(p, hot, { classes, ...o })],
    [
      'category.yoloV3',
      classes,
      (p, o) => category.yoloV3(p, labels, { labelSmoothing: 0.1, ...o }),
      true,
    ],
    [
      'category.yoloV3 of logits, multi-hot',
      classes,
      (p, o) => category.yoloV3(p, hot, { ...logit, classes, ...o }),
    ],
  ];

  describe.each(losses)('%s', (name, width, loss, probabilities = false) => {
    const pred = uniform(next, rows * width, probabilities ? 0.05 : -3, probabilities ? 0.95 : 3);
    const each = loss(pred, { ...none, weight });

    test('the gradient agrees with central differences', () => {
      for (const reduction of ['none', 'sum', 'mean', 'balanced']) {
        if (reduction === 'balanced' && !name.startsWith('objectness.yoloV3')) continue;
        const options = { reduction, weight };
        const total = (p: Numbers) => {
          const result = loss(p, options);
          return [result.loss ?? result.losses!.reduce((a, b) => a + b, 0)];
        };
        const { grad } = loss(pred, { ...options, grad: true });
        expectClose(grad!, differences(total, pred, pred.length), 1e-7);
      }
    });

    test('none, sum and mean', () => {
      expect(each.losses).toHaveLength(rows);
      const total = each.losses!.reduce((a, b) => a + b, 0);
      expect(total).toBeGreaterThan(0);
      const sum = loss(pred, { reduction: 'sum', weight, grad: true });
      expectClose([sum.loss!], [total]);
      expectClose(sum.grad!, each.grad!);
      const mean = loss(pred, { reduction: 'mean', weight, grad: true });
      expectClose([mean.loss!], [total / 6.5]);
      expectClose(
        mean.grad!,
        each.grad!.map((g) => g / 6.5),
      );
      if (!name.startsWith('objectness.yoloV3')) {
        expect(loss(pred, { weight, grad: true })).toEqual(mean);
      }
      expect(loss(pred, { weight })).not.toHaveProperty('grad');
    });

    test('a row of weight 0 is not evaluated, whatever its label', () => {
      const dirty = Float64Array.from(pred);
      dirty.fill(NaN, width, 2 * width);
      dirty.fill(Infinity, 4 * width, 5 * width);
      expect(loss(dirty, { ...none, weight })).toEqual(each);
      expect(loss(dirty, { weight, grad: true })).toEqual(loss(pred, { weight, grad: true }));
      expect(each.losses![1]).toBe(0);
    });

    test('NaN stays in its row, and reaches the reduced loss', () => {
      for (let k = 0; k < width; k++) {
        const dirty = Float64Array.from(pred);
        dirty[3 * width + k] = NaN;
        const expected = { losses: each.losses!.slice(), grad: each.grad!.slice() };
        expected.losses.fill(NaN, 3, 4);
        expected.grad.fill(NaN, 3 * width, 4 * width);
        expect(loss(dirty, { ...none, weight })).toEqual(expected);
        expect(loss(dirty, { weight }).loss).toBeNaN();
      }
    });

    test('weights that sum to 0', () => {
      const nothing = { weight: new Float32Array(rows), grad: true };
      expect(loss(pred, nothing)).toEqual({ loss: 0, grad: new Float64Array(pred.length) });
    });
  });

  test('no rows', () => {
    const nothing = { loss: 0, grad: new Float64Array() };
    const labels = new Int32Array();
    expect(objectness.fasterRcnn([], [], { grad: true })).toEqual(nothing);
    expect(objectness.yoloV1([], [], { grad: true })).toEqual(nothing);
    expect(category.fasterRcnn([], labels, { grad: true })).toEqual(nothing);
    expect(category.yoloV1([], labels, { grad: true })).toEqual(nothing);
    expect(category.yoloV3([], labels, { grad: true })).toEqual(nothing);
    expect(category.yoloV3([], [], { classes: 3, grad: true })).toEqual(nothing);
  });
});
