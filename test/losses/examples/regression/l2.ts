import { floats } from '../../../support/random';
import type { LossExamples } from '../../../support/loss-examples';

export const l2: LossExamples = {
  symmetries: ['translation'],
  examples: [
    // d = target − prediction = 2, 0, −½: 2², 0, ¼; −2d
    { arrays: [floats(1, 4, 2), floats(3, 4, 1.5)], losses: [4, 0, 0.25], grad: [-4, 0, 1] },
  ],
};
