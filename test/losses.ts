/**
 * Every loss over rows, as the suites see it: one row of `LOSSES` per loss. A loss that is added
 * here is compared with its reference, differentiated, run on every instruction set and held to the
 * rules of arguments and edges that all losses share.
 */
import * as detloss from '../lib';
import * as reference from '../lib/reference';
import type { AnyLoss, BoxFormat } from '../lib/types';
import { BOX_PAIRS, pairsIn, type BoxPair } from './support/box-pairs';
import { LOGIT_PAIRS, LOGITS, perClass, PROBABILITIES, softmaxInputs } from './support/class-rows';
import { rawBoxes } from './support/grids';
import { FORMATS, type Random } from './support/random';

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

interface Family {
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
  /** Makes the arrays of a loss of boxes in one plane from pairs of them. */
  ofPairs?: OfPairs;
}

interface LossRow extends Family {
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

const boxes: Family = {
  width: 4,
  predName: 'pred',
  formats: FORMATS,
  ...inputsOf((pair, rows, format) => pairsIn(format, rows, pair)),
};

const anchoredBoxes: Family = {
  ...boxes,
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
const objectness: Family = { width: 1, predName: 'pred', formats: [], inputs: PROBABILITIES };

/** Logits of background and object. */
const logitPairs: Family = {
  width: 2,
  targetWidth: 1,
  predName: 'logits',
  formats: [],
  inputs: LOGIT_PAIRS,
};

/** K of the rows of the table: no whole number of any vector's lanes. */
const CLASSES = 7;

/** A number for each class, and a target for each. */
const manyHot: Family = {
  width: CLASSES,
  predName: 'pred',
  formats: [],
  inputs: perClass(PROBABILITIES, CLASSES),
};

/** Logits of classes of which one is right. */
const softmax: Family = {
  width: CLASSES,
  predName: 'logits',
  formats: [],
  inputs: softmaxInputs(CLASSES),
};

const SHAPE = ['translation', 'scale', 'transposition'] as const;

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
    variants: [{ reduction: 'mean', input: 'logit' }],
    symmetries: [],
  },
  { name: 'category.fasterRcnn', ...softmax, symmetries: [] },
  {
    name: 'category.yoloV1',
    ...manyHot,
    predName: 'prob',
    variants: [{ classes: CLASSES }],
    symmetries: [],
  },
  {
    name: 'category.yoloV3',
    ...manyHot,
    variants: [{ classes: CLASSES }],
    symmetries: [],
  },
  {
    name: 'category.yoloV3',
    ...manyHot,
    inputs: perClass(LOGITS, CLASSES),
    variants: [
      { classes: CLASSES, input: 'logit' },
      { classes: CLASSES, input: 'logit', labelSmoothing: 0.1 },
    ],
    symmetries: [],
  },
];

type AnyFunction = (...args: unknown[]) => unknown;

/** A loss with the options that decide its formula. */
export interface LossCase extends Omit<LossRow, 'variants'> {
  /** The name with those options. */
  title: string;
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
      call: native,
      native: (arrays, options) => native(...arrays, { ...variant, ...options }) as AnyLoss,
      reference: (arrays, options) =>
        double(...arrays, { ...variant, ...options }) as reference.AnyLoss,
    };
  });
}

/** Every loss in every variant. */
export const CASES: LossCase[] = LOSSES.flatMap(casesOf);

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
