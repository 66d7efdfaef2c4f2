import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { EpochLog } from 'detloss';
import { ANCHORS, gridsFor } from './anchors';
import { readDigits } from './digits';
import { Network, SIDE } from './network';
import { seeded } from './random';
import { scenes } from './scenes';
import { CHANNELS, Trainer } from './train';
const take = <T>(g: Generator<T>, n: number) =>
  Array.from({ length: n }, () => g.next().value as T);
async function main() {
  await tf.setBackend('wasm');
  const epochs = Number(process.env.EPOCHS ?? 2),
    perEpoch = Number(process.env.STEPS ?? 40),
    rate = Number(process.env.RATE ?? 0.002);
  const digits = readDigits();
  const stream = scenes(digits.train, SIDE, seeded(1));
  const val = take(scenes(digits.validation, SIDE, seeded(2)), 256);
  const grids = await gridsFor(take(stream, 300), 1);
  console.log(grids.map((g) => [...g.anchors].map((a) => (a * SIDE).toFixed(1)).join(' ')));
  const network = new Network(seeded(3), ANCHORS, CHANNELS);
  console.log(network.parameters, 'parameters');
  const trainer = new Trainer(network, grids, 'ciou', rate, epochs * perEpoch);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const log = new EpochLog();
    let sceneTime = 0;
    for (let k = 0; k < perEpoch; k++) {
      const t = performance.now();
      const batch = take(stream, 16);
      sceneTime += performance.now() - t;
      log.append(trainer.train(batch));
    }
    const s = log.summary();
    const t = performance.now();
    const v = trainer.validate(val, 16).columns;
    const f = (o: Record<string, number>) =>
      Object.entries(o)
        .map(([k, x]) => `${k} ${x.toFixed(3)}`)
        .join(' ');
    console.log(
      epoch,
      f(s),
      '|',
      f(v),
      `step ${(trainer.time.steps / epoch / perEpoch).toFixed(0)} ms, loss ${(trainer.time.loss / epoch / perEpoch).toFixed(2)} scenes ${(sceneTime / perEpoch).toFixed(1)} val ${(performance.now() - t).toFixed(0)} tensors ${tf.memory().numTensors}`,
    );
  }
}
void main();
