import { floats } from '../../../support/random';
import type { LossExamples } from '../../../support/loss-examples';

export const yoloV3: LossExamples = {
  symmetries: [],
  examples: [
    {
      // Two cells one above the other. In the first all is as it should be; in the second
      // y∗H − 1 = ¾, of which ŷ∗ = ln 3; x∗W − 0 = ½: 0; ln h∗/hᵃ = 0; ln w∗/wᵃ = 1.
      arrays: [
        floats(0, 0, 0, 0, 0, 1, 2, 0),
        floats(0.25, 0.5, 0.5, 0.25, 0.875, 0.5, 0.5, Math.E / 4),
        { height: 2, width: 1, anchors: floats(0.5, 0.25) },
      ],
      losses: [0, Math.log(3) ** 2 + 1 + 4 + 1],
      grad: [0, 0, 0, 0, -2 * Math.log(3), 2, 4, -2],
    },
  ],
};
