/**
 * TensorFlow.js on its WebAssembly backend, by its own operations and automatic differentiation. It
 * is no dependency: it is looked for in a directory when the benchmark runs.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Absence, Outcome } from '../detector/contender';
import type { Scale, Scene } from '../detector/scene';
import { measure, type Effort } from '../measure';

const PACKAGES = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'];

/** As much of a tensor as is used here. */
interface Tensor {
  add(other: Tensor | number): Tensor;
  sub(other: Tensor | number): Tensor;
  mul(other: Tensor | number): Tensor;
  div(other: Tensor | number): Tensor;
  minimum(other: Tensor): Tensor;
  maximum(other: Tensor): Tensor;
  square(): Tensor;
  exp(): Tensor;
  sigmoid(): Tensor;
  atan(): Tensor;
  relu(): Tensor;
  sum(): Tensor;
  mean(): Tensor;
  slice(begin: number[], size: number[]): Tensor;
  reshape(shape: number[]): Tensor;
  clone(): Tensor;
  dataSync(): Float32Array;
}

type CustomFunction = (input: Tensor) => { value: Tensor; gradFunc: (by: Tensor) => Tensor };

/** As much of the library. */
interface Tf {
  version: { tfjs: string };
  enableProdMode(): void;
  setBackend(name: string): Promise<boolean>;
  tensor(values: Float32Array | Int32Array | number[], shape: number[], type?: string): Tensor;
  oneHot(labels: Tensor, classes: number): Tensor;
  gather(tensor: Tensor, rows: Tensor): Tensor;
  scatterND(rows: Tensor, values: Tensor, shape: number[]): Tensor;
  zerosLike(tensor: Tensor): Tensor;
  customGrad(compute: CustomFunction): (input: Tensor) => Tensor;
  valueAndGrads(
    compute: (...inputs: Tensor[]) => Tensor,
  ): (inputs: Tensor[]) => { value: Tensor; grads: Tensor[] };
  tidy<Result>(compute: () => Result): Result;
  losses: {
    sigmoidCrossEntropy(
      targets: Tensor,
      logits: Tensor,
      weights?: Tensor,
      labelSmoothing?: number,
      reduction?: number,
    ): Tensor;
  };
  Reduction: { SUM: number };
}

/** Runs the loss with the packages installed in `directory`. */
export async function runTfjs(
  scene: Scene,
  directory: string,
  effort: Effort,
): Promise<Outcome | Absence> {
  const load = createRequire(path.resolve(directory, 'package.json'));
  let tf: Tf;
  try {
    tf = load(PACKAGES[0]) as Tf;
    load(PACKAGES[1]);
  } catch {
    const install = `npm install --prefix DIR ${PACKAGES.join(' ')}, and --tfjs DIR`;
    return { name: 'TensorFlow.js', install };
  }
  tf.enableProdMode();
  await tf.setBackend('wasm');

  const losses = scene.scales.map((scale) => lossOf(tf, scale, scene.classes));
  const features = scene.scales.map((scale) =>
    tf.tensor(scale.features, [scale.target.objectness.length, 5 + scene.classes]),
  );
  const differentiate = tf.valueAndGrads((...inputs) =>
    inputs.map((input, s) => losses[s](input)).reduce((sum, loss) => sum.add(loss)),
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

/** The loss of one scale, from its features [rows, 5 + K]. */
function lossOf(
  tf: Tf,
  { height, width, anchors, target }: Scale,
  classes: number,
): (features: Tensor) => Tensor {
  const rows = target.objectness.length;
  const channels = 5 + classes;
  const positives = Array.from(target.objectness.keys()).filter(
    (row) => target.objectness[row] > 0,
  );
  const count = positives.length;
  const anchorCount = anchors.length / 2;
  /** A column of one number for each object. */
  const column = (of: (cell: number, anchor: number, row: number) => number) => {
    const values = positives.map((row) =>
      of(Math.floor(row / anchorCount), row % anchorCount, row),
    );
    return tf.tensor(values, [count, 1]);
  };

  const objects = tf.tensor(positives, [count], 'int32');
  const objectPlaces = tf.tensor(positives, [count, 1], 'int32');
  const presence = tf.tensor(target.objectness, [rows]);
  const balance = tf.tensor(
    target.objectness.map((o) => (o > 0 ? 1 / count : 1 / (rows - count))),
    [rows],
  );
  const labels = positives.map((row) => target.labels[row]);
  const categories = tf.oneHot(tf.tensor(labels, [count], 'int32'), classes);
  const cellY = column((cell) => Math.floor(cell / width) % height);
  const cellX = column((cell) => cell % width);
  const anchorH = column((_, anchor) => anchors[2 * anchor]);
  const anchorW = column((_, anchor) => anchors[2 * anchor + 1]);
  const truth = [0, 1, 2, 3].map((c) => column((_cell, _anchor, row) => target.box[4 * row + c]));

  // The backend has no kernel for the library's own gradient of gather.
  const objectsOf = tf.customGrad((features) => ({
    value: tf.gather(features, objects),
    gradFunc: (by) => tf.scatterND(objectPlaces, by, [rows, channels]),
  }));
  const ciou = ciouOf(tf);

  return (features) => {
    const objectness = tf.losses.sigmoidCrossEntropy(
      presence,
      features.slice([0, 4], [rows, 1]).reshape([rows]),
      balance,
      0,
      tf.Reduction.SUM,
    );
    const found = objectsOf(features);
    const raw = [0, 1, 2, 3].map((c) => found.slice([0, c], [count, 1]));
    const box = ciou(
      [
        raw[0].sigmoid().add(cellY).div(height),
        raw[1].sigmoid().add(cellX).div(width),
        raw[2].exp().mul(anchorH),
        raw[3].exp().mul(anchorW),
      ],
      truth,
    );
    const logits = found.slice([0, 5], [count, classes]);
    return objectness.add(box).add(tf.losses.sigmoidCrossEntropy(categories, logits));
  };
}

/** The mean CIoU loss of boxes, given as columns y, x, h, w. */
function ciouOf(tf: Tf): (box: Tensor[], truth: Tensor[]) => Tensor {
  const constant = tf.customGrad((input) => ({
    value: input.clone(),
    gradFunc: (by) => tf.zerosLike(by),
  }));
  const edges = ([y, x, h, w]: Tensor[]) => ({
    top: y.sub(h.div(2)),
    left: x.sub(w.div(2)),
    bottom: y.add(h.div(2)),
    right: x.add(w.div(2)),
  });
  return (box, truth) => {
    const [y, x, h, w] = box;
    const [Y, X, H, W] = truth;
    const a = edges(box);
    const b = edges(truth);
    const height = a.bottom.minimum(b.bottom).sub(a.top.maximum(b.top)).relu();
    const width = a.right.minimum(b.right).sub(a.left.maximum(b.left)).relu();
    const intersection = height.mul(width);
    const overlap = intersection.div(h.mul(w).add(H.mul(W)).sub(intersection));
    const outerHeight = a.bottom.maximum(b.bottom).sub(a.top.minimum(b.top));
    const outerWidth = a.right.maximum(b.right).sub(a.left.minimum(b.left));
    const diagonal = outerHeight.square().add(outerWidth.square());
    const distance = y.sub(Y).square().add(x.sub(X).square());
    const angle = W.div(H).atan().sub(w.div(h).atan());
    const v = angle.square().mul(4 / Math.PI ** 2);
    const alpha = constant(v.div(v.sub(overlap).add(1)));
    return distance.div(diagonal).sub(overlap).add(alpha.mul(v)).add(1).mean();
  };
}
