/**
 * The losses as operations of TensorFlow.js: value and gradient of each against the same loss
 * composed of the library's own operations and differentiated by it.
 */
import { boxLosses } from '../../bench/composed/box';
import { box, type BoxOptions } from '../../lib';
import { cardOf } from '../../lib/catalogue/define';
import { lossesFor } from '../../lib/tfjs';
import { tensorLoss } from '../../lib/tfjs/row-losses';
import { random, randomBoxes, uniform } from '../support/random';
import { BACKENDS, expectTensor, leaked, tf } from '../support/tensors';

type Tensor = tf.Tensor;
type Loss = (pred: Tensor) => Tensor;

const losses = lossesFor(tf);
const composed = boxLosses(tf);
const N = 37;
const K = 5;

const next = random(7);
const boxes = () => tf.tensor2d(randomBoxes(next, N), [N, 4]);
const numbers = (shape: number[], low = 0, high = 1) => {
  const length = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(uniform(next, length, low, high), shape);
};
const labelsOf = (count: number) =>
  Int32Array.from({ length: count }, () => Math.floor(next() * K));

/** Made before a backend is chosen: numbers move to whichever is asked to compute with them. */
function cases(): [name: string, pred: Tensor, ours: Loss, theirs: Loss][] {
  const { abs, add, div, mean, minimum, mul, neg, square, sub } = tf;
  const [pred, target, anchors] = [boxes(), boxes(), boxes()];
  const raw = numbers([2, 3, 2, 2, 4], -2, 2);
  const anchorSizes = Float32Array.of(0.3, 0.2, 0.5, 0.6);
  const grid = { height: 3, width: 2, anchors: anchorSizes };
  const cellRows = Array.from({ length: 24 }, (_, row) => {
    const cell = Math.floor(row / 2) % 6;
    return [Math.floor(cell / 2), cell % 2];
  });
  const cells = tf.tensor2d(cellRows);
  const sizes = tf.tensor2d(
    cellRows.map((_, row) => [...anchorSizes.subarray(2 * (row % 2))].slice(0, 2)),
  );
  const size = tf.tensor1d([3, 2]);
  const rawTarget = tf.concat(
    [div(add(cells, numbers([24, 2], 0.1, 0.9)), size), numbers([24, 2], 0.1, 0.9)],
    1,
  );

  const plain = numbers([4, 9], -2, 2);
  const aim = numbers([4, 9], -2, 2);
  const huber = (d: Tensor, delta: number) => {
    const part = minimum(abs(d), delta);
    return mean(add(div(square(part), 2), mul(sub(abs(d), part), delta)));
  };

  const presence = tf.tensor1d(Array.from({ length: N }, (_, i) => (i % 4 === 0 ? 1 : 0)));
  const balance = tf.tensor1d(Array.from(presence.dataSync(), (o) => (o > 0 ? 1 / 10 : 1 / 27)));
  const logits = numbers([N], -4, 4);
  const probabilities = numbers([N], 0.05, 0.95);
  const pairs = numbers([N, 2], -4, 4);
  const bce = (p: Tensor, t: Tensor) =>
    neg(add(mul(t, tf.log(p)), mul(sub(1, t), tf.log(sub(1, p)))));
  const logSoftmax = (z: Tensor) => sub(z, tf.log(tf.sum(tf.exp(z), 1, true)));

  const labels = tf.tensor1d(labelsOf(N), 'int32');
  const oneHot = tf.cast(tf.oneHot(labels, K), 'float32');
  const multiHot = tf.cast(tf.greater(numbers([N, K]), 0.5), 'int32');
  const classLogits = numbers([N, K], -4, 4);
  const classProbabilities = numbers([N, K], 0.05, 0.95);
  const smooth = add(mul(oneHot, 0.9), 0.05);

  return [
    ['box.iou', pred, (p) => losses.box.iou(p, target), (p) => composed.iou(p, target)],
    ['box.giou', pred, (p) => losses.box.giou(p, target), (p) => composed.giou(p, target)],
    ['box.diou', pred, (p) => losses.box.diou(p, target), (p) => composed.diou(p, target)],
    ['box.ciou', pred, (p) => losses.box.ciou(p, target), (p) => composed.ciou(p, target)],
    [
      'box.fasterRcnn',
      pred,
      (p) => losses.box.fasterRcnn(p, target, anchors, { delta: 0.5 }),
      (p) => composed.fasterRcnn(p, target, anchors, 0.5),
    ],
    ['box.yoloV1', pred, (p) => losses.box.yoloV1(p, target), (p) => composed.yoloV1(p, target)],
    [
      'box.yoloV3',
      raw,
      (p) => losses.box.yoloV3(p, rawTarget.dataSync() as Float32Array, grid),
      (p) => composed.yoloV3(tf.reshape(p, [24, 4]), rawTarget, cells, size, sizes),
    ],
    [
      'objectness.fasterRcnn',
      pairs,
      (p) => losses.objectness.fasterRcnn(p, presence),
      (p) => {
        const target = tf.stack([sub(1, presence), presence], 1);
        return neg(mean(tf.sum(mul(target, logSoftmax(p)), 1)));
      },
    ],
    [
      'objectness.yoloV1',
      probabilities,
      (p) => losses.objectness.yoloV1(p, presence, { noObject: 0.25 }),
      (p) => mean(mul(square(sub(presence, p)), add(mul(presence, 0.75), 0.25))),
    ],
    [
      'objectness.yoloV3',
      probabilities,
      (p) => losses.objectness.yoloV3(p, presence),
      (p) => tf.sum(mul(bce(p, presence), balance)),
    ],
    [
      'objectness.yoloV3 of logits',
      logits,
      (p) => losses.objectness.yoloV3(p, presence, { input: 'logit', reduction: 'sum' }),
      (p) => tf.sum(bce(tf.sigmoid(p), presence)),
    ],
    [
      'category.fasterRcnn',
      classLogits,
      (p) => losses.category.fasterRcnn(p, labels),
      (p) => neg(mean(tf.sum(mul(oneHot, logSoftmax(p)), 1))),
    ],
    [
      'category.yoloV1',
      classProbabilities,
      (p) => losses.category.yoloV1(p, multiHot),
      (p) => mean(tf.sum(square(sub(multiHot, p)), 1)),
    ],
    [
      'category.yoloV3',
      classProbabilities,
      (p) => losses.category.yoloV3(p, labels, { labelSmoothing: 0.1 }),
      (p) => mean(bce(p, smooth)),
    ],
    [
      'category.yoloV3 of logits',
      classLogits,
      (p) => losses.category.yoloV3(p, labels, { input: 'logit', reduction: 'sum' }),
      (p) => div(tf.sum(bce(tf.sigmoid(p), oneHot)), K),
    ],
    ['regression.l1', plain, (p) => losses.regression.l1(p, aim), (p) => mean(abs(sub(aim, p)))],
    ['regression.l2', plain, (p) => losses.regression.l2(p, aim), (p) => mean(square(sub(aim, p)))],
    [
      'regression.huber',
      plain,
      (p) => losses.regression.huber(p, aim, { delta: 0.7 }),
      (p) => huber(sub(aim, p), 0.7),
    ],
    [
      'regression.smoothL1',
      plain,
      (p) => losses.regression.smoothL1(p, aim, { beta: 0.7 }),
      (p) => div(huber(sub(aim, p), 0.7), 0.7),
    ],
  ];
}

describe.each(BACKENDS)('on the %s backend', (backend) => {
  beforeAll(() => tf.setBackend(backend));

  const names = cases().map(([name]) => name);
  test.each(names)('%s', (name) => {
    const [, pred, ours, theirs] = cases().find(([other]) => other === name)!;
    expectTensor(ours(pred), theirs(pred));
    // What follows the loss scales its gradient.
    const { value, grad } = tf.valueAndGrad((p) => tf.mul(ours(p), -3))(pred);
    const expected = tf.valueAndGrad((p) => tf.mul(theirs(p), -3))(pred);
    expectTensor(value, expected.value);
    expectTensor(grad, expected.grad);
    expect(leaked(() => ours(pred))).toBe(0);
    expect(leaked(() => tf.grad(ours)(pred))).toBe(0);
  });

  test('the losses of the rows, each with its own factor', () => {
    const [pred, target] = [boxes(), boxes()];
    const factors = numbers([N], -1, 1);
    const rows = losses.box.diou(pred, target, { reduction: 'none' });
    const { losses: expected } = box.diou(
      pred.dataSync() as Float32Array,
      target.dataSync() as Float32Array,
      { reduction: 'none' },
    );
    expectTensor(rows, tf.tensor1d(expected), 0);
    const grad = tf.grad((p) =>
      tf.sum(tf.mul(losses.box.diou(p, target, { reduction: 'none' }), factors)),
    )(pred);
    const weighted = tf.grad((p) =>
      losses.box.diou(p, target, { reduction: 'sum', weight: tf.abs(factors) }),
    )(pred);
    expectTensor(grad, tf.mul(weighted, tf.expandDims(tf.sign(factors), 1)));
  });

  test('elementwise losses of any shape', () => {
    const [pred, target] = [numbers([2, 3, 4]), numbers([2, 3, 4])];
    const each = losses.regression.l2(pred, target, { reduction: 'none' });
    expectTensor(each, tf.square(tf.sub(pred, target)));
    const scalar = losses.regression.l2(tf.scalar(3), tf.scalar(5));
    expect(scalar.dataSync()[0]).toBe(4);
  });

  test('weights and targets of any type', () => {
    const [pred, target] = [boxes(), boxes()];
    const mask = Array.from({ length: N }, (_, i) => i % 3 > 0);
    const weight = Float32Array.from(mask, Number);
    const expected = losses.box.ciou(pred, target, { weight });
    for (const dtype of ['bool', 'int32', 'float32'] as const) {
      const tensor = tf.tensor1d(mask.map(Number), dtype);
      expectTensor(losses.box.ciou(pred, target, { weight: tensor }), expected, 0);
    }
    const presence = tf.tensor1d(mask, 'bool');
    const logits = numbers([N], -2, 2);
    expectTensor(
      losses.objectness.yoloV3(logits, presence, { input: 'logit' }),
      losses.objectness.yoloV3(logits, weight, { input: 'logit' }),
      0,
    );
    const array = target.dataSync() as Float32Array;
    expectTensor(losses.box.ciou(pred, array), losses.box.ciou(pred, target), 0);
  });

  test('rows of weight 0 take no part, whatever they hold', () => {
    const pred = tf.tensor2d([NaN, 1, 1, 1, 1, 1, 2, 2], [2, 4]);
    const target = tf.tensor2d([1, 1, 1, 1, 1, 2, 2, 2], [2, 4]);
    const weight = tf.tensor1d([0, 1]);
    const grad = tf.grad((p) => losses.box.giou(p, target, { weight }))(pred);
    expect([...grad.dataSync()].slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect([...grad.dataSync()].every(Number.isFinite)).toBe(true);
  });

  test('no rows', () => {
    const none = tf.zeros([0, 4]);
    expect(losses.box.ciou(none, none).dataSync()[0]).toBe(0);
    expect(tf.grad((p) => losses.box.ciou(p, none))(none).shape).toEqual([0, 4]);
  });

  test('targets are constants, predictions are not', () => {
    const [pred, target] = [boxes(), boxes()];
    const both = tf.grads((p, t) => tf.add(losses.box.iou(p, t), tf.sum(t)));
    const [, byTarget] = both([pred, target]);
    expectTensor(byTarget, tf.onesLike(target), 0);
  });

  test('gradient descent on variables lowers the loss, and leaves no tensor behind', () => {
    const start = boxes();
    const target = boxes();
    const pred = tf.variable(start);
    const optimizer = tf.train.adam(0.02);
    const step = () => optimizer.minimize(() => losses.box.ciou(pred, target), true)!;
    const first = step().dataSync()[0];
    const left = tf.memory().numTensors;
    let last = step();
    for (let k = 0; k < 60; k++) {
      last.dispose();
      last = step();
    }
    expect(last.dataSync()[0]).toBeLessThan(0.2 * first);
    last.dispose();
    expect(tf.memory().numTensors).toBe(left);
  });

  test('a gradient of the gradient is refused', () => {
    const [pred, target] = [boxes(), boxes()];
    const gradient = (p: Tensor) => tf.grad((q) => losses.box.ciou(tf.mul(q, 1.5), target))(p);
    expect(() => tf.grad((p) => tf.sum(tf.square(gradient(p))))(pred)).toThrow(
      'box.ciou: has a gradient, but no gradient of that',
    );
    // As a constant it may be part of what is differentiated.
    const other = numbers([N, 4]);
    const product = tf.grad((x) => tf.sum(tf.mul(x, gradient(pred))))(other);
    expectTensor(product, gradient(pred), 0);
  });
});

test('the gradient is computed only where it can be asked for', async () => {
  await tf.setBackend('cpu');
  const asked: unknown[] = [];
  const iou = (...args: unknown[]) => {
    const [pred, aim, options] = args as [Float32Array, Float32Array, BoxOptions];
    asked.push(options.grad);
    return box.iou(pred, aim, options);
  };
  const spied = tensorLoss<Tensor, tf.Scalar>(tf, cardOf(box.iou), iou);
  const [pred, target] = [boxes(), boxes()];
  spied(pred, target);
  tf.grad((p) => spied(p, target))(pred);
  expect(asked).toEqual([false, true]);
});
