/** The losses in a model of TensorFlow.js's layers, which gives the target first. */
import * as layers from '@tensorflow/tfjs-layers';
import { box } from '../../lib';
import { lossesFor } from '../../lib/tfjs';
import { tf } from '../support/tensors';

const losses = lossesFor(tf);

test('compile takes the loss with its arguments in their order', async () => {
  const model = layers.sequential({
    layers: [
      layers.layers.dense({
        units: 4,
        inputShape: [2],
        kernelInitializer: layers.initializers.randomUniform({ minval: 0.1, maxval: 0.5, seed: 3 }),
      }),
    ],
  });
  model.compile({
    optimizer: tf.train.sgd(0.05),
    loss: (target, pred) => losses.box.giou(pred, target),
  });
  const inputs = tf.tensor2d([
    [1, 0.5],
    [0.5, 1],
  ]);
  const targets = tf.tensor2d([
    [0.5, 0.5, 0.4, 0.4],
    [0.4, 0.6, 0.3, 0.5],
  ]);
  const before = box.giou(
    (model.predict(inputs) as tf.Tensor).dataSync() as Float32Array,
    targets.dataSync() as Float32Array,
  ).loss;
  const { history } = await model.fit(inputs, targets, {
    epochs: 20,
    batchSize: 2,
    shuffle: false,
    verbose: 0,
  });
  expect(history.loss[0]).toBeCloseTo(before, 6);
  expect(history.loss[19]).toBeLessThan(0.9 * before);
});
