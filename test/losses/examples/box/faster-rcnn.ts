import type { Arrays } from '../../table';
import { floats } from '../../../support/random';
import { SHAPE, type LossExamples } from '../../../support/loss-examples';

// An anchor 4 high and 2 wide: (y∗ − y)/hᵃ = ¼, (x∗ − x)/wᵃ = 3/2, ln h∗/h = ½, ln w∗/w = 0.
const arrays: Arrays = [floats(0, 0, 1, 2), floats(1, 3, Math.exp(0.5), 2), floats(9, 9, 4, 2)];

export const fasterRcnn: LossExamples = {
  symmetries: SHAPE,
  examples: [
    {
      arrays,
      // ½·1/16, 3/2 − ½, ½·¼
      losses: [1 / 32 + 1 + 1 / 8],
      // −¼/hᵃ, −1/wᵃ, −½/h
      grad: [-1 / 16, -1 / 2, -1 / 2, 0],
    },
    {
      options: { delta: 0.3 },
      arrays,
      // ½·1/16, 0.3·(3/2 − 0.15), 0.3·(½ − 0.15)
      losses: [1 / 32 + 0.405 + 0.105],
      grad: [-1 / 16, -0.3 / 2, -0.3, 0],
    },
  ],
};
