import type { BoxFormat } from '../types';
import { oneMinusOverlap, squaredRawError, squaredRootError } from './box-terms';
import { aboutTarget, centreSize, withPositiveSizes, type Box } from './formats';
import { cellOf, type Grid } from './grid-codec';
import { huber } from './huber';
import * as overlap from './iou';
import { constants, Dual, ln } from './number';
import {
  lossFunction,
  reduceRows,
  rowOf,
  type LossFunction,
  type LossOptions,
  type PairLoss,
} from './reduce';

/** Options of every loss of boxes. */
export interface BoxOptions extends LossOptions {
  /** The format of predictions, targets, anchors and gradients. Default `'yxhw'`. */
  format?: BoxFormat;
}

/** Options of `box.fasterRcnn`. */
export interface FasterRcnnOptions extends BoxOptions {
  /** δ > 0 of the Huber function. Default 1. */
  delta?: number;
}

/** Options of `box.yoloV3`. */
export interface YoloV3Options extends LossOptions {
  /** The order of the raw features and of the target boxes. Default `'yxhw'`. */
  format?: 'yxhw' | 'cxcywh';
}

/** Options of `box.ciou`. */
export interface CiouOptions extends BoxOptions {
  /** Whether α is held constant in the gradient or differentiated. Default `'detached'`. */
  alpha?: overlap.Alpha;
}

export type { Grid };

/** A loss of every predicted box against its target, from both by centre and size. */
function boxLoss<Options extends BoxOptions>(
  name: string,
  formula: (box: Box, target: Box, options: Partial<Options>) => Dual,
): PairLoss<Options> {
  return lossFunction(`box.${name}`, { pred: 4, target: 4 }, (pred, target, options) =>
    reduceRows(
      pred,
      4,
      (row, i) => {
        const [box, truth] = aboutTarget(row, constants(rowOf(target, i, 4)), options?.format);
        return formula(box, truth, options ?? {});
      },
      options,
    ),
  );
}

/** The loss 1 − overlap, where a negative height or width counts as 0. */
function overlapLoss<Options extends BoxOptions>(
  name: string,
  overlapOf: (box: Box, target: Box, options: Partial<Options>) => Dual,
): PairLoss<Options> {
  return boxLoss(name, (box, target, options: Partial<Options>) =>
    oneMinusOverlap((a, b) => overlapOf(a, b, options), box, target),
  );
}

/**
 * Box regression loss of Faster R-CNN: Huber loss of the centre's offset in anchor sizes and of the
 * size's log ratio (Ren et al., 2015, arXiv 1506.01497).
 *
 *     ℓ = H_δ((y∗ − y)/hᵃ) + H_δ((x∗ − x)/wᵃ) + H_δ(ln(h∗/h)) + H_δ(ln(w∗/w))
 *
 * A height or width of 0 or less counts as 1e-7, of derivative 0.
 *
 * @param pred [N, 4]
 * @param target [N, 4]
 * @param anchors `[N, 4]`: each box's anchor, of which only the size matters
 */
export const fasterRcnn: LossFunction<
  [pred: ArrayLike<number>, target: ArrayLike<number>, anchors: ArrayLike<number>],
  FasterRcnnOptions
> = lossFunction(
  'box.fasterRcnn',
  { pred: 4, target: 4, anchors: 4 },
  (pred, target, anchors, options = {}) => {
    const { format, delta = 1 } = options;
    const rowLoss = (row: Dual[], i: number) => {
      const [box, truth] = aboutTarget(row, constants(rowOf(target, i, 4)), format).map(
        withPositiveSizes,
      );
      const anchor = withPositiveSizes(centreSize(constants(rowOf(anchors, i, 4)), format));
      return huber(truth.y.minus(box.y).over(anchor.h), delta)
        .plus(huber(truth.x.minus(box.x).over(anchor.w), delta))
        .plus(huber(ln(truth.h.over(box.h)), delta))
        .plus(huber(ln(truth.w.over(box.w)), delta));
    };
    return reduceRows(pred, 4, rowLoss, options);
  },
);

/**
 * Coordinate loss of YOLO: squared error of the centre and of the square roots of the size
 * (Redmon et al., 2016, arXiv 1506.02640).
 *
 *     ℓ = (y∗ − y)² + (x∗ − x)² + (√h∗ − √h)² + (√w∗ − √w)²
 *
 * A height or width of 0 or less counts as 1e-7, of derivative 0.
 *
 * @param pred [N, 4]
 * @param target [N, 4]
 */
export const yoloV1 = boxLoss<BoxOptions>('yoloV1', squaredRootError);

/**
 * Box loss of YOLO v3: squared error of the raw features against those the target would be decoded
 * from (Redmon & Farhadi, 2018, arXiv 1804.02767).
 *
 *     ℓ = (ŷ∗ − ŷ)² + (x̂∗ − x̂)² + (ĥ∗ − ĥ)² + (ŵ∗ − ŵ)²
 *     ŷ∗ = σ⁻¹(y∗H − i),  x̂∗ = σ⁻¹(x∗W − j),  ĥ∗ = ln(h∗/hᵃ),  ŵ∗ = ln(w∗/wᵃ)
 *
 * in cell (i, j) for anchor (hᵃ, wᵃ). The argument of σ⁻¹ is clamped to [1e-6, 1 − 1e-6]; a target
 * height or width of 0 or less counts as 1e-7.
 *
 * @param raw `[B, H, W, A, 4]`: raw features, in the order of `format`
 * @param target `[B, H, W, A, 4]`: boxes as fractions of the image
 * @param grid the scale's cells and anchors
 */
export const yoloV3: LossFunction<
  [raw: ArrayLike<number>, target: ArrayLike<number>, grid: Grid],
  YoloV3Options
> = lossFunction(
  'box.yoloV3',
  { raw: 4, target: 4 },
  (raw, target, grid, options = {}) => {
    const rowLoss = (row: Dual[], i: number) => {
      const truth = centreSize(constants(rowOf(target, i, 4)), options.format);
      return squaredRawError(centreSize(row, options.format), truth, cellOf(grid, i));
    };
    return reduceRows(raw, 4, rowLoss, options);
  },
  3,
);

/**
 * IoU loss (Yu et al., "UnitBox", 2016, arXiv 1608.01471, in its linear form).
 *
 *     ℓ = 1 − IoU,  IoU = |I| / |U|
 *
 * A negative height or width counts as 0; two boxes without area have IoU 0.
 *
 * @param pred [N, 4]
 * @param target [N, 4]
 */
export const iou = overlapLoss<BoxOptions>('iou', (box, target) => overlap.iou(box, target));

/**
 * Generalized IoU loss (Rezatofighi et al., 2019, arXiv 1902.09630).
 *
 *     ℓ = 1 − IoU + |C − U| / |C|,  C the smallest box around both
 *
 * A negative height or width counts as 0, and so does a quotient 0/0.
 *
 * @param pred [N, 4]
 * @param target [N, 4]
 */
export const giou = overlapLoss<BoxOptions>('giou', (box, target) => overlap.giou(box, target));

/**
 * Distance IoU loss (Zheng et al., 2020, arXiv 1911.08287).
 *
 *     ℓ = 1 − IoU + ρ²/c²
 *
 * where ρ is the distance of the centres and c the diagonal of the smallest box around both. A
 * negative height or width counts as 0, and so does a quotient 0/0.
 *
 * @param pred [N, 4]
 * @param target [N, 4]
 */
export const diou = overlapLoss<BoxOptions>('diou', (box, target) => overlap.diou(box, target));

/**
 * Complete IoU loss (Zheng et al., 2020, arXiv 1911.08287).
 *
 *     ℓ = 1 − IoU + ρ²/c² + αv
 *     v = 4/π² (arctan(w∗/h∗) − arctan(w/h))²,  α = v / (1 − IoU + v)
 *
 * where ρ is the distance of the centres and c the diagonal of the smallest box around both. The
 * gradient holds α constant, as the paper's authors do, unless `alpha` is `'full'`. A negative
 * height or width counts as 0, and so do a quotient 0/0 and its arctan.
 *
 * @param pred [N, 4]
 * @param target [N, 4]
 */
export const ciou = overlapLoss<CiouOptions>('ciou', (box, target, { alpha }) =>
  overlap.ciou(box, target, alpha),
);
