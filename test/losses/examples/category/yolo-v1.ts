import { floats } from '../../../support/random';
import type { LossExamples } from '../../../support/loss-examples';

export const yoloV1: LossExamples = {
  symmetries: [],
  examples: [
    {
      // What is 0 on either side adds nothing to a squared error.
      arrays: [
        floats(0.5, 0.25, 0.25, 0, 0, 0, 0, 1, 0.5, 0, 0, 0, 0, 0),
        floats(0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0),
      ],
      // ¼ + 1/16 + 9/16; ¼
      losses: [7 / 8, 1 / 4],
      grad: [1, 1 / 2, -3 / 2, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0],
    },
  ],
};
