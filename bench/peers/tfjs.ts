/**
 * TensorFlow.js on its WebAssembly backend, by its own operations and automatic differentiation.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
// Has the derivatives of the operations.
import '@tensorflow/tfjs-layers';
import { scaleLoss } from '../composed/yolo-v3';
import type { Outcome } from '../detector/contender';
import type { Scene } from '../detector/scene';
import { measure, type Effort } from '../measure';

/** The library, and what it calls itself. */
export async function startTfjs() {
  tf.enableProdMode();
  await tf.setBackend('wasm');
  return { tf, name: `TensorFlow.js ${tf.version_core}, WebAssembly` };
}

/** Runs the loss of a whole detector. */
export async function runTfjs(scene: Scene, effort: Effort): Promise<Outcome> {
  const { name } = await startTfjs();
  const losses = scene.scales.map((scale) => scaleLoss(tf, scale, scene.classes));
  const features = scene.scales.map((scale) =>
    tf.tensor(scale.features, [scale.target.objectness.length, 5 + scene.classes]),
  );
  const differentiate = tf.valueAndGrads((...inputs) =>
    inputs.map((input, s): tf.Tensor => losses[s](input)).reduce((sum, loss) => tf.add(sum, loss)),
  );
  const read = () =>
    tf.tidy(() => {
      const { value, grads } = differentiate(features);
      return { total: value.dataSync()[0], grads: grads.map((grad) => grad.dataSync()) };
    });
  // The gradients stay in the backend's memory, as for one of its optimizers.
  const [nanoseconds] = measure(
    [() => tf.tidy(() => differentiate(features).value.dataSync()[0])],
    effort,
  );
  const outcome = { name, milliseconds: nanoseconds / 1e6, ...read() };
  tf.dispose(features);
  return outcome;
}
