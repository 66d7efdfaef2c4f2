/** Random calls of the losses of Faster R-CNN and YOLO v1. */
import type { yoloV1 } from '../../lib';
import type { BoxFormat } from '../../lib/types';
import { randomBoxes, uniform, type Random } from './random';

type Shape = Pick<yoloV1.YoloV1LossOptions, 'batch' | 'grid' | 'boxes' | 'classes'>;

/** Anchors of which some are objects, some in the sample. */
export function proposals(next: Random, rows: number, format: BoxFormat = 'yxhw') {
  const assignment = {
    objectness: Float32Array.from({ length: rows }, (_, i) => Number(i % 3 === 0)),
    weight: Float32Array.from({ length: rows }, (_, i) => Number(i % 5 !== 4)),
    box: randomBoxes(next, rows, format),
  };
  return {
    logits: uniform(next, 2 * rows, -4, 4),
    deltas: uniform(next, 4 * rows, -1, 1),
    anchors: randomBoxes(next, rows, format),
    assignment,
    format,
  };
}

/** Rows of which some are background; K is 3 unless told. */
export function detections(next: Random, rows: number, isShared: boolean, classes = 3) {
  return {
    logits: uniform(next, rows * (classes + 1), -4, 4),
    deltas: uniform(next, 4 * rows * (isShared ? 1 : classes + 1), -2, 2),
    labels: Int32Array.from({ length: rows }, (_, i) => i % (classes + 1)),
    targets: uniform(next, 4 * rows, -2, 2),
  };
}

/** Any cell may hold an object; a few predicted sizes are negative. */
export function scene(next: Random, shape: Shape) {
  const cells = shape.batch * shape.grid ** 2;
  const channels = 5 * shape.boxes + shape.classes;
  const target = {
    box: uniform(next, 4 * cells, 0.05, 0.95),
    objectness: Float32Array.from({ length: cells }, (_, i) => Number(i % 3 === 0)),
    labels: Int32Array.from({ length: cells }, () => Math.floor(next() * shape.classes)),
  };
  const predictions = uniform(next, cells * channels, -0.05, 1);
  // As a network that has learnt a little: some boxes lie about their cell's object.
  for (let cell = 0; cell < cells; cell += 2) {
    for (let k = 0; k < 4; k++) {
      predictions[cell * channels + k] = target.box[4 * cell + k] + 0.1 * (next() - 0.5);
    }
  }
  return { ...shape, predictions, target };
}
