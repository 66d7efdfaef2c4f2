import { floats } from '../../../support/random';
import type { LossExamples } from '../../../support/loss-examples';

const { log } = Math;

// softmax(0, ln 3) = (¼, ¾); the derivative is p − (1 − o∗, o∗).
const pair = [0, log(3)];

export const fasterRcnn: LossExamples = {
  symmetries: [],
  examples: [
    {
      arrays: [floats(...pair, ...pair, ...pair), floats(1, 0, 0.5)],
      losses: [log(4 / 3), log(4), (log(4 / 3) + log(4)) / 2],
      grad: [1 / 4, -1 / 4, -3 / 4, 3 / 4, -1 / 4, 1 / 4],
    },
  ],
};
