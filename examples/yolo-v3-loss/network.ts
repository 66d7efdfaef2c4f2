/**
 * What stands for a network: the three output grids of YOLO v3, and random features in them.
 */
import type { Grid } from 'detloss';

/** The side of the square that every image is stretched to, in pixels. */
const INPUT = 416;

/** Anchors in the usual notation, width × height in pixels, as the library takes them. */
function anchors(...sizes: [width: number, height: number][]): Float32Array {
  // The height comes first, and both are fractions of the image.
  return Float32Array.from(sizes.flatMap(([width, height]) => [height / INPUT, width / INPUT]));
}

/** The grids and the nine anchors of YOLO v3 for COCO: the largest on the coarsest grid. */
export const GRIDS: readonly Grid[] = [
  { height: 13, width: 13, anchors: anchors([116, 90], [156, 198], [373, 326]) },
  { height: 26, width: 26, anchors: anchors([30, 61], [62, 45], [59, 119]) },
  { height: 52, width: 52, anchors: anchors([10, 13], [16, 30], [33, 23]) },
];

/** Raw features [B, H, W, A·(5+K)], from −1 to 1, such as an untrained network might give. */
export function randomFeatures(
  { height, width, anchors }: Grid,
  batch: number,
  classes: number,
  random: () => number,
): Float32Array {
  const rows = batch * height * width * (anchors.length / 2);
  return new Float32Array(rows * (5 + classes)).map(() => 2 * random() - 1);
}
