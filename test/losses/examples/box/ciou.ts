import type { Arrays } from '../../table';
import { floats } from '../../../support/random';
import { SHAPE, type LossExamples } from '../../../support/loss-examples';

// Centre, height and width: a box √3 high about a unit square. |I| = 1, |U| = √3,
// v = 4/π² (π/4 − π/6)² = 4/π² · π²/144 = 1/36.
const arrays: Arrays = [floats(5, 6, Math.sqrt(3), 1), floats(5, 6, 1, 1)];
const [iou, v] = [1 / Math.sqrt(3), 1 / 36];
const alpha = v / (1 - iou + v);
// IoU = 1/h by h: −1/3. By w, at ties, |I| grows by ½ and |U| by √3 − ½:
// ½/√3 − (√3 − ½)/3 = (1 − √3)/6.
const iouBy = { h: -1 / 3, w: (1 - Math.sqrt(3)) / 6 };
// arctan w/h by h and w: −w/(h² + w²) = −¼ and √3/4; v: −8/π² · π/12 times that.
const vBy = { h: 1 / (6 * Math.PI), w: -Math.sqrt(3) / (6 * Math.PI) };
// α by h and w, of α = v / (1 − IoU + v).
const alphaBy = (axis: 'h' | 'w') => ((1 - iou) * vBy[axis] + v * iouBy[axis]) / (1 - iou + v) ** 2;
const ciouBy = (axis: 'h' | 'w') => -iouBy[axis] + alpha * vBy[axis];

export const ciou: LossExamples = {
  symmetries: SHAPE,
  most: 2.5,
  ofAngles: true,
  examples: [
    {
      arrays,
      losses: [1 - iou + alpha * v],
      grad: [0, 0, ciouBy('h'), ciouBy('w')],
      heldConstant: true,
    },
    {
      options: { alpha: 'full' },
      arrays,
      losses: [1 - iou + alpha * v],
      grad: [0, 0, ciouBy('h') + v * alphaBy('h'), ciouBy('w') + v * alphaBy('w')],
    },
  ],
};
