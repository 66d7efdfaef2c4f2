/**
 * The time of the loss with its gradient in a training step, by detloss and composed of TensorFlow.js
 * operations.
 *
 *     npx tsx examples/train-digits/loss-time.ts
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { lossesFor } from 'detloss/tfjs';
import { scaleLoss } from '../../bench/composed/yolo-v3';
import { ANCHORS, gridsFor } from './anchors';
import { makeBatch } from './batches';
import { readDigits } from './digits';
import { SIDE } from './network';
import { normal, seeded } from '../random';
import { scenes } from './scenes';
import { CHANNELS, CLASSES } from './train';

const BATCH = 8;
const ROUNDS = 300;

async function main(): Promise<void> {
  await tf.setBackend('wasm');
  tf.enableProdMode();
  const random = seeded(1);
  const stream = scenes(readDigits().train, SIDE, random);
  const take = (count: number) => Array.from({ length: count }, () => stream.next().value);
  const grids = await gridsFor(take(300), 1);
  const { targets } = makeBatch(take(BATCH), grids);
  const features = grids.map(({ height, width }) => {
    const shape = [BATCH, height, width, ANCHORS * CHANNELS];
    const length = BATCH * height * width * ANCHORS * CHANNELS;
    return tf.tensor(
      Float32Array.from({ length }, () => normal(random)),
      shape,
    );
  });
  const losses = lossesFor(tf);

  const ours = () =>
    tf.valueAndGrads((...inputs): tf.Tensor => {
      const scales = grids.map((grid, s) => ({ ...grid, features: inputs[s], target: targets[s] }));
      return losses.yoloV3.loss({ batch: BATCH, classes: CLASSES, scales }).total;
    });
  // Every batch has targets of its own, which have to become tensors.
  const composed = () => {
    const parts = grids.map((grid, s) => scaleLoss(tf, { ...grid, target: targets[s] }, CLASSES));
    return tf.valueAndGrads((...inputs) =>
      parts.map((part, s): tf.Tensor => part(inputs[s])).reduce((a, b) => tf.add(a, b)),
    );
  };

  const calls = [ours, composed].map(
    (loss) => () => tf.tidy(() => loss()(features).value.dataSync()[0]),
  );
  const totals = calls.map((call) => call());
  if (Math.abs(totals[0] / totals[1] - 1) > 1e-5) throw new Error(`unlike: ${totals.join(', ')}`);
  // In turns, so that whatever else the machine does falls on both.
  const times: number[][] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    calls.forEach((call, k) => {
      const start = performance.now();
      call();
      times[k].push(performance.now() - start);
    });
  }
  const [one, other] = times.map((list) => list.sort((a, b) => a - b)[ROUNDS >> 1]);
  const rows = features.reduce((sum, { size }) => sum + size / CHANNELS, 0);
  console.log(`The loss of ${rows} rows with ${CLASSES} classes and its gradient, median:`);
  console.log(`detloss ${one.toFixed(2)} ms, composed of operations ${other.toFixed(2)} ms`);
  console.log(`(${(other / one).toFixed(1)} times as long)`);
}

void main();
