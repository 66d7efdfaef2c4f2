import type { Arrays } from '../../table';
import { floats } from '../../../support/random';
import type { LossExamples } from '../../../support/loss-examples';

const arrays: Arrays = [floats(0.5, 0.5, 0.25), floats(1, 0, 0.5)];

export const yoloV1: LossExamples = {
  symmetries: [],
  examples: [
    // (1 − ½)², ½·(0 − ½)², (½ − ¼)²; −2d, the second halved
    { arrays, losses: [1 / 4, 1 / 8, 1 / 16], grad: [-1, 1 / 2, -1 / 2] },
    {
      options: { noObject: 0.3 },
      arrays,
      losses: [1 / 4, 0.3 / 4, 1 / 16],
      grad: [-1, 0.3, -1 / 2],
    },
  ],
};
