import { floats } from '../../../support/random';
import { SHAPE, type LossExamples } from '../../../support/loss-examples';

export const diou: LossExamples = {
  symmetries: SHAPE,
  most: 2,
  examples: [
    {
      // Unit squares, 2 apart: ρ² = 3², c² = 4² + 1².
      arrays: [floats(0, 0, 1, 1), floats(3, 0, 4, 1)],
      format: 'xyxy',
      losses: [1 + 9 / 17],
      // By left, ρ² shrinks by 3 and c² by 2·4; by right, ρ² by 3; by top, c² by half of 2.
      grad: [-3 / 17 + (9 * 8) / 17 ** 2, 9 / 17 ** 2, -3 / 17, -9 / 17 ** 2],
    },
  ],
};
