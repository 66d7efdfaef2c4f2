/** The losses of classes with any number of them, by labels and by multi-hot targets. */
import { category } from '../../lib';
import * as reference from '../../lib/reference';
import type { AnyLoss, LossOptions } from '../../lib/types';
import { labelsOf, presence } from './class-rows';
import { uniform, type Random } from './random';

type Input = 'probability' | 'logit';

interface Variant {
  name: keyof typeof category;
  by: 'labels' | 'multi-hot';
  input: Input;
  options?: { input?: Input; labelSmoothing?: number };
}

const VARIANTS: Variant[] = [
  { name: 'fasterRcnn', by: 'labels', input: 'logit' },
  { name: 'yoloV1', by: 'labels', input: 'probability' },
  { name: 'yoloV1', by: 'multi-hot', input: 'probability' },
  { name: 'yoloV3', by: 'labels', input: 'probability' },
  { name: 'yoloV3', by: 'multi-hot', input: 'probability', options: { labelSmoothing: 0.1 } },
  { name: 'yoloV3', by: 'labels', input: 'logit', options: { input: 'logit', labelSmoothing: 1 } },
  { name: 'yoloV3', by: 'labels', input: 'logit', options: { input: 'logit' } },
  {
    name: 'yoloV3',
    by: 'multi-hot',
    input: 'logit',
    options: { input: 'logit', labelSmoothing: 0.1 },
  },
];

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

type Call = (pred: Float32Array, target: Int32Array | Float32Array, options: object) => never;

export const CATEGORY_CALLS: CategoryCall[] = VARIANTS.map(({ name, by, input, options = {} }) => {
  const words = Object.entries(options).map(([option, value]) => `${option} ${value}`);
  // Labels tell the number of rows to the loss that takes nothing else.
  const all = (classes: number) => (name === 'fasterRcnn' ? {} : { ...options, classes });
  return {
    title: [`category.${name}`, by, ...words].join(', '),
    arrays: (next, rows, classes) => ({
      pred:
        input === 'logit'
          ? uniform(next, rows * classes, -6, 6)
          : uniform(next, rows * classes, 0.01, 0.99),
      target: by === 'labels' ? labelsOf(next, rows, classes) : presence(next, rows * classes),
    }),
    native: ({ pred, target }, classes, more) =>
      (category[name] as unknown as Call)(pred, target, { ...all(classes), ...more }),
    reference: ({ pred, target }, classes, more) =>
      (reference.category[name] as unknown as Call)(pred, target, { ...all(classes), ...more }),
  };
});
