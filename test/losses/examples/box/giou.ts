import { floats } from '../../../support/random';
import { SHAPE, type LossExamples } from '../../../support/loss-examples';

export const giou: LossExamples = {
  symmetries: SHAPE,
  most: 2,
  examples: [
    {
      // Unit squares, 2 apart: |U| = 2, |C| = 4·1.
      arrays: [floats(0, 0, 1, 1), floats(3, 0, 4, 1)],
      format: 'xyxy',
      losses: [1 + (4 - 2) / 4],
      // Of 1 − |U|/|C|: by left, both shrink by 1; by right, |U| grows by 1; by top, |U| shrinks by
      // 1 and |C| by half of 4.
      grad: [1 / 4 - 2 / 16, 0, -1 / 4, 0],
    },
  ],
};
