/** The argument errors of the losses on tensors. */
import { lossesFor } from '../../lib/tfjs';
import { thrownBy } from '../support/refusals';
import { tf } from '../support/tensors';

const losses = lossesFor(tf);
const pred = tf.ones([2, 4]);
const target = tf.ones([2, 4]);

type Call = (...args: unknown[]) => unknown;
const ciou = losses.box.ciou as Call;

test('what is no TensorFlow.js', () => {
  for (const [value, words] of [
    [undefined, 'undefined'],
    [{}, 'Object'],
  ]) {
    expect(thrownBy(() => lossesFor(value as typeof tf))).toBe(
      "TypeError: lossesFor: expected tf to be TensorFlow.js, with a function 'customGrad', " +
        `got ${words}`,
    );
  }
});

test.each<[name: string, call: () => unknown, message: string]>([
  [
    'an array as the prediction',
    () => ciou(new Float32Array(8), target),
    'TypeError: box.ciou: expected pred to be a tensor, got Float32Array',
  ],
  [
    'a prediction of integers',
    () => ciou(tf.ones([2, 4], 'int32'), target),
    "TypeError: box.ciou: expected pred.dtype to be 'float32', got 'int32'",
  ],
  [
    'rows of another width',
    () => ciou(tf.ones([4, 2]), target),
    'RangeError: box.ciou: expected pred to have a last axis of size 4, got [4, 2]',
  ],
  [
    'no axis of classes',
    () => losses.category.fasterRcnn(tf.scalar(1), tf.scalar(0, 'int32')),
    'RangeError: category.fasterRcnn: expected logits to have an axis of classes, got []',
  ],
  [
    'a target of another shape',
    () => ciou(pred, tf.ones([4, 2])),
    "RangeError: box.ciou: expected target.shape to be pred's, [2, 4], got [4, 2]",
  ],
  [
    'a target of another length',
    () => ciou(pred, new Float32Array(4)),
    'RangeError: box.ciou: expected target.length to be that of the shape [2, 4] (8), got 4',
  ],
  [
    'no target',
    () => ciou(pred),
    'TypeError: box.ciou: expected target to be a Float32Array, got undefined',
  ],
  [
    'a weight for every number',
    () => ciou(pred, target, { weight: tf.ones([2, 4]) }),
    "RangeError: box.ciou: expected weight.shape to be that of pred's rows, [2], got [2, 4]",
  ],
  [
    'labels that are no integers',
    () => losses.category.yoloV3(pred, tf.zeros([2])),
    "TypeError: category.yoloV3: expected target.dtype to be 'int32', got 'float32'",
  ],
  [
    'too few labels',
    () => losses.category.fasterRcnn(pred, new Int32Array(1)),
    'RangeError: category.fasterRcnn: expected labels.length to be that of the shape [2] (2), got 1',
  ],
  [
    'a label that is no class',
    () => losses.category.fasterRcnn(pred, Int32Array.of(0, 4)),
    'RangeError: category.fasterRcnn: expected labels to be from 0 to 3 in row 1, got 4',
  ],
  [
    'an option of the loss on arrays',
    () => ciou(pred, target, { grad: true }),
    "TypeError: box.ciou: the option 'grad' is one of losses on arrays, not on tensors",
  ],
  [
    'a misspelled option',
    () => ciou(pred, target, { reduktion: 'sum' }),
    "TypeError: box.ciou: unknown option 'reduktion', did you mean 'reduction'?",
  ],
  [
    'options that are none',
    () => ciou(pred, target, 'sum'),
    "TypeError: box.ciou: expected options to be an object, got 'sum'",
  ],
  [
    'no options of a detector',
    () => (losses.yoloV3.loss as Call)(),
    'TypeError: yoloV3.loss: expected options to be an object, got undefined',
  ],
  [
    'no scales',
    () => (losses.yoloV3.loss as Call)({ batch: 1, classes: 1 }),
    'TypeError: yoloV3.loss: expected scales to be an array, got undefined',
  ],
  [
    'a scale that is none',
    () => (losses.yoloV3.loss as Call)({ batch: 1, classes: 1, scales: [null] }),
    'TypeError: yoloV3.loss: expected scales[0] to be an object, got null',
  ],
  [
    'gradients of a detector',
    () => (losses.yoloV3.loss as Call)({ batch: 1, classes: 1, scales: [], grad: true }),
    "TypeError: yoloV3.loss: the option 'grad' is one of losses on arrays, not on tensors",
  ],
])('%s', (_name, call, message) => {
  expect(thrownBy(call)).toBe(message);
});

describe('features of another shape', () => {
  const grid = { height: 2, width: 3, anchors: Float32Array.of(0.5, 0.5) };
  const rows = 6;
  const scale = {
    ...grid,
    target: {
      box: new Float32Array(4 * rows),
      objectness: new Float32Array(rows),
      labels: new Int32Array(rows),
    },
  };
  const loss = (shape: number[], layout?: 'NCHW') => () => {
    const features = tf.ones(shape);
    return losses.yoloV3.loss({ batch: 1, classes: 2, layout, scales: [{ ...scale, features }] });
  };

  test.each([
    [[1, 3, 2, 7], undefined, '[B, H, W, A·(5+K)], [1, 2, 3, 7]'],
    [[6, 7], undefined, '[B, H, W, A·(5+K)], [1, 2, 3, 7]'],
    [[1, 2, 3, 7], 'NCHW', '[B, A·(5+K), H, W], [1, 7, 2, 3]'],
  ] as const)('%j with layout %s', (shape, layout, expected) => {
    expect(thrownBy(loss([...shape], layout))).toBe(
      `RangeError: yoloV3.loss: expected scales[0].features.shape to be ${expected}, ` +
        `got [${shape.join(', ')}]`,
    );
  });

  test('as many numbers as there should not be', () => {
    expect(thrownBy(loss([1, 2, 3, 8]))).toBe(
      'RangeError: yoloV3.loss: expected scales[0].features.length to equal batch × height × ' +
        'width × anchors × (5 + classes) (42), got 48',
    );
  });
});

test('nothing is left behind by a call that throws', () => {
  const before = tf.memory().numTensors;
  expect(() => tf.tidy(() => ciou(pred, new Float32Array(4)) as tf.Tensor)).toThrow(RangeError);
  expect(tf.memory().numTensors).toBe(before);
});
