/**
 * Scenes as what the network takes and what its loss wants of it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { assign, type Grid } from 'detloss';
import { SIDE } from './network';
import type { Scene } from './scenes';

export type Targets = ReturnType<typeof assign.yoloV3>['targets'];

export interface Batch {
  /** [B, SIDE, SIDE, 1] */
  images: tf.Tensor4D;
  targets: Targets;
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
  return { images, targets, unassigned: unassigned.length };
}

/** Centre and size, as fractions of the scene. */
export function boxOf({ top, left, bottom, right }: Omit<Scene['objects'][number], 'label'>) {
  const [y, x] = [(top + bottom) / 2, (left + right) / 2];
  return [y, x, bottom - top, right - left].map((pixels) => pixels / SIDE);
}
