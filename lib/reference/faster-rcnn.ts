import type { BoxFormat } from '../types';
import { encode } from './anchor-codec';
import * as category from './category';
import { huber } from './huber';
import { constants, Dual, sumOver } from './number';
import * as objectness from './objectness';
import { reduceRows, rowOf } from './reduce';
import { placesOf, termOf } from './term';

/** What the region proposal network is trained towards. */
export interface RpnAssignment {
  /** `[N]`: 1 for an anchor that has an object, 0 for background. */
  objectness: ArrayLike<number>;
  /** `[N]`: 1 for an anchor in the sample, 0 for any other. */
  weight: ArrayLike<number>;
  /** `[N, 4]`: the box of the anchor's object; read only where there is one in the sample. */
  box: ArrayLike<number>;
}

/** Arguments of `fasterRcnn.rpnLoss`. */
export interface RpnLossArguments {
  /** `[N, 2]`: background, object. */
  logits: ArrayLike<number>;
  /** `[N, 4]`: predicted deltas, in the order `codec.fasterRcnn` gives them in `format`. */
  deltas: ArrayLike<number>;
  /** [N, 4] */
  anchors: ArrayLike<number>;
  assignment: RpnAssignment;
  /** λ, the factor of the box term. Default 10. */
  lambda?: number;
  /** δ > 0 of the Huber function. Default 1/9. */
  delta?: number;
  /** The format of anchors and matched boxes. Default `'yxhw'`. */
  format?: BoxFormat;
  /** Whether to return the derivative of `total` by logits and deltas. */
  grad?: boolean;
}

/** Arguments of `fasterRcnn.headLoss`. */
export interface HeadLossArguments {
  /** `[R, K+1]`: background, then the K classes. */
  logits: ArrayLike<number>;
  /** `[R, 4(K+1)]`: deltas for every class, or [R, 4]: deltas for whichever class it is. */
  deltas: ArrayLike<number>;
  /** `[R]`: 0 for background, 1…K for the classes. */
  labels: ArrayLike<number>;
  /** `[R, 4]`: encoded deltas; read only where there is an object. */
  targets: ArrayLike<number>;
  /** `[R]`: a row of weight 0 takes no part in either term. Default 1. */
  weight?: ArrayLike<number>;
  /** λ, the factor of the box term. Default 1. */
  lambda?: number;
  /** δ > 0 of the Huber function. Default 1. */
  delta?: number;
  /** Whether to return the derivative of `total` by logits and deltas. */
  grad?: boolean;
}

/** The derivatives of the total by the two outputs. */
export interface FasterRcnnGradients {
  logits: Float64Array;
  deltas: Float64Array;
}

/** The total, its terms without their factors, and how many sampled anchors have an object. */
export interface RpnLoss {
  total: number;
  objectness: number;
  box: number;
  /** How many anchors of the sample have an object. */
  positives: number;
  grads?: FasterRcnnGradients;
}

/** The total, its terms without their factors, and how many rows have an object. */
export interface HeadLoss {
  total: number;
  category: number;
  box: number;
  /** How many rows with weight have an object. */
  positives: number;
  grads?: FasterRcnnGradients;
}

type WithGradients = { grads: FasterRcnnGradients };

/** Σ H_δ(t∗ − t) over a row's four deltas. */
function huberOf(deltas: readonly Dual[], targets: readonly number[], delta: number): Dual {
  return sumOver(deltas, (t, k) => huber(new Dual(targets[k]).minus(t), delta));
}

/**
 * Loss of the region proposal network (Ren et al., 2015, arXiv 1506.01497).
 *
 *     total = objectness + λ·box
 *     objectness = mean of `objectness.fasterRcnn` over the sample
 *     box = mean over the sampled anchors with an object of Σ H_δ(t∗ − t)
 *
 * where t∗ is the matched box encoded by `codec.fasterRcnn`. A mean over no anchors is 0. Weights
 * other than 0 and 1 weigh the rows of both means.
 */
export function rpnLoss(args: RpnLossArguments & { grad: true }): RpnLoss & WithGradients;
export function rpnLoss(args: RpnLossArguments): RpnLoss;
export function rpnLoss(args: RpnLossArguments): RpnLoss {
  const { logits, deltas, anchors, assignment, format, grad } = args;
  const { lambda = 10, delta = 1 / 9 } = args;
  const { weight } = assignment;

  const sample = { weight, grad };
  const object = objectness.fasterRcnn(logits, assignment.objectness, sample);

  const boxWeight = Float64Array.from(weight, (w, i) => (assignment.objectness[i] > 0 ? w : 0));
  const rowLoss = (row: Dual[], i: number) => {
    const [box, anchor] = [assignment.box, anchors].map((rows) => constants(rowOf(rows, i, 4)));
    const targets = encode(box, anchor, format).map(({ value }) => value);
    return huberOf(row, targets, delta);
  };
  const box = reduceRows(deltas, 4, rowLoss, { weight: boxWeight, grad });

  const result = {
    total: object.loss! + lambda * box.loss!,
    objectness: object.loss!,
    box: box.loss!,
    positives: boxWeight.filter((w) => w !== 0).length,
  };
  if (!grad) return result;
  return { ...result, grads: { logits: object.grad!, deltas: box.grad!.map((g) => lambda * g) } };
}

/**
 * Loss of the detection head (Girshick, "Fast R-CNN", 2015, arXiv 1504.08083).
 *
 *     total = category + λ·box
 *     category = mean of `category.fasterRcnn` over the rows
 *     box = mean over the rows with label > 0 of Σ H_δ(t∗ − t), t the deltas of the row's class
 *
 * A mean over no rows is 0; with a weight the means are weighted.
 */
export function headLoss(args: HeadLossArguments & { grad: true }): HeadLoss & WithGradients;
export function headLoss(args: HeadLossArguments): HeadLoss;
export function headLoss(args: HeadLossArguments): HeadLoss {
  const { logits, deltas, labels, targets, weight, grad } = args;
  const { lambda = 1, delta = 1 } = args;

  const classes = category.fasterRcnn(logits, labels, { weight, grad });

  const rows = Array.from(labels, (_, row) => row);
  const positives = rows.filter((row) => labels[row] > 0 && weight?.[row] !== 0);
  const width = deltas.length / labels.length;
  const firstOf = (row: number) => row * width + (width === 4 ? 0 : 4 * labels[row]);
  const places = placesOf(positives, 4, (row, k) => firstOf(row) + k);
  const box = termOf(deltas, places, (numbers) =>
    reduceRows(numbers, 4, (row, i) => huberOf(row, rowOf(targets, positives[i], 4), delta), {
      weight: positives.map((row) => weight?.[row] ?? 1),
      grad,
    }),
  );

  const result = {
    total: classes.loss! + lambda * box.loss,
    category: classes.loss!,
    box: box.loss,
    positives: positives.length,
  };
  if (!grad) return result;
  const grads = { logits: classes.grad!, deltas: new Float64Array(deltas.length) };
  box.addGradient(grads.deltas, lambda);
  return { ...result, grads };
}
