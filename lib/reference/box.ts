import type { BoxFormat, OverlapMetric } from '../types';
import { overlapLoss, squaredRawError, squaredRootError } from './box-terms';
import { extentsIn, lnRatio, withPositiveSizes, type Extents } from './extent';
import { centreSize } from './formats';
import { cellOf, type Grid } from './grid-codec';
import { huber } from './huber';
import type { Alpha } from './iou';
import { constants, Dual } from './number';
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
  alpha?: Alpha;
}

export type { Grid };

/** A loss of every predicted box against its target. */
function boxLoss<Options extends BoxOptions>(
  name: string,
  formula: (box: Extents, target: Extents, options: Partial<Options>) => Dual,
): PairLoss<Options> {
  return lossFunction(`box.${name}`, { pred: 4, target: 4 }, (pred, target, options) =>
    reduceRows(
      pred,
      4,
      (row, i) => {
        const truth = extentsIn(options?.format, constants(rowOf(target, i, 4)));
        return formula(extentsIn(options?.format, row), truth, options ?? {});
      },
      options,
    ),
  );
}

/** The loss 1 − overlap, where a negative height or width counts as 0. */
function lossOf<Options extends BoxOptions & { alpha?: Alpha }>(
  metric: OverlapMetric,
): PairLoss<Options> {
  return boxLoss(metric, (box, target, { alpha }: Partial<Options>) =>
    overlapLoss(metric, box, target, alpha),
  );
}

type AnchoredLoss = LossFunction<
  [pred: ArrayLike<number>, target: ArrayLike<number>, anchors: ArrayLike<number>],
  FasterRcnnOptions
>;

function anchoredLoss(name: string): AnchoredLoss {
  return lossFunction(
    `box.${name}`,
    { pred: 4, target: 4, anchors: 4 },
    (pred, target, anchors, options = {}) => {
      const { format, delta = 1 } = options;
      const rowLoss = (row: Dual[], i: number) => {
        const others = [target, anchors].map((array) => constants(rowOf(array, i, 4)));
        const [box, truth, anchor] = [row, ...others]
          .map((numbers) => extentsIn(format, numbers))
          .map(withPositiveSizes);
        const axes = (['y', 'x'] as const).map((axis) => {
          const offset = truth[axis].centre.minus(box[axis].centre).total();
          const centre = huber(offset.over(anchor[axis].size.total()), delta);
          return centre.plus(huber(lnRatio(truth[axis].size, box[axis].size), delta));
        });
        return axes[0].plus(axes[1]);
      };
      return reduceRows(pred, 4, rowLoss, options);
    },
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
export const fasterRcnn: AnchoredLoss = anchoredLoss('fasterRcnn');

/** {@link fasterRcnn} by the name of its formula. */
export const anchorOffsets: AnchoredLoss = anchoredLoss('anchorOffsets');

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

/** {@link yoloV1} by the name of its formula. */
export const sqrtSizes = boxLoss<BoxOptions>('sqrtSizes', squaredRootError);

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
export const iou = lossOf<BoxOptions>('iou');

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
export const giou = lossOf<BoxOptions>('giou');

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
export const diou = lossOf<BoxOptions>('diou');

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
export const ciou = lossOf<CiouOptions>('ciou');
