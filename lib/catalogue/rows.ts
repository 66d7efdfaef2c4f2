/**
 * The shapes of rows, each declared once: what a loss takes before its options, how many numbers of
 * each array a row has, and what they mean. Length checks, the words of errors, the forms of tensors,
 * the test table's inputs and the C++ pass over the rows all follow from a loss's shape.
 */
import type { BoxFormat } from '../types';
import { CENTRE_FORMATS, FORMATS } from '../formats';

/** What an argument is. */
export type Role =
  | 'prediction'
  /** Numbers of the prediction's shape. */
  | 'like prediction'
  | 'one per row'
  | 'labels'
  | 'labels or like prediction'
  | 'grid';

/** The names that native/ has for the shapes. */
export type NativeShape =
  | 'Elements'
  | 'SidedElements'
  | 'LogitPairs'
  | 'Boxes'
  | 'AnchoredBoxes'
  | 'Cells'
  | 'Classes'
  | 'Softmax';

export type ReductionName = 'mean' | 'sum' | 'none' | 'balanced';

export interface RowShape {
  readonly native: NativeShape;
  /** Numbers of the prediction in a row. */
  readonly width: number | 'classes';
  /** The arguments before the options, by their names; the first is the prediction. */
  readonly arguments: Readonly<Record<string, Role>>;
  /** The formats of the boxes among them; of plain numbers none. */
  readonly formats: readonly BoxFormat[];
  /** Whether targets that are no labels are from 0 to 1. */
  readonly fractions: boolean;
  readonly reductions: readonly ReductionName[];
  readonly defaultReduction: ReductionName;
  /** How the terms of a row's classes become its loss. */
  readonly over?: 'sum' | 'mean';
}

const REDUCTIONS = ['mean', 'sum', 'none'] as const;

/** What most shapes have in common. */
function shape(
  native: NativeShape,
  width: RowShape['width'],
  args: RowShape['arguments'],
  particulars: Partial<RowShape> = {},
): RowShape {
  return {
    native,
    width,
    arguments: args,
    formats: [],
    fractions: false,
    reductions: REDUCTIONS,
    defaultReduction: 'mean',
    ...particulars,
  };
}

const PAIR = { pred: 'prediction', target: 'like prediction' } as const;

/** A number and its target. */
export const elements = () => shape('Elements', 1, PAIR);

/**
 * A number and its target, a fraction that says whether there is an object. With a `defaultReduction`
 * they have the reduction `'balanced'`, too, which weighs the rows with an object and the others
 * apart.
 */
export const sidedElements = (defaultReduction?: 'mean' | 'balanced') =>
  shape('SidedElements', 1, PAIR, {
    fractions: true,
    ...(defaultReduction && { reductions: [...REDUCTIONS, 'balanced'], defaultReduction }),
  });

/** The logits of background and object, and a fraction that says whether there is an object. */
export const logitPairs = () =>
  shape('LogitPairs', 2, { logits: 'prediction', target: 'one per row' }, { fractions: true });

/** A box and its target. */
export const boxes = () => shape('Boxes', 4, PAIR, { formats: FORMATS });

/** The same, and the box that both are seen from. */
export const anchoredBoxes = () =>
  shape('AnchoredBoxes', 4, { ...PAIR, anchors: 'like prediction' }, { formats: FORMATS });

/** The raw features of the anchors of a grid's cells, and the boxes they should stand for. */
export const cells = () =>
  shape(
    'Cells',
    4,
    { raw: 'prediction', target: 'like prediction', grid: 'grid' },
    { formats: CENTRE_FORMATS },
  );

/**
 * A number for each class, and a label or a fraction for each class. A row's loss is the sum of its
 * classes' terms, or their mean.
 */
export const classes = (prediction: string, over: 'sum' | 'mean') =>
  shape(
    'Classes',
    'classes',
    { [prediction]: 'prediction', target: 'labels or like prediction' },
    { fractions: true, over },
  );

/** A logit for each class, and a label. */
export const softmax = () =>
  shape('Softmax', 'classes', { logits: 'prediction', labels: 'labels' });
