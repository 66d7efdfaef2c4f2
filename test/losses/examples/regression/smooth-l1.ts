import type { Arrays } from '../../table';
import { floats } from '../../../support/random';
import type { LossExamples } from '../../../support/loss-examples';

// d = target − prediction = 2, 0, −½
const arrays: Arrays = [floats(1, 4, 2), floats(3, 4, 1.5)];

export const smoothL1: LossExamples = {
  symmetries: ['translation'],
  examples: [
    // as Huber's with δ = 1
    { arrays, losses: [1.5, 0, 0.125], grad: [-1, 0, 0.5] },
    // 2 − 0.15, 0, ½ − 0.15; −d/0.3 clamped to ±1
    { options: { beta: 0.3 }, arrays, losses: [1.85, 0, 0.35], grad: [-1, 0, 1] },
    // as l1
    { options: { beta: 0 }, arrays, losses: [2, 0, 0.5], grad: [-1, 0, 1] },
  ],
};
