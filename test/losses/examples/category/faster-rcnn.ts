import { floats } from '../../../support/random';
import type { LossExamples } from '../../../support/loss-examples';

export const fasterRcnn: LossExamples = {
  symmetries: [],
  examples: [
    // softmax(ln 1, ln 2, ln 5, four times ln 2) = (1, 2, 5, 2, 2, 2, 2)/16; p − p∗.
    {
      arrays: [floats(...[1, 2, 5, 2, 2, 2, 2].map(Math.log)), Int32Array.of(1)],
      losses: [Math.log(8)],
      grad: [1 / 16, -14 / 16, 5 / 16, 1 / 8, 1 / 8, 1 / 8, 1 / 8],
    },
  ],
};
