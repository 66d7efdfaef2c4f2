import type { Arrays } from '../../table';
import { floats } from '../../../support/random';
import type { LossExamples } from '../../../support/loss-examples';

// d = target − prediction = 2, 0, −½
const arrays: Arrays = [floats(1, 4, 2), floats(3, 4, 1.5)];

export const huber: LossExamples = {
  symmetries: ['translation'],
  examples: [
    // 1·(2 − ½), 0, ½·¼; −d clamped to ±1
    { arrays, losses: [1.5, 0, 0.125], grad: [-1, 0, 0.5] },
    // 0.3·(2 − 0.15), 0, 0.3·(½ − 0.15); −d clamped to ±0.3
    { options: { delta: 0.3 }, arrays, losses: [0.555, 0, 0.105], grad: [-0.3, 0, 0.3] },
  ],
};
