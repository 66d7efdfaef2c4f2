import { floats } from '../../../support/random';
import type { LossExamples } from '../../../support/loss-examples';

export const l1: LossExamples = {
  symmetries: ['translation'],
  examples: [
    // d = target − prediction = 2, 0, −½
    { arrays: [floats(1, 4, 2), floats(3, 4, 1.5)], losses: [2, 0, 0.5], grad: [-1, 0, 1] },
  ],
};
