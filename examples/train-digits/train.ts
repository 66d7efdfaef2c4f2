/**
 * The training: steps of Adam on the loss of YOLO v3, and validation after every epoch.
 */
import * as tf from '@tensorflow/tfjs-core';
import { EpochLog, objectnessQuality, type Grid, type yoloV3 } from 'detloss';
import { lossesFor } from 'detloss/tfjs';
import { boxOf, makeBatch, nearObjects, type Batch } from './batches';
import { detect, sigmoid, type Detection } from './detect';
import { quality } from './metrics';
import type { Network } from './network';
import type { Scene } from './scenes';

export const CLASSES = 10;
export const CHANNELS = 5 + CLASSES;

export const BOX_TERMS = ['iou', 'giou', 'diou', 'ciou', 'l2'] as const;
export type BoxTerm = (typeof BOX_TERMS)[number];
type Columns = Record<string, number>;

/** The parts' factors: of `category`, a mean over the classes, the number of classes. */
const WEIGHTS = { box: 5, objectness: 1, category: CLASSES };
/** Steps until the learning rate is at its highest; from there it falls along a cosine to 0. */
const WARM_UP = 100;

const losses = lossesFor(tf);

/** Adam whose learning rate can be set. */
class Adam extends tf.AdamOptimizer {
  set rate(rate: number) {
    this.learningRate = rate;
  }
}

export class Trainer {
  private readonly optimizer = new Adam(0, 0.9, 0.99);
  private step = 0;
  /** Milliseconds in the loss, forward, and in whole steps. */
  readonly time = { loss: 0, steps: 0 };

  constructor(
    private readonly network: Network,
    private readonly grids: readonly Grid[],
    private readonly boxTerm: BoxTerm,
    private readonly rate: number,
    private readonly steps: number,
  ) {}

  /** One step; returns the columns of the log. */
  train(scenes: readonly Scene[]): Columns {
    const start = performance.now();
    const columns = tf.tidy(() => {
      const batch = makeBatch(scenes, this.grids);
      let log: Columns = {};
      const { grads } = tf.variableGrads(() => {
        const features = this.network.forward(batch.images, true);
        const before = performance.now();
        const { total, columns } = this.loss(features, batch);
        this.time.loss += performance.now() - before;
        log = columns;
        return total;
      });
      this.optimizer.rate = this.rateNow();
      this.optimizer.applyGradients(
        Object.entries(grads).map(([name, tensor]) => ({ name, tensor })),
      );
      return log;
    });
    this.step++;
    this.time.steps += performance.now() - start;
    return columns;
  }

  /** The columns of scenes that are not trained on, and what is found in them. */
  validate(scenes: readonly Scene[], batchSize: number) {
    const log = new EpochLog();
    const detections: Detection[] = [];
    for (let first = 0; first < scenes.length; first += batchSize) {
      const part = scenes.slice(first, first + batchSize);
      tf.tidy(() => {
        const batch = makeBatch(part, this.grids);
        const features = this.network.forward(batch.images, false);
        log.append(this.loss(features, batch).columns);
        const arrays = features.map((tensor) => tensor.dataSync() as Float32Array);
        for (const found of detect(arrays, this.grids, part.length, CLASSES)) {
          detections.push({ ...found, image: first + found.image });
        }
      });
    }
    const truths = truthsOf(scenes);
    const { precision, recall, ap: ap50 } = quality(detections, truths, 0.5);
    const { ap: ap75 } = quality(detections, truths, 0.75);
    return { columns: { ...log.summary(), recall, precision, ap50, ap75 }, detections };
  }

  dispose(): void {
    this.optimizer.dispose();
    this.network.dispose();
  }

  private loss(features: tf.Tensor4D[], batch: Batch) {
    const arrays = features.map((tensor) => tensor.dataSync() as Float32Array);
    const targets = batch.targets.map((target, s) => ({
      ...target,
      ignore: nearObjects(arrays[s], this.grids[s], batch.boxes, CHANNELS, target.objectness),
    }));
    const scales = this.grids.map((grid, s) => ({
      ...grid,
      features: features[s],
      target: targets[s],
    }));
    const { total, box, objectness, category } = losses.yoloV3.loss({
      batch: batch.images.shape[0],
      classes: CLASSES,
      box: this.boxTerm,
      weights: WEIGHTS,
      scales,
    });
    const columns = {
      total_loss: total.dataSync()[0],
      [this.boxTerm]: box,
      object: objectness,
      category,
      ...objectnessOf(arrays, targets),
    };
    return { total, columns };
  }

  private rateNow(): number {
    if (this.step < WARM_UP) return (this.rate * (this.step + 1)) / WARM_UP;
    const part = (this.step - WARM_UP) / Math.max(this.steps - WARM_UP, 1);
    return (this.rate * (1 + Math.cos(Math.PI * Math.min(part, 1)))) / 2;
  }
}

/** `pos_obj` and `neg_obj`, over all scales. */
function objectnessOf(features: readonly Float32Array[], targets: readonly yoloV3.YoloV3Target[]) {
  const rows = targets.reduce((sum, { objectness }) => sum + objectness.length, 0);
  const [pred, target, weight] = [1, 2, 3].map(() => new Float32Array(rows));
  let to = 0;
  targets.forEach(({ objectness, ignore }, s) => {
    objectness.forEach((object, row) => {
      pred[to] = sigmoid(features[s][row * CHANNELS + 4]);
      target[to] = object;
      weight[to++] = 1 - ignore![row];
    });
  });
  return objectnessQuality(pred, target, { weight });
}

/** The true boxes of scenes. */
export function truthsOf(scenes: readonly Scene[]): Detection[] {
  return scenes.flatMap(({ objects }, image) =>
    objects.map((object) => ({
      image,
      label: object.label,
      score: 1,
      box: Float32Array.from(boxOf(object)),
    })),
  );
}
