/**
 * Anchors from the training boxes by k-means, as in YOLO v2: the distance of two sizes is 1 − IoU.
 */
import { overlap, type Grid } from 'detloss';
import { SIDE, STRIDES } from './network';
import type { Scene } from './scenes';

/** Anchors of a cell. */
export const ANCHORS = 3;

/** The grids of the network's outputs with their anchors: the largest on the coarsest grid. */
export async function gridsFor(scenes: readonly Scene[], seed: number): Promise<Grid[]> {
  // An ES module, which `require` of older Nodes does not load.
  const { kmeans } = await import('ml-kmeans');
  const sizes = scenes.flatMap(({ objects }) =>
    objects.map(({ top, left, bottom, right }) => [(bottom - top) / SIDE, (right - left) / SIDE]),
  );
  const { centroids } = kmeans(sizes, ANCHORS * STRIDES.length, { seed, distanceFunction });
  const sorted = centroids.sort((a, b) => b[0] * b[1] - a[0] * a[1]);
  return STRIDES.map((stride, s) => ({
    height: SIDE / stride,
    width: SIDE / stride,
    anchors: Float32Array.from(sorted.slice(s * ANCHORS, (s + 1) * ANCHORS).flat()),
  }));
}

function distanceFunction([h, w]: number[], [otherH, otherW]: number[]): number {
  const [one, other] = [Float32Array.of(0, 0, h, w), Float32Array.of(0, 0, otherH, otherW)];
  return 1 - overlap.alignedIou(one, other)[0];
}
