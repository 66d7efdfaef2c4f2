/** What TypeScript makes of the losses on tensors; the compiler checks these. */
import { expectTypeOf } from 'expect-type';
import { lossesFor } from '../../lib/tfjs';
import { tf } from '../support/tensors';

const losses = lossesFor(tf);
const pred = tf.tensor2d([1, 1, 2, 2], [1, 4]);
const target = Float32Array.of(1, 2, 2, 2);

test('the result is a tensor of the given library, a scalar where the loss is reduced', () => {
  expectTypeOf(losses.box.ciou(pred, target)).toEqualTypeOf<tf.Scalar>();
  expectTypeOf(losses.box.ciou(pred, tf.ones([1, 4]), {})).toEqualTypeOf<tf.Scalar>();
  expectTypeOf(losses.box.ciou(pred, target, { reduction: 'sum' })).toEqualTypeOf<tf.Scalar>();
  expectTypeOf(losses.box.ciou(pred, target, { reduction: 'none' })).toEqualTypeOf<tf.Tensor>();
  const presence = tf.ones([3]);
  expectTypeOf(
    losses.objectness.yoloV3(tf.ones([3]), presence, { reduction: 'balanced' }),
  ).toEqualTypeOf<tf.Scalar>();
  expect(losses.box.ciou(pred, target).shape).toEqual([]);
  expect(losses.box.ciou(pred, target, { reduction: 'none' }).shape).toEqual([1]);
});

test('an optimizer takes a loss as it is, and variables as predictions', () => {
  const variable = tf.variable(pred);
  const optimizer = tf.train.sgd(0.1);
  const loss = optimizer.minimize(() => losses.box.ciou(variable, target), true);
  expect(loss!.shape).toEqual([]);
});

test('arguments and options', () => {
  // @ts-expect-error: an array is no prediction
  expect(() => losses.box.ciou(target, target)).toThrow(TypeError);
  // @ts-expect-error: the gradient is TensorFlow.js's
  expect(() => losses.box.ciou(pred, target, { grad: true })).toThrow(TypeError);
  // @ts-expect-error: no misspelled option
  expect(() => losses.box.ciou(pred, target, { formatt: 'xyxy' })).toThrow(TypeError);
  // @ts-expect-error: no value that is none of an option's
  expect(() => losses.box.ciou(pred, target, { alpha: 'half' })).toThrow(RangeError);
  // @ts-expect-error: the shape tells the classes
  expect(() => losses.category.yoloV3(pred, Int32Array.of(1), { classes: 4 })).toThrow(TypeError);
  const grid = { height: 1, width: 1, anchors: Float32Array.of(0.5, 0.5) };
  expect(losses.box.yoloV3(pred, target, grid, { format: 'cxcywh' }).shape).toEqual([]);
  expect(losses.box.fasterRcnn(pred, target, tf.ones([1, 4]), { delta: 2 }).shape).toEqual([]);
});
