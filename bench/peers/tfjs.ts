/**
 * TensorFlow.js on its WebAssembly backend, by its own operations and automatic differentiation. It
 * is no dependency: it is looked for in a directory when the benchmark runs.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { scaleLoss } from '../composed/yolo-v3';
import type { Tensor, Tf } from '../composed/tf';
import type { Absence, Outcome } from '../detector/contender';
import type { Scene } from '../detector/scene';
import { measure, type Effort } from '../measure';

const PACKAGES = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'];

/** Runs the loss with the packages installed in `directory`. */
export async function runTfjs(
  scene: Scene,
  directory: string,
  effort: Effort,
): Promise<Outcome | Absence> {
  const load = createRequire(path.resolve(directory, 'package.json'));
  let tf: Tf & { version: { tfjs: string } };
  try {
    tf = load(PACKAGES[0]) as typeof tf;
    load(PACKAGES[1]);
  } catch {
    const install = `npm install --prefix DIR ${PACKAGES.join(' ')}, and --tfjs DIR`;
    return { name: 'TensorFlow.js', install };
  }
  tf.enableProdMode();
  await tf.setBackend('wasm');

  const losses = scene.scales.map((scale) => scaleLoss(tf, scale, scene.classes));
  const features = scene.scales.map((scale) =>
    tf.tensor(scale.features, [scale.target.objectness.length, 5 + scene.classes]),
  );
  const differentiate = tf.valueAndGrads((...inputs) =>
    inputs.map((input, s): Tensor => losses[s](input)).reduce((sum, loss) => tf.add(sum, loss)),
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
  const name = `TensorFlow.js ${tf.version.tfjs}, WebAssembly`;
  return { name, milliseconds: nanoseconds / 1e6, ...read() };
}
