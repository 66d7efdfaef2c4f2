/**
 * Scenes as what the network takes and what its loss wants of it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { assign, overlap, type Grid } from 'detloss';
import { decodeBoxes } from './detect';
import { SIDE } from './network';
import type { Scene } from './scenes';

/** From this IoU with a true box on, a prediction is no background. */
const NEAR = 0.5;

export interface Batch {
  /** [B, SIDE, SIDE, 1] */
  images: tf.Tensor4D;
  targets: ReturnType<typeof assign.yoloV3>['targets'];
  /** The true boxes of each image, [N, 4]. */
  boxes: Float32Array[];
  /** Objects that another one kept out of its cell's anchor. */
  unassigned: number;
}

export function makeBatch(scenes: readonly Scene[], grids: readonly Grid[]): Batch {
  const pixels = new Float32Array(scenes.length * SIDE * SIDE);
  scenes.forEach((scene, k) => pixels.set(scene.pixels, k * SIDE * SIDE));
  const objects = scenes.flatMap(({ objects }, image) =>
    objects.map((object) => ({ ...object, image })),
  );
  const instances = {
    boxes: Float32Array.from(objects.flatMap(boxOf)),
    labels: Int32Array.from(objects, ({ label }) => label),
    images: Int32Array.from(objects, ({ image }) => image),
  };
  const { targets, unassigned } = assign.yoloV3(instances, {
    batch: scenes.length,
    scales: grids,
  });
  const images = tf.tensor4d(pixels, [scenes.length, SIDE, SIDE, 1]);
  const boxes = scenes.map(({ objects }) => Float32Array.from(objects.flatMap(boxOf)));
  return { images, targets, boxes, unassigned: unassigned.length };
}

/** Centre and size, as fractions of the scene. */
export function boxOf({ top, left, bottom, right }: Omit<Scene['objects'][number], 'label'>) {
  const [y, x] = [(top + bottom) / 2, (left + right) / 2];
  return [y, x, bottom - top, right - left].map((pixels) => pixels / SIDE);
}

/**
 * As in the YOLO v3 paper, a prediction that overlaps a true box well without being the one assigned
 * to it is neither object nor background: 1 in the rows to ignore, [B, H, W, A], of a scale.
 */
export function nearObjects(
  features: Float32Array,
  grid: Grid,
  boxes: readonly Float32Array[],
  channels: number,
  objectness: Float32Array,
): Uint8Array {
  const predicted = decodeBoxes(features, grid, channels);
  const rows = predicted.length / 4 / boxes.length;
  const ignore = new Uint8Array(predicted.length / 4);
  boxes.forEach((truths, image) => {
    const first = image * rows;
    const overlaps = overlap.iou(predicted.subarray(4 * first, 4 * (first + rows)), truths);
    const count = truths.length / 4;
    for (let row = 0; row < rows; row++) {
      if (objectness[first + row] > 0) continue;
      for (let k = 0; k < count; k++) {
        if (overlaps[row * count + k] > NEAR) ignore[first + row] = 1;
      }
    }
  });
  return ignore;
}
