import { floats } from '../../../support/random';
import type { LossExamples } from '../../../support/loss-examples';

const { log } = Math;

export const yoloV3: LossExamples = {
  symmetries: [],
  examples: [
    // −ln ¼, −ln(1 − ½), both halved; (p − t)/(p(1 − p)) = −¾/(3/16), ½/¼, (¼ − ½)/(3/16)
    {
      arrays: [floats(0.25, 0.5, 0.25), floats(1, 0, 0.5)],
      losses: [log(4), log(2), (log(4) + log(4 / 3)) / 2],
      grad: [-4, 2, -4 / 3],
    },
    // The logits of the same probabilities; p − t.
    {
      options: { input: 'logit' },
      arrays: [floats(-log(3), 0, -log(3)), floats(1, 0, 0.5)],
      losses: [log(4), log(2), (log(4) + log(4 / 3)) / 2],
      grad: [-3 / 4, 1 / 2, -1 / 4],
    },
  ],
};
