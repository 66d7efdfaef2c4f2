/**
 * Single losses in TensorFlow.js: its own where it has them, composed of its operations where not.
 */
import type * as Core from '@tensorflow/tfjs-core';
import { boxLosses } from '../composed/box';
import type { Scalar, Tensor, Tf } from '../composed/tf';
import { measure, type Effort } from '../measure';
import { peerErrors, type PeerLoss, type Sample } from './losses';
import type { Measured, Peer } from './run';
import { startTfjs } from './tfjs';

/** A loss of a prediction and a target, reduced to the mean or, by rows, not. */
type Loss = (pred: Tensor, target: Tensor, byRow: boolean) => Tensor;

function lossesOf(tf: Tf): Record<string, Loss> {
  const how = (byRow: boolean) => (byRow ? tf.Reduction.NONE : tf.Reduction.MEAN);
  const [means, rows] = [boxLosses(tf), boxLosses({ ...tf, mean: tf.squeeze as typeof tf.mean })];
  const ofBoxes =
    (name: 'iou' | 'giou' | 'diou' | 'ciou'): Loss =>
    (pred, target, byRow) =>
      (byRow ? rows : means)[name](pred, target);
  const huber: Loss = (pred, target, byRow) =>
    tf.losses.huberLoss(target, pred, undefined, 1, how(byRow));
  return {
    'regression.l1': (pred, target, byRow) =>
      tf.losses.absoluteDifference(target, pred, undefined, how(byRow)),
    'regression.l2': (pred, target, byRow) =>
      tf.losses.meanSquaredError(target, pred, undefined, how(byRow)),
    'regression.huber': huber,
    // At its corner of 1, the same.
    'regression.smoothL1': huber,
    'box.iou': ofBoxes('iou'),
    'box.giou': ofBoxes('giou'),
    'box.diou': ofBoxes('diou'),
    'box.ciou': ofBoxes('ciou'),
    'objectness.yoloV3': (pred, target, byRow) =>
      tf.losses.logLoss(target, pred, undefined, 1e-7, how(byRow)),
    'objectness.yoloV3, logits': (pred, target, byRow) =>
      tf.losses.sigmoidCrossEntropy(target, pred, undefined, 0, how(byRow)),
    'category.fasterRcnn': (pred, target, byRow) =>
      tf.losses.softmaxCrossEntropy(target, pred, undefined, 0, how(byRow)),
  };
}

/** The prediction and the target; of labels, the target that this library's loss takes. */
function tensorsOf(tf: Tf, { pred, target, width }: Sample): [Tensor, Tensor] {
  const shape = width === 1 ? [pred.length] : [pred.length / width, width];
  const predicted = tf.tensor(pred, shape, 'float32');
  if (target instanceof Float32Array) return [predicted, tf.tensor(target, shape, 'float32')];
  return [predicted, tf.cast(tf.oneHot(tf.tensor1d(target, 'int32'), width), 'float32')];
}

/** Nanoseconds of a call's value, and of value and gradient; what is read back is the value. */
function timesOf(
  tf: Tf,
  loss: (pred: Tensor, target: Tensor) => Tensor,
  sample: Sample,
  effort: Effort,
): [number, number] {
  const [pred, target] = tensorsOf(tf, sample);
  const differentiate = tf.valueAndGrad((input: Core.Tensor) => loss(input, target) as Scalar);
  const calls = [
    () => tf.tidy(() => loss(pred, target).dataSync()[0]),
    () => tf.tidy(() => differentiate(pred).value.dataSync()[0]),
  ];
  calls.forEach((call) => call());
  const [value, gradient] = measure(calls, effort);
  tf.dispose([pred, target]);
  return [value, gradient];
}

export async function runTfjsLosses(
  losses: readonly PeerLoss[],
  size: number,
  seed: number,
  effort: Effort,
): Promise<Peer> {
  const { tf, name } = await startTfjs();
  const all = lossesOf(tf);
  const measured = losses.map((entry): Measured => {
    const loss = all[entry.name];
    const errors = peerErrors(entry, seed, false, (sample) =>
      tf.tidy(() => {
        const [pred, target] = tensorsOf(tf, sample);
        const differentiate = tf.grad((input: Core.Tensor) => loss(input, target, false));
        return {
          losses: loss(pred, target, true).dataSync() as Float32Array,
          grad: differentiate(pred).dataSync() as Float32Array,
        };
      }),
    );
    const sample = entry.sample(size, seed, false);
    const times = timesOf(tf, (pred, target) => loss(pred, target, false), sample, effort);
    const [value, gradient] = times.map((time) => time / sample.count);
    return { value: { alone: value }, gradient: { alone: gradient }, errors };
  });
  return { name, measured };
}
