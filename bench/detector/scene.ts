/**
 * A batch for the whole loss of YOLO v3: what the network answers to 416 × 416 images with 80
 * classes, and what it should.
 */
import { assign, type Grid } from 'detloss';
import type { Random } from '../../test/support/random';

export interface Scale extends Grid {
  /** [B, H, W, A, 5 + K]: raw box (y, x, h, w), objectness, classes. */
  features: Float32Array;
  target: assign.CellTarget;
}

export interface Scene {
  batch: number;
  classes: number;
  scales: Scale[];
}

const BATCH = 16;
const CLASSES = 80;
const OBJECTS = 120;

/** The anchors of YOLO v3, height and width in pixels of 416, by the side of their grid. */
const ANCHORS: readonly [side: number, anchors: number[]][] = [
  [13, [90, 116, 198, 156, 326, 373]],
  [26, [61, 30, 45, 62, 119, 59]],
  [52, [13, 10, 30, 16, 23, 33]],
];

/** Uniform in [−1, 1). */
function signed(next: Random): number {
  return 2 * next() - 1;
}

/** Boxes from a tenth to the whole of an anchor's range of sizes, anywhere in any image. */
function instances(next: Random) {
  const boxes = new Float32Array(4 * OBJECTS);
  for (let i = 0; i < boxes.length; i += 4) {
    const size = 0.03 * 25 ** next();
    const aspect = Math.exp(0.5 * signed(next));
    boxes.set([next(), next(), Math.min(size * aspect, 1), Math.min(size / aspect, 1)], i);
  }
  const labels = Int32Array.from({ length: OBJECTS }, () => Math.floor(CLASSES * next()));
  const images = Int32Array.from({ length: OBJECTS }, (_, i) => i % BATCH);
  return { boxes, labels, images };
}

/** Random features, of which those of objects decode to boxes around their targets. */
function featuresOf(
  { height, width, anchors }: Grid,
  { box, objectness }: assign.CellTarget,
  next: Random,
) {
  const channels = 5 + CLASSES;
  const features = new Float32Array(objectness.length * channels);
  for (let i = 0; i < features.length; i++) features[i] = -2 + 3 * (signed(next) + signed(next));
  for (let row = 0; row < objectness.length; row++) {
    if (objectness[row] === 0) continue;
    const anchor = 2 * (row % (anchors.length / 2));
    const [y, x, h, w] = box.subarray(4 * row, 4 * row + 4);
    const logit = (p: number) => Math.log((p + 0.05) / (1.05 - p));
    features.set(
      [
        logit((y * height) % 1) + signed(next),
        logit((x * width) % 1) + signed(next),
        Math.log(h / anchors[anchor]) + 0.5 * signed(next),
        Math.log(w / anchors[anchor + 1]) + 0.5 * signed(next),
      ],
      row * channels,
    );
  }
  return features;
}

export function scene(next: Random): Scene {
  const grids = ANCHORS.map(([side, pixels]) => ({
    height: side,
    width: side,
    anchors: Float32Array.from(pixels, (size) => size / 416),
  }));
  const { targets } = assign.yoloV3(instances(next), { batch: BATCH, scales: grids });
  const scales = grids.map((grid, s) => ({
    ...grid,
    features: featuresOf(grid, targets[s], next),
    target: targets[s],
  }));
  return { batch: BATCH, classes: CLASSES, scales };
}
