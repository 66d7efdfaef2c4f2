import type { OverlapMetric } from '../types';
import { overlapLoss, squaredRawError } from './box-terms';
import * as category from './category';
import { extentsIn, extentsOf } from './extent';
import { centreSize } from './formats';
import { cellOf, decode, type Grid } from './grid-codec';
import { constants, type Dual } from './number';
import * as objectness from './objectness';
import { reduceRows, rowOf } from './reduce';
import { gatherCategories, placesOf, termOf, type CategoryTarget, type Term } from './term';

/** What a scale is trained towards: row-major whatever the layout of the features. */
export interface YoloV3Target extends CategoryTarget {
  /** `[B, H, W, A, 4]`: boxes as fractions of the image; read only where there is an object. */
  box: ArrayLike<number>;
  /** `[B, H, W, A]`: more than 0 where there is an object. */
  objectness: ArrayLike<number>;
  /** `[B, H, W, A]`: rows other than 0 take no part in objectness. */
  ignore?: ArrayLike<number>;
}

/** One output scale of the network. */
export interface YoloV3Scale extends Grid {
  /** Raw features; every anchor's channels are a box, objectness and K classes. */
  features: ArrayLike<number>;
  target: YoloV3Target;
}

/** A number for each of the three terms. */
type PerTerm<Value> = Record<'box' | 'objectness' | 'category', Value>;

/** Arguments of `yoloV3.loss`. */
export interface YoloV3LossArguments {
  /** Images, B. */
  batch: number;
  /** K */
  classes: number;
  scales: readonly YoloV3Scale[];
  /** The box term: a loss of overlap of the decoded box, or `box.yoloV3`. Default `'ciou'`. */
  box?: OverlapMetric | 'l2';
  /** Features are [B, H, W, A·(5+K)] or [B, A·(5+K), H, W]. Default `'NHWC'`. */
  layout?: 'NHWC' | 'NCHW';
  /** The order of raw and target boxes. Default `'yxhw'`. */
  format?: 'yxhw' | 'cxcywh';
  /** s, by which a class's target p∗ becomes p∗(1 − s) + s/2. Default 0. */
  labelSmoothing?: number;
  /** The factor of each term in the total, for all scales or for each. Default 1. */
  weights?: Partial<PerTerm<number | ArrayLike<number>>>;
  /** Whether to return the derivative of `total` by every scale's features. */
  grad?: boolean;
}

/** The terms of one scale. */
export interface YoloV3ScaleLoss extends PerTerm<number> {
  /** Rows that have an object. */
  positives: number;
}

/** The total, the terms summed over the scales without their weights, and the terms by scale. */
export interface YoloV3Loss extends PerTerm<number> {
  total: number;
  scales: YoloV3ScaleLoss[];
  /** By scale, each in the layout of its features. */
  grads?: Float64Array[];
}

const TERMS = ['box', 'objectness', 'category'] as const;

/** The place of a channel of a row of [B, H, W, A] in the scale's features. */
function placeIn({ height, width, anchors }: Grid, { classes, layout }: YoloV3LossArguments) {
  const [anchorCount, cells, channels] = [anchors.length / 2, height * width, 5 + classes];
  if (layout !== 'NCHW') return (row: number, channel: number) => row * channels + channel;
  return (row: number, channel: number) => {
    const cell = Math.floor(row / anchorCount);
    const plane = Math.floor(cell / cells) * anchorCount + (row % anchorCount);
    return (plane * channels + channel) * cells + (cell % cells);
  };
}

/** The box term of a row: of the decoded box, or for `'l2'` of the raw features. */
function boxLoss(raw: Dual[], scale: YoloV3Scale, row: number, args: YoloV3LossArguments): Dual {
  const { box: kind = 'ciou', format } = args;
  const truth = constants(rowOf(scale.target.box, row, 4));
  const [features, cell] = [centreSize(raw, format), cellOf(scale, row)];
  if (kind === 'l2') return squaredRawError(features, centreSize(truth, format), cell);
  return overlapLoss(kind, extentsOf(decode(features, cell)), extentsIn(format, truth));
}

/** The terms of one scale, and the number of rows that have an object. */
function scaleTerms(scale: YoloV3Scale, args: YoloV3LossArguments) {
  const { batch, classes, labelSmoothing, grad } = args;
  const { features, target } = scale;
  const length = (batch * scale.height * scale.width * scale.anchors.length) / 2;
  const rows = Array.from({ length }, (_, row) => row);
  const positives = rows.filter((row) => target.objectness[row] > 0);
  const place = placeIn(scale, args);
  const places = (of: number[], first: number, count: number) =>
    placesOf(of, count, (row, k) => place(row, first + k));

  const terms: PerTerm<Term> = {
    box: termOf(features, places(positives, 0, 4), (raw) =>
      reduceRows(raw, 4, (row, i) => boxLoss(row, scale, positives[i], args), { grad }),
    ),
    objectness: termOf(features, places(rows, 4, 1), (logits) => {
      const weight = rows.map((row) => (target.ignore?.[row] ? 0 : 1));
      return objectness.yoloV3(logits, target.objectness, { input: 'logit', weight, grad });
    }),
    category: termOf(features, places(positives, 5, classes), (logits) => {
      const truths = gatherCategories('yoloV3.loss', target, positives, classes);
      return category.yoloV3(logits, truths, { input: 'logit', labelSmoothing, classes, grad });
    }),
  };
  return { terms, positives: positives.length };
}

/**
 * Loss of YOLO v3 (Redmon & Farhadi, 2018, arXiv 1804.02767) from the raw features of all scales.
 *
 *     total = Σ over scales and terms of weights[term] · term
 *     box = mean over rows with an object of the loss of overlap of the decoded box, or of
 *           `box.yoloV3`
 *     objectness = `objectness.yoloV3` of logits, balanced
 *     category = mean over rows with an object of `category.yoloV3` of logits
 *
 * Rows with objectness above 0 have an object, and each counts once in box and category whatever
 * that number is. An ignored row takes no part in objectness alone. A mean over no rows is 0, and
 * CIoU's α is constant in the gradient. Of a row without an object, nothing but objectness is read.
 */
export function loss(
  args: YoloV3LossArguments & { grad: true },
): YoloV3Loss & { grads: Float64Array[] };
export function loss(args: YoloV3LossArguments): YoloV3Loss;
export function loss(args: YoloV3LossArguments): YoloV3Loss {
  const weightOf = (term: (typeof TERMS)[number], scale: number) => {
    const weight = args.weights?.[term] ?? 1;
    return typeof weight === 'number' ? weight : weight[scale];
  };
  const result: YoloV3Loss = { total: 0, box: 0, objectness: 0, category: 0, scales: [] };
  const grads: Float64Array[] = [];
  args.scales.forEach((scale, s) => {
    const { terms, positives } = scaleTerms(scale, args);
    const [box, object, classes] = TERMS.map((name) => terms[name].loss);
    result.scales.push({ box, objectness: object, category: classes, positives });
    if (args.grad) grads.push(new Float64Array(scale.features.length));
    for (const name of TERMS) {
      result[name] += terms[name].loss;
      result.total += weightOf(name, s) * terms[name].loss;
      if (args.grad) terms[name].addGradient(grads[s], weightOf(name, s));
    }
  });
  return args.grad ? { ...result, grads } : result;
}
