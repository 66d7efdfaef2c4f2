/**
 * The two losses of Faster R-CNN: of the region proposal network and of the detection head.
 *
 * @module
 */
import { fasterRcnn as categoryLoss } from '../catalogue/category/faster-rcnn';
import { fasterRcnn as objectnessLoss } from '../catalogue/objectness/faster-rcnn';
import {
  checkFloats,
  checkLabelArray,
  checkLength,
  checkPositive,
  checkRows,
  checkThreads,
} from '../check';
import { checkSettings, ownOf } from '../options';
import { wrongKind, wrongValue } from '../words';
import { fasterRcnn as codec } from '../codec';
import { FORMATS, formatOf } from '../formats';
import { awaited, follow, sameThreads } from '../threads';
import type { BoxFormat } from '../types';
import { checkFractions, checkLabels, checkWeights } from '../values';
import { checkFactor } from './arguments';
import { deltaTerm } from './delta-term';
import { gradientsOf, type FasterRcnnGradients, type WithGradients } from './faster-rcnn-gradients';
import { gatherRows, startsOf } from './rows';

export type { FasterRcnnGradients, WithGradients };

/** What the region proposal network is trained towards; `assign.rpn` makes it. */
export interface RpnAssignment {
  /** `[N]`: 1 for an anchor that has an object, 0 for background. */
  objectness: Float32Array;
  /** `[N]`: 1 for an anchor in the sample, 0 for any other, which takes no part. */
  weight: Float32Array;
  /** `[N, 4]`: the box of the anchor's object; read only where there is one in the sample. */
  box: Float32Array;
}

/** What the two losses' arguments have in common. */
export interface FasterRcnnLossOptions {
  /**
   * `true` returns the derivatives of the total by logits and deltas in new arrays; arrays of their
   * lengths are filled and returned instead. By default none are computed.
   */
  grad?: boolean | FasterRcnnGradients;
  /** The most threads this call may use; 1 is the calling thread alone. Default: decided by size. */
  threads?: number;
}

/** Arguments of {@link rpnLoss}. */
export interface RpnLossOptions extends FasterRcnnLossOptions {
  /** `[N, 2]`: background, object. */
  logits: Float32Array;
  /** `[N, 4]`: predicted deltas, in the order `codec.fasterRcnn` gives them in `format`. */
  deltas: Float32Array;
  /** [N, 4] boxes, in any unit. */
  anchors: Float32Array;
  /** Which anchors are objects, which are sampled, and the objects' boxes; of `assign.rpn`. */
  assignment: RpnAssignment;
  /** λ, the factor of the box term in the total, at least 0. Default 10. */
  lambda?: number;
  /** Where the Huber function turns from quadratic to linear, δ > 0. Default 1/9. */
  delta?: number;
  /** The format of anchors and of the assignment's boxes. Default `'yxhw'`. */
  format?: BoxFormat;
}

/** Arguments of {@link headLoss}. */
export interface HeadLossOptions extends FasterRcnnLossOptions {
  /** `[R, K+1]`: background, then the K classes. */
  logits: Float32Array;
  /** `[R, 4(K+1)]`: deltas for every class, or [R, 4]: deltas for whichever class it is. */
  deltas: Float32Array;
  /** `[R]`: 0 for background, 1 to K for the classes. */
  labels: Int32Array;
  /** `[R, 4]`: encoded deltas, in the order of `deltas`; read only where there is an object. */
  targets: Float32Array;
  /** `[R]`: a row of weight 0 takes no part in either term. Default 1. */
  weight?: Float32Array;
  /** λ, the factor of the box term in the total, at least 0. Default 1. */
  lambda?: number;
  /** Where the Huber function turns from quadratic to linear, δ > 0. Default 1. */
  delta?: number;
}

/** The total and its terms, each the mean without its factor. */
export interface RpnLoss {
  /** objectness + λ box. */
  total: number;
  /** The mean over the sample. */
  objectness: number;
  /** The mean over the sampled anchors with an object. */
  box: number;
  /** How many anchors of the sample have an object. */
  positives: number;
}

/** The total and its terms, each the mean without its factor. */
export interface HeadLoss {
  /** category + λ box. */
  total: number;
  /** The mean over the rows. */
  category: number;
  /** The mean over the rows with an object. */
  box: number;
  /** How many rows with weight have an object. */
  positives: number;
}

/** Arguments that ask for gradients. */
type Asking = { grad: true | FasterRcnnGradients };

const COMMON_OPTIONS = ['logits', 'deltas', 'lambda', 'delta', 'grad', 'threads'];
const RPN_OPTIONS = ['anchors', 'assignment', 'format', ...COMMON_OPTIONS];
const ASSIGNMENT = ['objectness', 'weight', 'box'];
const HEAD_OPTIONS = ['labels', 'targets', 'weight', ...COMMON_OPTIONS];

/**
 * The loss of the region proposal network.
 *
 * total = objectness + λ box, where
 * - objectness is the mean over the sample of `objectness.fasterRcnn`;
 * - box is the mean over the sampled anchors with an object of Σ H_δ(t* − t), with t the deltas, t*
 *   those of the anchor's object by `codec.fasterRcnn.encode`, H_δ as in `regression.huber`.
 *
 * @param options See {@link RpnLossOptions}: `logits` [N, 2], `deltas` and `anchors` [N, 4], the
 * `assignment`, `lambda` (default 10), `delta` (default 1/9), `format` (default `'yxhw'`), `grad`
 * and `threads`.
 * @returns The total and the terms, each ≥ 0; how many sampled anchors have an object; and with
 * `grad` the `grads`, the derivatives of the total by `logits` and by `deltas`.
 * @throws TypeError where an argument is of the wrong kind or a name is unknown; RangeError where a
 * length or value is wrong, or the assignment's objectness is not from 0 to 1 in a row with weight.
 * Nothing has been written then.
 *
 * @edges
 * A mean over no anchors is 0. Weights other than 0 and 1 weigh the rows of both means. Of anchors
 * outside the sample nothing is read, and of background neither deltas, anchor nor box: NaN there
 * touches nothing. A NaN elsewhere makes its row's loss and gradient NaN, in the terms it takes
 * part in, and touches the gradient of no other row. A size of 0 or less counts as 1e-7.
 *
 * @accuracy
 * Largest error against float64 over 9,000 rows (anchors), from the usual to the limits of float32,
 * on AVX-512, AVX2, SSE4 and scalar code: 9.4e-7 of the largest component of a row's gradient and
 * 2e-8 of the total and of each term.
 *
 * @example
 * // Two anchors, the first of which is the very box of the object; a network that knows nothing.
 * const anchors = new Float32Array([0.5, 0.5, 0.2, 0.4, 0.1, 0.1, 0.2, 0.2]);
 * const boxes = new Float32Array([0.5, 0.5, 0.2, 0.4]);
 * const assignment = assign.rpn(anchors, boxes, { seed: 1 });
 * const { total, objectness, box, positives, grads } = fasterRcnn.rpnLoss({
 *   logits: new Float32Array(4),
 *   deltas: new Float32Array(8),
 *   anchors,
 *   assignment,
 *   grad: true,
 * });
 * [total, objectness, box, positives]; // [0.6931…, 0.6931…, 0, 1]
 * grads.logits; // [0.25, −0.25, −0.25, 0.25]: background, object of each
 *
 * @see Ren et al., Faster R-CNN, arXiv 1506.01497, equation 1.
 */
export function rpnLoss(options: RpnLossOptions & Asking): RpnLoss & WithGradients;
export function rpnLoss(options: RpnLossOptions & { grad?: false }): RpnLoss;
export function rpnLoss(options: RpnLossOptions): RpnLoss & Partial<WithGradients>;
export function rpnLoss(options: RpnLossOptions): RpnLoss & Partial<WithGradients> {
  const where = 'fasterRcnn.rpnLoss';
  options = checkSettings(where, options, RPN_OPTIONS);
  const { logits, deltas, anchors, assignment, lambda = 10, delta: given = 1 / 9 } = options;
  const rows = checkRows(where, 'logits', logits, 2);
  checkLength(where, 'deltas', deltas, 4 * rows, '2 × logits.length');
  checkLength(where, 'anchors', anchors, 4 * rows, '2 × logits.length');
  if (typeof assignment !== 'object' || assignment === null) {
    throw wrongKind(where, 'assignment', 'an object', assignment);
  }
  const { objectness: target, weight, box: boxes } = ownOf(assignment, ASSIGNMENT);
  checkLength(where, 'assignment.objectness', target, rows, 'logits.length / 2');
  checkLength(where, 'assignment.weight', weight, rows, 'logits.length / 2');
  checkLength(where, 'assignment.box', boxes, 4 * rows, '2 × logits.length');
  checkFactor(where, 'lambda', lambda);
  const delta = checkPositive(where, 'delta', given);
  const format = FORMATS[formatOf(where, options)];
  checkThreads(where, options.threads);
  const grads = gradientsOf(where, options.grad, logits, deltas, {
    anchors,
    'assignment.objectness': target,
    'assignment.weight': weight,
    'assignment.box': boxes,
  });

  const threading = sameThreads(options);
  function* steps(): Generator<unknown, RpnLoss & Partial<WithGradients>> {
    const sample = { weight, grad: grads?.logits, ...threading };
    const { loss: objectness } = yield* awaited(objectnessLoss(logits, target, sample));
    const positives: number[] = [];
    for (let row = 0; row < rows; row++) {
      if (target[row] > 0 && weight[row] !== 0) positives.push(row);
    }
    const starts = startsOf(positives, 4);
    const [objects, ownAnchors] = [boxes, anchors].map((array) => gatherRows(array, starts, 4));
    const coding = { format, ...threading };
    const targets = yield* awaited(codec.encode(objects, ownAnchors, coding));
    const box = yield* deltaTerm(deltas, starts, targets, grads?.deltas, {
      weight: gatherRows(weight, positives, 1),
      delta,
      lambda,
      threading,
    });
    const total = objectness! + lambda * box;
    const result = { total, objectness: objectness!, box, positives: positives.length };
    return grads === undefined ? result : { ...result, grads };
  }
  const arrays = [logits, deltas, anchors, target, weight, boxes, grads?.logits, grads?.deltas];
  return follow(where, arrays, steps(), () => {
    checkWeights(where, weight, 'assignment.weight');
    checkFractions(where, 'assignment.objectness', target, weight);
  }) as RpnLoss;
}

/** Checks the arrays of {@link headLoss} and returns how many deltas a row has. */
function checkHead(where: string, options: HeadLossOptions): number {
  const { logits, deltas, labels, targets, weight } = options;
  checkFloats(where, 'logits', logits);
  checkLabelArray(where, 'labels', labels);
  const rows = labels.length;
  const columns = rows === 0 && logits.length === 0 ? 1 : logits.length / rows;
  if (!Number.isInteger(columns) || columns === 0) {
    const expected = `logits.length to be a multiple of labels.length (${rows})`;
    throw wrongValue(where, expected, logits.length);
  }
  checkFloats(where, 'deltas', deltas);
  const width = deltas.length === 4 * rows ? 4 : 4 * columns;
  if (deltas.length !== width * rows) {
    const choices = `4 × labels.length (${4 * rows}) or 4 × logits.length (${4 * logits.length})`;
    throw wrongValue(where, `deltas.length to equal ${choices}`, deltas.length);
  }
  checkLength(where, 'targets', targets, 4 * rows, '4 × labels.length');
  if (weight !== undefined) checkLength(where, 'weight', weight, rows, 'labels.length');
  checkLabels(where, labels, columns, weight);
  return width;
}

/**
 * The loss of the detection head.
 *
 * total = category + λ box, where
 * - category is the mean over the rows of `category.fasterRcnn`;
 * - box is the mean over the rows with an object, of label above 0, of Σ H_δ(t* − t), with t the
 *   deltas of the row's class, or those it shares, and H_δ as in `regression.huber`.
 *
 * @param options See {@link HeadLossOptions}: `logits` [R, K+1], `deltas` [R, 4(K+1)] or [R, 4],
 * `labels` [R], `targets` [R, 4], `weight` [R] (default 1 each), `lambda` (default 1), `delta`
 * (default 1), `grad` and `threads`.
 * @returns The total and the terms, each ≥ 0; how many rows with weight have an object; and with
 * `grad` the `grads`, the derivatives of the total by `logits` and by `deltas`.
 * @throws As {@link rpnLoss}; RangeError where the label of a row with weight is not from 0 to K.
 *
 * @edges
 * A mean over no rows is 0; with a weight the means are weighted. Of a row of weight 0 nothing is
 * read, and of background no deltas or target, nor the deltas of other classes: NaN there touches
 * nothing. A NaN elsewhere makes its row's loss and gradient NaN, in the terms it takes part in,
 * and touches the gradient of no other row.
 *
 * @accuracy
 * Largest error against float64 over 9,000 rows (regions), from the usual to the limits of float32,
 * on AVX-512, AVX2, SSE4 and scalar code: 3.2e-7 of the largest component of a row's gradient and
 * 4e-9 of the total and of each term.
 *
 * @example
 * // One row of class 1 of 1: both logits equal, the fourth delta off by ½.
 * fasterRcnn.headLoss({
 *   logits: new Float32Array([0, 0]),
 *   deltas: new Float32Array([0, 0, 0, 0.5]),
 *   labels: new Int32Array([1]),
 *   targets: new Float32Array(4),
 * }); // { total: 0.8181…, category: 0.6931…, box: 0.125, positives: 1 }
 *
 * @see Ren et al., Faster R-CNN, arXiv 1506.01497, equation 1, and Girshick, Fast R-CNN,
 * arXiv 1504.08083, equation 1.
 */
export function headLoss(options: HeadLossOptions & Asking): HeadLoss & WithGradients;
export function headLoss(options: HeadLossOptions & { grad?: false }): HeadLoss;
export function headLoss(options: HeadLossOptions): HeadLoss & Partial<WithGradients>;
export function headLoss(options: HeadLossOptions): HeadLoss & Partial<WithGradients> {
  const where = 'fasterRcnn.headLoss';
  options = checkSettings(where, options, HEAD_OPTIONS);
  const { logits, deltas, labels, targets, weight, lambda = 1, delta: given = 1 } = options;
  const width = checkHead(where, options);
  checkFactor(where, 'lambda', lambda);
  const delta = checkPositive(where, 'delta', given);
  checkThreads(where, options.threads);
  const others = { labels, targets, weight };
  const grads = gradientsOf(where, options.grad, logits, deltas, others);

  const threading = sameThreads(options);
  function* steps(): Generator<unknown, HeadLoss & Partial<WithGradients>> {
    const all = { weight, grad: grads?.logits, ...threading };
    const category =
      labels.length === 0 ? 0 : (yield* awaited(categoryLoss(logits, labels, all))).loss!;
    const positives: number[] = [];
    for (let row = 0; row < labels.length; row++) {
      if (labels[row] > 0 && weight?.[row] !== 0) positives.push(row);
    }
    const starts = positives.map((row) => row * width + (width === 4 ? 0 : 4 * labels[row]));
    const ownTargets = gatherRows(targets, startsOf(positives, 4), 4);
    const box = yield* deltaTerm(deltas, starts, ownTargets, grads?.deltas, {
      weight: weight && gatherRows(weight, positives, 1),
      delta,
      lambda,
      threading,
    });
    const total = category + lambda * box;
    const result = { total, category, box, positives: positives.length };
    return grads === undefined ? result : { ...result, grads };
  }
  const arrays = [logits, deltas, labels, targets, weight, grads?.logits, grads?.deltas];
  return follow(where, arrays, steps(), () => checkWeights(where, weight)) as HeadLoss;
}
