/** The losses of classes with any number of them, by labels and by multi-hot targets. */
import type { AnyLoss, LossOptions } from '../../lib/types';
import type * as reference from '../../lib/reference';
import { CASES, type LossCase } from '../losses/table';
import { takes } from './cards';
import { labelsOf, presence } from './class-rows';
import { uniform, type Random } from './random';

/** The arrays of a call. */
export interface ClassArrays {
  pred: Float32Array;
  target: Int32Array | Float32Array;
}

/** A loss of classes with the options that decide its formula. */
export interface CategoryCall {
  title: string;
  arrays(next: Random, rows: number, classes: number): ClassArrays;
  native(arrays: ClassArrays, classes: number, options?: LossOptions): AnyLoss;
  reference(arrays: ClassArrays, classes: number, options?: object): reference.AnyLoss;
}

const OF_CLASSES = CASES.filter(({ card }) => card.rows.width === 'classes');

function callsOf(loss: LossCase, by: 'labels' | 'multi-hot', more: object = {}): CategoryCall {
  // Labels tell the number of rows to the loss that takes nothing else.
  const all = (classes: number) => ({ ...more, ...('classes' in loss.options && { classes }) });
  const words = Object.entries(more).map(([option, value]) => `${option} ${value}`);
  return {
    title: [loss.title, by, ...words].join(', '),
    arrays: (next, rows, classes) => ({
      pred: loss.ofLogits
        ? uniform(next, rows * classes, -6, 6)
        : uniform(next, rows * classes, 0.01, 0.99),
      target: by === 'labels' ? labelsOf(next, rows, classes) : presence(next, rows * classes),
    }),
    native: ({ pred, target }, classes, options) =>
      loss.native([pred, target], { ...all(classes), ...options }),
    reference: ({ pred, target }, classes, options) =>
      loss.reference([pred, target], { ...all(classes), ...options }),
  };
}

/** Label smoothing where the examples have none. */
const SMOOTHED = OF_CLASSES.filter(
  ({ card: { hyper = {} }, options }) =>
    'labelSmoothing' in hyper && !('labelSmoothing' in options),
);

export const CATEGORY_CALLS: CategoryCall[] = [
  ...OF_CLASSES.map((loss) => callsOf(loss, 'labels')),
  ...OF_CLASSES.filter(({ card }) => takes(card, 'labels or like prediction')).map((loss) =>
    callsOf(loss, 'multi-hot'),
  ),
  ...SMOOTHED.map((loss) => callsOf(loss, 'labels', { labelSmoothing: 1 })),
  ...SMOOTHED.map((loss) => callsOf(loss, 'multi-hot', { labelSmoothing: 0.1 })),
];
