/** The rows of `LOSSES` of any number of classes. */
import type { Inputs, LossRow } from '../losses/table';
import { labelsOf, LOGITS, perClass, PROBABILITIES, softmaxInputs } from './class-rows';
import { EXTREME_LOGITS, EXTREME_PROBABILITIES, extremeSoftmax } from './extreme-rows';

type Kinds = Readonly<Record<string, Inputs>>;

/** What there is to a loss but its name. */
type Rows = Omit<LossRow, 'name' | 'variants'>;

function rowsOf(classes: number, inputs: Kinds, extremes: Kinds, sample: string): Rows {
  return {
    width: classes,
    predName: 'pred',
    formats: [],
    symmetries: [],
    inputs,
    extremes,
    sample,
  };
}

/** The same predictions, with labels for targets. */
function withLabels({ inputs, extremes, ...rows }: Rows): Rows {
  const change = (kinds: Kinds): Kinds =>
    Object.fromEntries(
      Object.entries(kinds).map(([kind, make]): [string, Inputs] => [
        kind,
        (next, count, format) => {
          const [pred] = make(next, count, format);
          return [pred, labelsOf(next, count, rows.width)];
        },
      ]),
    );
  return { ...rows, inputs: change(inputs), extremes: change(extremes) };
}

const probabilitiesOf = (classes: number) =>
  rowsOf(
    classes,
    perClass(PROBABILITIES, classes),
    perClass(EXTREME_PROBABILITIES, classes),
    'probabilities of classes',
  );

const logitsOf = (classes: number) =>
  rowsOf(
    classes,
    perClass(LOGITS, classes),
    perClass(EXTREME_LOGITS, classes),
    'logits of classes',
  );

/** The losses of multi-hot targets, with each of `smoothings` of logits. */
function ofTargets(
  classes: number,
  smoothings: readonly number[],
  change: (rows: Rows) => Rows,
): LossRow[] {
  const [probabilities, logits] = [probabilitiesOf(classes), logitsOf(classes)].map(change);
  const variant = { classes, input: 'logit' };
  const smoothed = (labelSmoothing: number) => ({
    name: 'category.yoloV3',
    ...logits,
    // Of a target that is ½ whatever it was, σ(z) − t is no more than rounding where z is tiny.
    ...(labelSmoothing === 1 && { extremes: {} }),
    variants: [{ ...variant, labelSmoothing }],
  });
  return [
    {
      name: 'category.yoloV1',
      ...probabilities,
      predName: 'prob',
      variants: [{ classes }],
    },
    { name: 'category.yoloV3', ...probabilities, variants: [{ classes }] },
    { name: 'category.yoloV3', ...logits, variants: [variant] },
    ...smoothings.map(smoothed),
  ];
}

/** The losses of `classes` classes. */
export function categoryLosses(classes: number, smoothings: readonly number[]): LossRow[] {
  const softmax = rowsOf(
    classes,
    softmaxInputs(classes),
    extremeSoftmax(classes),
    'logits and labels',
  );
  return [
    { name: 'category.fasterRcnn', ...softmax, predName: 'logits' },
    ...ofTargets(classes, smoothings, (rows) => rows),
  ];
}

/** Those that take labels as well, given labels. */
export function labelLosses(classes: number, smoothings: readonly number[]): LossRow[] {
  return ofTargets(classes, smoothings, withLabels);
}
