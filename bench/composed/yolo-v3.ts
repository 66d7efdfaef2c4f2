/**
 * The whole loss of YOLO v3 composed of TensorFlow.js operations.
 */
import type { Grid, yoloV3 } from 'detloss';
import { boxLosses } from './box';
import type { Scalar, Tensor, Tf } from './tf';

/** A scale without its features: its cells, anchors and targets, with labels. */
export type ScaleTarget = Grid & {
  target: Pick<yoloV3.YoloV3Target, 'box' | 'objectness'> & { labels: Int32Array };
};

export type BoxTerm = NonNullable<yoloV3.YoloV3LossOptions['box']>;

/**
 * The loss of one scale, from its features [B·H·W·A, 5 + K], or any shape of as many numbers in
 * that order. What depends on the targets alone is made before: it is needed once for a batch.
 */
export function scaleLoss(
  tf: Tf,
  { height, width, anchors, target }: ScaleTarget,
  classes: number,
  boxTerm: BoxTerm = 'ciou',
): (features: Tensor) => Scalar {
  const rows = target.objectness.length;
  const channels = 5 + classes;
  const anchorCount = anchors.length / 2;
  const positives = Array.from(target.objectness.keys()).filter(
    (row) => target.objectness[row] > 0,
  );
  const count = positives.length;
  /** A row of numbers for each object. */
  const table = (of: (cell: number, anchor: number, row: number) => number[]): Tensor => {
    const values = positives.flatMap((row) =>
      of(Math.floor(row / anchorCount), row % anchorCount, row),
    );
    return tf.tensor(values, [count, values.length / Math.max(count, 1)], 'float32');
  };

  const objects = tf.tensor(positives, [count], 'int32');
  const objectPlaces = tf.tensor(positives, [count, 1], 'int32');
  const presence = tf.tensor(target.objectness, [rows]);
  const share = (o: number) => (o > 0 ? 1 / count : 1 / (rows - count));
  const balance = tf.tensor(target.objectness.map(share), [rows]);
  const losses = boxLosses(tf);
  const cells = table((cell) => [Math.floor(cell / width) % height, cell % width]);
  const sizes = table((_cell, anchor) => [...anchors.subarray(2 * anchor, 2 * anchor + 2)]);
  const truth = table((_cell, _anchor, row) => [...target.box.subarray(4 * row, 4 * row + 4)]);
  const labels = tf.tensor(
    positives.map((row) => target.labels[row]),
    [count],
    'int32',
  );
  const categories = tf.cast(tf.oneHot(labels, classes), 'float32');
  const grid = tf.tensor([height, width], [2], 'float32');

  // The WebAssembly backend has no kernel for the library's own gradient of gather.
  const objectsOf = tf.customGrad((features) => ({
    value: tf.gather(features as Tensor, objects),
    gradFunc: (dy: Tensor) => tf.scatterND(objectPlaces, dy, [rows, channels]),
  }));

  return (input) => {
    const features = tf.reshape(input, [rows, channels]);
    const objectness: Scalar = tf.losses.sigmoidCrossEntropy(
      presence,
      tf.reshape(tf.slice(features, [0, 4], [rows, 1]), [rows]),
      balance,
      0,
      tf.Reduction.SUM,
    );
    if (count === 0) return objectness;
    const found = objectsOf(features);
    const raw = tf.slice(found, [0, 0], [count, 4]);
    const box =
      boxTerm === 'l2'
        ? losses.yoloV3(raw, truth, cells, grid, sizes)
        : losses[boxTerm](losses.decode(raw, cells, grid, sizes), truth);
    const logits = tf.slice(found, [0, 5], [count, classes]);
    const category = tf.losses.sigmoidCrossEntropy<Tensor, Scalar>(categories, logits);
    return tf.add(tf.add(objectness, box), category);
  };
}
