/**
 * Every loss over rows, as the suites see it: one row of `LOSSES` per loss. A loss that is added
 * here is compared with its reference, differentiated, run on every instruction set and held to the
 * rules of arguments and edges that all losses share.
 */
import * as detloss from '../../lib';
import * as reference from '../../lib/reference';
import type { AnyLoss, BoxFormat } from '../../lib/types';
import { BOX_PAIRS, pairsIn, type BoxPair } from '../support/box-pairs';
import { categoryLosses, labelLosses } from '../support/category-losses';
import { LOGIT_PAIRS, LOGITS, PROBABILITIES } from '../support/class-rows';
import { EXTREME_PAIRS, extremesIn } from '../support/extreme-boxes';
import {
  EXTREME_FEATURES,
  EXTREME_LOGIT_PAIRS,
  EXTREME_LOGITS,
  EXTREME_NUMBERS,
  EXTREME_PROBABILITIES,
} from '../support/extreme-rows';
import { rawBoxes } from '../support/grids';
import { FORMATS, type Random } from '../support/random';

/** What a call is given before its options. */
export type Arrays = [pred: Float32Array, target: Float32Array | Int32Array, ...rest: unknown[]];

/** Makes the arrays of a call of so many rows. */
export type Inputs = (next: Random, rows: number, format: BoxFormat) => Arrays;

/**
 * What leaves a loss as it is: moving prediction and target together, scaling them, swapping their
 * axes.
 */
export type Symmetry = 'translation' | 'scale' | 'transposition';

export type OfPairs = (pair: () => BoxPair, rows: number, format: BoxFormat) => Arrays;

export interface Family {
  /** Numbers of the prediction in a row. */
  width: number;
  /** Numbers of the target in a row, where it has not as many. */
  targetWidth?: number;
  /** How errors name the prediction. */
  predName: string;
  /** The formats its boxes come in; a loss of plain numbers has none. */
  formats: readonly BoxFormat[];
  /** Typical rows first. */
  inputs: Record<string, Inputs>;
  /** Rows at the limits of float32, for the suites that measure accuracy. */
  extremes: Readonly<Record<string, Inputs>>;
  /** What both are rows of. */
  sample: string;
  /** Makes the arrays of a loss of boxes in one plane from pairs of them. */
  ofPairs?: OfPairs;
}

export interface LossRow extends Family {
  /** Its name in the package and in the reference. */
  name: string;
  /** Options that make it another formula, each of which is a case of its own. */
  variants?: object[];
  symmetries: readonly Symmetry[];
  /** What no row's loss exceeds, where there is such a bound. */
  most?: number;
}

/** Inputs for every way two boxes can lie. */
function inputsOf(ofPairs: OfPairs): Pick<Family, 'inputs' | 'ofPairs'> {
  const inputs = Object.entries(BOX_PAIRS).map(([name, pair]): [string, Inputs] => [
    name,
    (next, rows, format) => ofPairs(() => pair(next), rows, format),
  ]);
  return { ofPairs, inputs: Object.fromEntries(inputs) };
}

function mapExtremes(
  arraysOf: (pairs: [pred: Float32Array, target: Float32Array]) => Arrays,
): Family['extremes'] {
  const extremes = Object.entries(EXTREME_PAIRS).map(([name, pair]): [string, Inputs] => [
    name,
    (next, rows, format) => arraysOf(extremesIn(format, rows, next, pair)),
  ]);
  return Object.fromEntries(extremes);
}

const boxes: Family = {
  width: 4,
  predName: 'pred',
  formats: FORMATS,
  sample: 'pairs of boxes',
  extremes: mapExtremes((pairs) => pairs),
  ...inputsOf((pair, rows, format) => pairsIn(format, rows, pair)),
};

const anchoredBoxes: Family = {
  ...boxes,
  // An anchor is as large as the target: an offset by far smaller ones is no longer a number.
  extremes: mapExtremes(([pred, target]) => [pred, target, target.slice()]),
  ...inputsOf((pair, rows, format) => {
    const [anchors] = pairsIn(format, rows, pair);
    return [...pairsIn(format, rows, pair), anchors];
  }),
};

/** The numbers of boxes, taken one by one. */
const elements: Family = {
  width: 1,
  predName: 'pred',
  formats: [],
  sample: 'pairs of numbers',
  extremes: EXTREME_NUMBERS,
  ...inputsOf((pair, rows) => {
    const [pred, target] = pairsIn('yxhw', Math.ceil(rows / 4), pair);
    return [pred.subarray(0, rows), target.subarray(0, rows)];
  }),
};

const RAW_FORMATS = ['yxhw', 'cxcywh'] as const;

const rawFeatures: Family = {
  width: 4,
  predName: 'raw',
  formats: RAW_FORMATS,
  sample: 'raw features and boxes',
  extremes: EXTREME_FEATURES,
  inputs: {
    'in its cell': (next, rows, format) =>
      rawBoxes(next, rows, rawFormat(format), 3, (cell, cells) => {
        return (cell + 0.05 + 0.9 * next()) / cells;
      }),
    'anywhere in the image': (next, rows, format) =>
      rawBoxes(next, rows, rawFormat(format), 12, () => next()),
  },
};

function rawFormat(format: BoxFormat) {
  return format === 'yxhw' ? format : 'cxcywh';
}

/** A probability or a logit, and its target. */
const objectness: Family = {
  width: 1,
  predName: 'pred',
  formats: [],
  inputs: PROBABILITIES,
  sample: 'probabilities',
  extremes: EXTREME_PROBABILITIES,
};

/** Logits of background and object. */
const logitPairs: Family = {
  width: 2,
  targetWidth: 1,
  predName: 'logits',
  formats: [],
  inputs: LOGIT_PAIRS,
  sample: 'pairs of logits',
  extremes: EXTREME_LOGIT_PAIRS,
};

const SHAPE = ['translation', 'scale', 'transposition'] as const;

/** K of the rows of the table: no whole number of any vector's lanes. */
const CLASSES = 7;

const LOSSES: LossRow[] = [
  { name: 'regression.l1', ...elements, symmetries: ['translation'] },
  { name: 'regression.l2', ...elements, symmetries: ['translation'] },
  {
    name: 'regression.huber',
    ...elements,
    symmetries: ['translation'],
    variants: [{}, { delta: 0.3 }],
  },
  {
    name: 'regression.smoothL1',
    ...elements,
    symmetries: ['translation'],
    variants: [{}, { beta: 0.3 }, { beta: 0 }],
  },
  {
    name: 'box.fasterRcnn',
    ...anchoredBoxes,
    symmetries: SHAPE,
    variants: [{}, { delta: 0.3 }],
  },
  { name: 'box.yoloV1', ...boxes, symmetries: ['translation', 'transposition'] },
  { name: 'box.yoloV3', ...rawFeatures, symmetries: [] },
  { name: 'box.iou', ...boxes, symmetries: SHAPE, most: 1 },
  { name: 'box.giou', ...boxes, symmetries: SHAPE, most: 2 },
  { name: 'box.diou', ...boxes, symmetries: SHAPE, most: 2 },
  {
    name: 'box.ciou',
    ...boxes,
    symmetries: SHAPE,
    variants: [{}, { alpha: 'full' }],
    most: 2.5,
  },
  { name: 'objectness.fasterRcnn', ...logitPairs, symmetries: [] },
  {
    name: 'objectness.yoloV1',
    ...objectness,
    variants: [{}, { noObject: 0.3 }],
    symmetries: [],
  },
  {
    name: 'objectness.yoloV3',
    ...objectness,
    variants: [{ reduction: 'mean' }],
    symmetries: [],
  },
  {
    name: 'objectness.yoloV3',
    ...objectness,
    inputs: LOGITS,
    sample: 'logits',
    extremes: EXTREME_LOGITS,
    variants: [{ reduction: 'mean', input: 'logit' }],
    symmetries: [],
  },
  ...categoryLosses(CLASSES, [0.1]),
];

type AnyFunction = (...args: unknown[]) => unknown;

/** A loss with the options that decide its formula. */
export interface LossCase extends Omit<LossRow, 'variants'> {
  /** The name with those options. */
  title: string;
  /** Those options, which `native` and `reference` have already. */
  options: object;
  /** The function itself, to be called with anything. */
  call: AnyFunction;
  native(arrays: Arrays, options?: object): AnyLoss;
  reference(arrays: Arrays, options?: object): reference.AnyLoss;
}

function find(library: object, name: string): AnyFunction {
  const [family, member] = name.split('.');
  return (library as Record<string, Record<string, AnyFunction>>)[family][member];
}

function casesOf({ variants = [{}], ...row }: LossRow): LossCase[] {
  const native = find(detloss, row.name);
  const double = find(reference, row.name);
  return variants.map((variant) => {
    const words = Object.entries(variant).map(([name, value]) => `${name} ${value}`);
    return {
      ...row,
      title: [row.name, ...words].join(', '),
      options: variant,
      call: native,
      native: (arrays, options) => native(...arrays, { ...variant, ...options }) as AnyLoss,
      reference: (arrays, options) =>
        double(...arrays, { ...variant, ...options }) as reference.AnyLoss,
    };
  });
}

/** Every loss in every variant. */
export const CASES: LossCase[] = LOSSES.flatMap(casesOf);

/** The losses of other numbers of classes, for the suite that measures accuracy. */
export const CLASS_CASES: LossCase[] = [1, 2, 3, 20, 80]
  .flatMap((classes) => {
    const smoothings = classes > 3 ? [0.1] : [1e-6, 1e-3, 0.05, 0.1, 0.5, 1];
    return [...categoryLosses(classes, smoothings), ...labelLosses(classes, smoothings)];
  })
  .flatMap(casesOf);

/** The cases of one family, such as `'box'`. */
export function casesIn(family: string): LossCase[] {
  return CASES.filter(({ name }) => name.startsWith(`${family}.`));
}

/** The losses of two boxes' overlap. */
export const OVERLAP_CASES = CASES.filter(({ name }) => name.endsWith('iou'));

/** The options that select each format of a loss; of one without formats, none. */
export function formatOptions({ formats }: LossCase): { format?: BoxFormat }[] {
  return formats.length === 0 ? [{}] : formats.map((format) => ({ format }));
}

/** A function of `overlap`. */
export interface Measure {
  title: string;
  /** Whether it compares all boxes with all, rather than row with row. */
  matrix: boolean;
  native(a: Float32Array, b: Float32Array, options?: object): Float32Array;
  reference(a: Float32Array, b: Float32Array, options?: object): Float64Array;
}

/** Every function of `overlap`, in every metric. */
export const MEASURES: Measure[] = [
  ...(['iou', 'giou', 'diou', 'ciou'] as const).map((metric) => ({
    title: `overlap.iou, metric ${metric}`,
    matrix: true,
    native: (a: Float32Array, b: Float32Array, options?: object) =>
      detloss.overlap.iou(a, b, { metric, ...options }),
    reference: (a: Float32Array, b: Float32Array, options?: object) =>
      reference.overlap.iou(a, b, { metric, ...options }),
  })),
  {
    title: 'overlap.alignedIou',
    matrix: false,
    native: detloss.overlap.alignedIou,
    reference: reference.overlap.alignedIou,
  },
];
