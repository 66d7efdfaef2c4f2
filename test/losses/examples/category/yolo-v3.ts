import type { Arrays } from '../../table';
import { floats } from '../../../support/random';
import type { LossExamples } from '../../../support/loss-examples';

const { log } = Math;

// Targets of ¾ predicted by ¼, and of ¼ by ¼.
const prob: Arrays = [floats(...Array(7).fill(0.25)), floats(0.75, ...Array(6).fill(0.25))];
const [missed, met] = [log(4 / 3) / 4 + (3 / 4) * log(4), log(4) / 4 + (3 / 4) * log(4 / 3)];
const logits: Arrays = [floats(...Array(7).fill(-log(3))), prob[1]];
// Smoothed by 0.1, ¾ is 0.725 and ¼ is 0.275.
const cross = (t: number) => t * log(4) + (1 - t) * log(4 / 3);

const smoothed = (labelSmoothing: number) => ({ input: 'logit', labelSmoothing });

export const yoloV3: LossExamples = {
  symmetries: [],
  examples: [
    {
      arrays: prob,
      losses: [(missed + 6 * met) / 7],
      // (¼ − ¾)/(3/16)
      grad: [-8 / 3 / 7, 0, 0, 0, 0, 0, 0],
    },
    {
      options: { input: 'logit' },
      arrays: logits,
      losses: [(missed + 6 * met) / 7],
      grad: [-1 / 2 / 7, 0, 0, 0, 0, 0, 0],
    },
    {
      options: smoothed(0.1),
      arrays: logits,
      losses: [(cross(0.725) + 6 * cross(0.275)) / 7],
      grad: [-0.475 / 7, ...Array<number>(6).fill(-0.025 / 7)],
    },
  ],
  measured: [
    ...[1e-6, 1e-3, 0.05, 0.5].map((smoothing) => ({ options: smoothed(smoothing) })),
    // Of a target that is ½ whatever it was, σ(z) − t is no more than rounding where z is tiny.
    { options: smoothed(1), usualOnly: true },
  ],
};
