import { floats } from '../../../support/random';
import type { LossExamples } from '../../../support/loss-examples';

export const yoloV1: LossExamples = {
  symmetries: ['translation', 'transposition'],
  examples: [
    {
      arrays: [floats(0, 0, 1, 9), floats(0.5, 0, 4, 1)],
      // ½² + 0 + (2 − 1)² + (1 − 3)²
      losses: [0.25 + 1 + 4],
      // −2·½, 0, −2·1/(2√1), −2·(−2)/(2√9)
      grad: [-1, 0, -1, 2 / 3],
    },
  ],
};
