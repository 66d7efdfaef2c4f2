import { floats } from '../../../support/random';
import { SHAPE, type LossExamples } from '../../../support/loss-examples';

export const iou: LossExamples = {
  symmetries: SHAPE,
  most: 1,
  examples: [
    {
      // Left, top, right, bottom: a square of side 2 and one to its right, half of each in the other.
      // |I| = 1·2, |U| = 4 + 4 − 2 = 6. By right, |I| grows by 2 and |U| by 0; by left, |U| shrinks
      // by 2: IoU changes by 2/6 and 2·2/36. The tops and bottoms coincide, so that the overlap has
      // half the derivative: by top, |I| shrinks by ½ and |U| by 2 − ½: −½/6 + 2·1.5/36 = 0.
      arrays: [floats(0, 0, 2, 2), floats(1, 0, 3, 2)],
      format: 'xyxy',
      losses: [1 - 2 / 6],
      grad: [-1 / 9, 0, -1 / 3, 0],
    },
  ],
};
