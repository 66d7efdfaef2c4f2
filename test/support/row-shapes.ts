/**
 * What the suites give the losses of each shape of rows: inputs from the usual to the extreme. A loss of
 * a shape that is here needs none of its own.
 */
import type { Card } from '../../lib/catalogue/card';
import type { NativeShape } from '../../lib/catalogue/rows';
import type { BoxFormat } from '../../lib/types';
import type { Arrays, Inputs } from '../losses/table';
import { BOX_PAIRS, pairsIn, type BoxPair } from './box-pairs';
import {
  labelsOf,
  LOGIT_PAIRS,
  LOGITS,
  perClass,
  PROBABILITIES,
  softmaxInputs,
} from './class-rows';
import { EXTREME_PAIRS, extremesIn } from './extreme-boxes';
import {
  EXTREME_FEATURES,
  EXTREME_LOGIT_PAIRS,
  EXTREME_LOGITS,
  EXTREME_NUMBERS,
  EXTREME_PROBABILITIES,
  extremeSoftmax,
} from './extreme-rows';
import { rawBoxes } from './grids';

type Kinds = Readonly<Record<string, Inputs>>;

export type OfPairs = (pair: () => BoxPair, rows: number, format: BoxFormat) => Arrays;

/** The rows of a shape. */
export interface RowInputs {
  /** Typical rows first. */
  inputs: Kinds;
  /** Rows at the limits of float32, for the suites that measure accuracy. */
  extremes: Kinds;
  /** What both are rows of. */
  sample: string;
  /** Makes the arrays of a loss of boxes in one plane from pairs of them. */
  ofPairs?: OfPairs;
}

/** What else decides which rows a loss takes. */
interface Taken {
  /** Whether its predictions are logits rather than probabilities. */
  logits: boolean;
  /** Of a loss of classes, their number. */
  classes: number;
}

function mapKinds(kinds: Kinds, change: (make: Inputs) => Inputs): Kinds {
  return Object.fromEntries(Object.entries(kinds).map(([kind, make]) => [kind, change(make)]));
}

/** Inputs for every way two boxes can lie. */
function inputsOf(ofPairs: OfPairs): Pick<RowInputs, 'inputs' | 'ofPairs'> {
  const inputs = Object.entries(BOX_PAIRS).map(([name, pair]): [string, Inputs] => [
    name,
    (next, rows, format) => ofPairs(() => pair(next), rows, format),
  ]);
  return { ofPairs, inputs: Object.fromEntries(inputs) };
}

function mapExtremes(
  arraysOf: (pairs: [pred: Float32Array, target: Float32Array]) => Arrays,
): Kinds {
  const extremes = Object.entries(EXTREME_PAIRS).map(([name, pair]): [string, Inputs] => [
    name,
    (next, rows, format) => arraysOf(extremesIn(format, rows, next, pair)),
  ]);
  return Object.fromEntries(extremes);
}

const boxes = (): RowInputs => ({
  sample: 'pairs of boxes',
  extremes: mapExtremes((pairs) => pairs),
  ...inputsOf((pair, rows, format) => pairsIn(format, rows, pair)),
});

const anchoredBoxes = (): RowInputs => ({
  sample: 'pairs of boxes',
  // An anchor is as large as the target: an offset by far smaller ones is no longer a number.
  extremes: mapExtremes(([pred, target]) => [pred, target, target.slice()]),
  ...inputsOf((pair, rows, format) => {
    const [anchors] = pairsIn(format, rows, pair);
    return [...pairsIn(format, rows, pair), anchors];
  }),
});

/** The numbers of boxes, taken one by one. */
const elements = (): RowInputs => ({
  sample: 'pairs of numbers',
  extremes: EXTREME_NUMBERS,
  ...inputsOf((pair, rows) => {
    const [pred, target] = pairsIn('yxhw', Math.ceil(rows / 4), pair);
    return [pred.subarray(0, rows), target.subarray(0, rows)];
  }),
});

function rawFormat(format: BoxFormat) {
  return format === 'yxhw' ? format : 'cxcywh';
}

const cells = (): RowInputs => ({
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
});

/** A probability or a logit, and its target. */
const sidedElements = ({ logits }: Taken): RowInputs =>
  logits
    ? { sample: 'logits', inputs: LOGITS, extremes: EXTREME_LOGITS }
    : { sample: 'probabilities', inputs: PROBABILITIES, extremes: EXTREME_PROBABILITIES };

/** Logits of background and object. */
const logitPairs = (): RowInputs => ({
  sample: 'pairs of logits',
  inputs: LOGIT_PAIRS,
  extremes: EXTREME_LOGIT_PAIRS,
});

/** A probability or a logit for each class, and a target for each. */
function ofClasses({ logits, classes }: Taken): RowInputs {
  const { sample, inputs, extremes } = sidedElements({ logits, classes });
  return {
    sample: `${sample} of classes`,
    inputs: perClass(inputs, classes),
    extremes: perClass(extremes, classes),
  };
}

const softmax = ({ classes }: Taken): RowInputs => ({
  sample: 'logits and labels',
  inputs: softmaxInputs(classes),
  extremes: extremeSoftmax(classes),
});

const SHAPES: Readonly<Record<NativeShape, (taken: Taken) => RowInputs>> = {
  Elements: elements,
  SidedElements: sidedElements,
  LogitPairs: logitPairs,
  Boxes: boxes,
  AnchoredBoxes: anchoredBoxes,
  Cells: cells,
  Classes: ofClasses,
  Softmax: softmax,
};

/** Whether a loss with some options takes logits rather than probabilities. */
export function takesLogits({ rows }: Card, options: object): boolean {
  const [pred] = Object.keys(rows.arguments);
  return pred === 'logits' || ('input' in options && options.input === 'logit');
}

/** The rows of a loss with some options, of so many classes if it is of classes. */
export function rowInputsOf(card: Card, options: object, classes: number): RowInputs {
  return SHAPES[card.rows.native]({ logits: takesLogits(card, options), classes });
}

/** The same predictions of classes, with labels for targets. */
export function withLabels({ inputs, extremes, ...rest }: RowInputs, classes: number): RowInputs {
  const change = (make: Inputs): Inputs => {
    return (next, rows, format) => {
      const [pred] = make(next, rows, format);
      return [pred, labelsOf(next, rows, classes)];
    };
  };
  return { ...rest, inputs: mapKinds(inputs, change), extremes: mapKinds(extremes, change) };
}

/** The options without which a loss is not that of its rows one by one, or cannot tell them apart. */
export function ownOptions({ rows }: Card, classes: number): object {
  if (Object.values(rows.arguments).includes('labels or like prediction')) return { classes };
  return rows.defaultReduction === 'mean' ? {} : { reduction: 'mean' };
}
