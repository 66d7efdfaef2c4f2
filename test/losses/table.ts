/**
 * Every loss over rows, as the suites see it. Its card says what it takes, its file in examples/ what
 * only a person knows of it. By these it is compared with its reference, differentiated, run on every
 * instruction set and held to the rules of arguments and edges that all losses share.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import * as detloss from '../../lib';
import type { Card } from '../../lib/catalogue/card';
import * as reference from '../../lib/reference';
import type { AnyLoss, BoxFormat } from '../../lib/types';
import { CARDS } from '../support/cards';
import type { Example, LossExamples } from '../support/loss-examples';
import {
  ownOptions,
  rowInputsOf,
  takesLogits,
  withLabels,
  type RowInputs,
} from '../support/row-shapes';
import type { Random } from '../support/random';

/** What a call is given before its options. */
export type Arrays = [pred: Float32Array, target: Float32Array | Int32Array, ...rest: unknown[]];

/** Makes the arrays of a call of so many rows. */
export type Inputs = (next: Random, rows: number, format: BoxFormat) => Arrays;

type AnyFunction = (...args: unknown[]) => unknown;

/** A loss with the options that decide its formula. */
export interface LossCase extends RowInputs, Omit<LossExamples, 'examples' | 'measured'> {
  /** Its name in the package and in the reference. */
  name: string;
  card: Card;
  /** The name with those options. */
  title: string;
  /** Those options, which `native` and `reference` have already. */
  options: object;
  /** The call with them that was worked by hand; of other numbers of classes there is none. */
  example?: Example;
  /** Numbers of the prediction in a row. */
  width: number;
  /** Numbers of the target in a row, where it has not as many. */
  targetWidth?: number;
  /** How errors name the prediction. */
  predName: string;
  /** Whether its predictions are logits. */
  ofLogits: boolean;
  /** The formats its boxes come in; a loss of plain numbers has none. */
  formats: readonly BoxFormat[];
  /** The function itself, to be called with anything. */
  call: AnyFunction;
  native(arrays: Arrays, options?: object): AnyLoss;
  reference(arrays: Arrays, options?: object): reference.AnyLoss;
}

function find(library: object, name: string): AnyFunction {
  const [family, member] = name.split('.');
  return (library as Record<string, Record<string, AnyFunction>>)[family][member];
}

const load = createRequire(__filename);

export const EXAMPLES = path.join(__dirname, 'examples');

/** The file of a loss in examples/: `regression/smooth-l1` for `regression.smoothL1`. */
export function exampleFileOf(name: string): string {
  return name.replace('.', '/').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function examplesOf({ name }: Card): LossExamples {
  const [, member] = name.split('.');
  return (load(path.join(EXAMPLES, exampleFileOf(name))) as Record<string, LossExamples>)[member];
}

/** A loss with some options, of so many classes if it is of classes. */
function caseOf(card: Card, own: object, classes: number): LossCase {
  const { name, rows } = card;
  const { symmetries, most, ofAngles } = examplesOf(card);
  const [pred, target] = Object.entries(rows.arguments);
  const options = { ...ownOptions(card, classes), ...own };
  const words = Object.entries(options).map(([option, value]) => `${option} ${value}`);
  const native = find(detloss, name);
  const double = find(reference, name);
  return {
    ...rowInputsOf(card, own, classes),
    symmetries,
    most,
    ofAngles,
    name,
    card,
    title: [name, ...words].join(', '),
    options,
    width: rows.width === 'classes' ? classes : rows.width,
    ...(target[1] === 'one per row' && { targetWidth: 1 }),
    predName: pred[0],
    ofLogits: takesLogits(card, own),
    formats: rows.formats,
    call: native,
    native: (arrays, more) => native(...arrays, { ...options, ...more }) as AnyLoss,
    reference: (arrays, more) => double(...arrays, { ...options, ...more }) as reference.AnyLoss,
  };
}

/** The cards of the losses that are no other names of others. */
export const LOSSES = CARDS.filter(({ sameAs }) => sameAs === undefined);

/** K of the rows of the table: no whole number of any vector's lanes. */
const CLASSES = 7;

/** Every loss, in every variant that has an example. */
export const CASES: LossCase[] = LOSSES.flatMap((card) =>
  examplesOf(card).examples.map((example) => ({
    ...caseOf(card, example.options ?? {}, CLASSES),
    example,
  })),
);

/** The losses of other numbers of classes, for the suite that measures accuracy. */
export const CLASS_CASES: LossCase[] = [1, 2, 3, 20, 80].flatMap((classes) =>
  LOSSES.filter(({ rows }) => rows.width === 'classes').flatMap((card) => {
    const { examples, measured = [] } = examplesOf(card);
    const shown = examples.map(({ options = {} }) => caseOf(card, options, classes));
    const more = classes > 3 ? [] : measured;
    const cases = [
      ...shown,
      ...more.map(({ options, usualOnly }) => ({
        ...caseOf(card, options, classes),
        ...(usualOnly && { extremes: {} }),
      })),
    ];
    const takesLabels = Object.values(card.rows.arguments).includes('labels or like prediction');
    if (!takesLabels) return cases;
    return [...cases, ...cases.map((loss) => ({ ...loss, ...withLabels(loss, classes) }))];
  }),
);

/** The cases of one family, such as `'box'`. */
export function casesIn(family: string): LossCase[] {
  return CASES.filter(({ name }) => name.startsWith(`${family}.`));
}

/** The losses of two boxes' overlap. */
export const OVERLAP_CASES = CASES.filter(({ card }) => isOverlap(card));

export function isOverlap({ formula }: Card): boolean {
  return formula.startsWith('OverlapLoss<');
}

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
