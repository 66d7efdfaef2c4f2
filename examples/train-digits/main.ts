/**
 * Trains a small YOLO v3 on scenes of handwritten digits, in Node alone: `npm run train`.
 *
 * The network, its gradients and the optimizer are TensorFlow.js's, on WebAssembly; the targets, the
 * loss with its gradient, the overlaps and the log are this library's.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
// Brings the gradients of the operations, which the core has none of under Node.
import '@tensorflow/tfjs-layers';
import { compare } from './compare';
import { readOptions } from './options';
import { run } from './run';

async function main(): Promise<void> {
  const options = readOptions();
  await tf.setBackend('wasm');
  if (options.compare) {
    await compare(options);
    return;
  }
  const { last, minutes, step, loss } = await run(options);
  console.log(
    `\nAP@0.5 ${last.ap50.toFixed(3)}, AP@0.75 ${last.ap75.toFixed(3)}, recall ` +
      `${last.recall.toFixed(3)} and precision ${last.precision.toFixed(3)} on validation scenes, ` +
      `after ${minutes.toFixed(1)} minutes`,
  );
  console.log(
    `A step took ${step.toFixed(0)} ms, of which the loss ${loss.toFixed(2)} ms ` +
      `(${((100 * loss) / step).toFixed(1)} %)`,
  );
  console.log(`\nIn ${options.out}: history.csv, curves.svg, scenes.png`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
