/**
 * The losses of whole detectors as operations of TensorFlow.js: YOLO v3's against the same loss
 * composed of the library's operations, the others against what they are on arrays.
 */
import { scaleLoss } from '../../bench/composed/yolo-v3';
import { assign, fasterRcnn, yoloV1, yoloV3, type Grid } from '../../lib';
import { lossesFor } from '../../lib/tfjs';
import { random, uniform } from '../support/random';
import { BACKENDS, expectTensor, leaked, tf } from '../support/tensors';

const losses = lossesFor(tf);
const next = random(3);
const [batch, classes] = [2, 4];
const GRIDS: Grid[] = [
  { height: 3, width: 2, anchors: Float32Array.of(0.6, 0.5, 0.4, 0.7) },
  { height: 6, width: 4, anchors: Float32Array.of(0.2, 0.2) },
];

function scene() {
  const count = 8;
  const size = () => 0.1 + 0.5 * next();
  const boxes = Array.from({ length: count }, () => [next(), next(), size(), size()]).flat();
  const { targets } = assign.yoloV3(
    {
      boxes: Float32Array.from(boxes),
      labels: Int32Array.from({ length: count }, (_, i) => i % classes),
      images: Int32Array.from({ length: count }, (_, i) => i % batch),
    },
    { batch, scales: GRIDS },
  );
  return GRIDS.map((grid, s) => {
    const shape = [batch, grid.height, grid.width, (grid.anchors.length / 2) * (5 + classes)];
    const length = shape.reduce((a, b) => a * b, 1);
    const features = tf.tensor(uniform(next, length, -2, 2), shape);
    return { ...grid, features, target: targets[s] };
  });
}

const floats = (tensor: tf.Tensor) => tensor.dataSync() as Float32Array;

describe.each(BACKENDS)('on the %s backend', (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test.each(['iou', 'giou', 'diou', 'ciou', 'l2'] as const)('yoloV3.loss, %s', (box) => {
    const scales = scene();
    const features = scales.map((scale) => scale.features);
    const ours = (...inputs: tf.Tensor[]) =>
      losses.yoloV3.loss({
        batch,
        classes,
        box,
        scales: scales.map((scale, s) => ({ ...scale, features: inputs[s] })),
      }).total;
    const composed = scales.map((scale) => scaleLoss(tf, scale, classes, box));
    const theirs = (...inputs: tf.Tensor[]) =>
      inputs.map((input, s) => composed[s](input)).reduce((a, b) => tf.add(a, b));
    const half = (loss: (...inputs: tf.Tensor[]) => tf.Tensor) =>
      tf.valueAndGrads((...inputs) => tf.mul(loss(...inputs), 0.5))(features);
    const [actual, expected] = [half(ours), half(theirs)];
    expectTensor(actual.value, expected.value);
    actual.grads.forEach((grad, s) => expectTensor(grad, expected.grads[s]));
    expect(leaked(() => ours(...features))).toBe(0);
    expect(leaked(() => tf.grads(ours)(features))).toBe(0);
  });

  test('yoloV3.loss: terms, weights and layouts as on arrays', () => {
    const scales = scene();
    const weights = { box: 2, category: [3, 0.5] };
    const arrays = scales.map((scale) => ({ ...scale, features: floats(scale.features) }));
    const expected = yoloV3.loss({ batch, classes, weights, scales: arrays, grad: true });
    const { total, ...terms } = losses.yoloV3.loss({ batch, classes, weights, scales });
    expect(terms).toEqual({
      box: expected.box,
      objectness: expected.objectness,
      category: expected.category,
      scales: expected.scales,
    });
    expect(total.dataSync()[0]).toBe(Math.fround(expected.total));

    const grads = tf.grads(
      (...inputs) =>
        losses.yoloV3.loss({
          batch,
          classes,
          weights,
          layout: 'NCHW',
          scales: scales.map((scale, s) => ({
            ...scale,
            features: tf.transpose(inputs[s], [0, 3, 1, 2]),
          })),
        }).total,
    )(scales.map((scale) => scale.features));
    grads.forEach((grad, s) => {
      expectTensor(grad, tf.tensor(expected.grads[s], scales[s].features.shape), 1e-6);
    });
  });

  test('yoloV1.loss', () => {
    const [grid, boxes] = [3, 2];
    const { target } = assign.yoloV1(
      {
        boxes: Float32Array.of(0.3, 0.4, 0.2, 0.3, 0.8, 0.1, 0.5, 0.4),
        labels: Int32Array.of(1, 3),
        images: Int32Array.of(0, 1),
      },
      { batch, grid },
    );
    const options = { batch, grid, boxes, classes, target };
    const predictions = tf.tensor(uniform(next, batch * 9 * 14, 0.1, 0.9), [batch, grid, grid, 14]);
    const expected = yoloV1.loss({ ...options, predictions: floats(predictions), grad: true });
    const { total, ...terms } = losses.yoloV1.loss({ ...options, predictions });
    expect({ ...terms, total: expected.total, grad: expected.grad }).toEqual(expected);
    expect(total.dataSync()[0]).toBe(Math.fround(expected.total));
    const grad = tf.grad((p) => losses.yoloV1.loss({ ...options, predictions: p }).total)(
      predictions,
    );
    expectTensor(grad, tf.tensor(expected.grad, predictions.shape), 0);
  });

  test('fasterRcnn.rpnLoss and headLoss', () => {
    const rows = 6;
    const numbers = (shape: number[]) =>
      tf.tensor(uniform(next, shape[0] * shape[1], -1, 1), shape);
    const boxes = () => uniform(next, 4 * rows, 0.2, 0.8);
    const rpn = {
      anchors: boxes(),
      assignment: {
        objectness: Float32Array.of(1, 0, 0, 1, 0, 0),
        weight: Float32Array.of(1, 1, 0, 1, 1, 1),
        box: boxes(),
      },
    };
    const head = { labels: Int32Array.of(0, 2, 1, 0, 3, 0), targets: boxes() };
    const stages = [
      {
        outputs: [numbers([rows, 2]), numbers([rows, 4])],
        onArrays: (logits: Float32Array, deltas: Float32Array) =>
          fasterRcnn.rpnLoss({ ...rpn, logits, deltas, grad: true }),
        onTensors: (logits: tf.Tensor, deltas: tf.Tensor) =>
          losses.fasterRcnn.rpnLoss({ ...rpn, logits, deltas }),
      },
      ...[4, 4 * classes].map((width) => ({
        outputs: [numbers([rows, classes]), numbers([rows, width])],
        onArrays: (logits: Float32Array, deltas: Float32Array) =>
          fasterRcnn.headLoss({ ...head, logits, deltas, grad: true }),
        onTensors: (logits: tf.Tensor, deltas: tf.Tensor) =>
          losses.fasterRcnn.headLoss({ ...head, logits, deltas }),
      })),
    ];
    for (const { outputs, onArrays, onTensors } of stages) {
      const [logits, deltas] = outputs;
      const { grads, ...expected } = onArrays(floats(logits), floats(deltas));
      const { total, ...terms } = onTensors(logits, deltas);
      expect({ ...terms, total: expected.total }).toEqual(expected);
      expect(total.dataSync()[0]).toBe(Math.fround(expected.total));
      const actual = tf.grads((z, t) => onTensors(z, t).total)(outputs);
      expectTensor(actual[0], tf.tensor(grads.logits, logits.shape), 0);
      expectTensor(actual[1], tf.tensor(grads.deltas, deltas.shape), 0);
    }
  });
});
