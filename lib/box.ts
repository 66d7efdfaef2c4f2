/**
 * Losses of predicted boxes against target boxes: the box terms of Faster R-CNN, YOLO v1 and
 * YOLO v3, and the losses of overlap.
 *
 * @module
 */
import { native } from './binding';
import { checkDelta, checkGridRows, checkLength, choose } from './check';
import { checkOptions } from './options';
import { BOX_OPTIONS, checkPair, computeRows, FORMATS, formatOf, namesOf } from './row-loss';
import type { Computed } from './threads';
import type { AnyLoss, BoxOptions, Grid, LossFunction, PairLoss } from './types';

/** Options of {@link fasterRcnn}. */
export interface FasterRcnnBoxOptions extends BoxOptions {
  /** Where the Huber loss turns from quadratic to linear, δ > 0. Default 1. */
  delta?: number;
}

/** Options of {@link yoloV3}. */
export interface YoloV3BoxOptions extends BoxOptions {
  /** The order of the raw features and of the target boxes. Default `'yxhw'`. */
  format?: 'yxhw' | 'cxcywh';
}

/** Options of {@link ciou}. */
export interface CiouOptions extends BoxOptions {
  /**
   * Whether the weight α is constant in the gradient (`'detached'`, as the paper's authors,
   * torchvision and Ultralytics have it) or differentiated (`'full'`). Default `'detached'`.
   */
  alpha?: 'detached' | 'full';
}

const kernels = native.box;
const FASTER_RCNN = namesOf('box.fasterRcnn', 'pred', 4);
const FASTER_RCNN_OPTIONS = ['delta', ...BOX_OPTIONS];
const YOLO_V3 = namesOf('box.yoloV3', 'raw', 4);
const YOLO_V3_FORMATS = FORMATS.slice(0, 2);
const CIOU = namesOf('box.ciou', 'pred', 4);
const CIOU_OPTIONS = ['alpha', ...BOX_OPTIONS];
const ALPHAS = ['detached', 'full'];

/** The facade of a loss of boxes that has no options of its own. */
function boxLoss(name: string): PairLoss<BoxOptions> {
  const names = namesOf(`box.${name}`, 'pred', 4);
  const kernel = kernels[name];
  return ((pred, target, options?: BoxOptions): Computed<AnyLoss> => {
    const rows = checkPair(names, 4, pred, target);
    options = checkOptions(names.where, options, BOX_OPTIONS);
    const format = formatOf(names.where, options);
    return computeRows(names, rows, pred, target, options, kernel, 0, format);
  }) as PairLoss<BoxOptions>;
}

/**
 * The box loss of Faster R-CNN: Huber on anchor-relative offsets.
 *
 * ℓ = H_δ((y* − y)/hᵃ) + H_δ((x* − x)/wᵃ) + H_δ(ln(h* / h)) + H_δ(ln(w* / w)),
 * with H_δ(d) = ½d² where |d| < δ, δ(|d| − ½δ) elsewhere
 *
 * @param pred [N, 4] boxes, decoded, in any unit.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param anchors [N, 4] boxes: each row's anchor, in the same unit and format.
 * @param options See {@link FasterRcnnBoxOptions}: `delta` (default 1), `format` (default
 * `'yxhw'`) and the common ones.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `pred`.
 * @throws TypeError where an argument is of the wrong kind or an option is unknown; RangeError
 * where a length or an option's value is wrong, or a weight is infinite or NaN. Nothing has been
 * written then.
 *
 * @edges
 * A size of 0 or less, the anchor's included, counts as 1e-7 and has derivative 0. A NaN in an
 * evaluated row makes its loss and gradient NaN and touches no other row.
 *
 * @accuracy
 * Largest error against float64 over 30,130 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 3.2 ULP of a well-conditioned row's loss, 3.6e-7
 * of the largest component of a row's gradient and 8.6e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0.5, 0.5, 0.2, 0.2]);
 * const target = new Float32Array([0.6, 0.5, 0.2, 0.2]);
 * const anchors = new Float32Array([0.5, 0.5, 0.2, 0.4]);
 * box.fasterRcnn(pred, target, anchors); // { loss: 0.125 }
 *
 * @see Ren et al., Faster R-CNN, arXiv 1506.01497, equations 1 and 2.
 */
export const fasterRcnn = ((
  pred,
  target,
  anchors,
  options?: FasterRcnnBoxOptions,
): Computed<AnyLoss> => {
  const { where } = FASTER_RCNN;
  const rows = checkPair(FASTER_RCNN, 4, pred, target);
  options = checkOptions(where, options, FASTER_RCNN_OPTIONS);
  checkLength(where, 'anchors', anchors, pred.length, 'pred.length');
  const delta = checkDelta(where, options?.delta, 1);
  const format = formatOf(where, options);
  const kernel = kernels.fasterRcnn;
  return computeRows(FASTER_RCNN, rows, pred, target, options, kernel, delta, format, anchors);
}) as LossFunction<
  [pred: Float32Array, target: Float32Array, anchors: Float32Array],
  FasterRcnnBoxOptions
>;

/**
 * The box loss of YOLO v1: squared errors of the centre and of the square roots of the sizes.
 *
 * ℓ = (y* − y)² + (x* − x)² + (√h* − √h)² + (√w* − √w)²
 *
 * @param pred [N, 4] boxes, usually with the centre in units of a cell and the size as fractions of
 * the image.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param options See {@link BoxOptions}.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `pred`. The paper's factor λ_coord = 5
 * is not in it.
 * @throws As {@link fasterRcnn}.
 *
 * @edges
 * A size of 0 or less counts as 1e-7 and has derivative 0. A NaN in an evaluated row makes its loss
 * and gradient NaN and touches no other row.
 *
 * @accuracy
 * Largest error against float64 over 15,065 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 5.3 ULP of a well-conditioned row's loss, 2.3e-6
 * of the largest component of a row's gradient and 8e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0.5, 0.5, 0.25, 0.25]);
 * const target = new Float32Array([0.5, 0.7, 0.25, 0.36]);
 * box.yoloV1(pred, target); // { loss: 0.05 }
 *
 * @see Redmon et al., You only look once, arXiv 1506.02640, equation 3.
 */
export const yoloV1: PairLoss<BoxOptions> = boxLoss('yoloV1');

/**
 * The box loss of YOLO v3: squared errors of the raw features.
 *
 * ℓ = (ŷ* − ŷ)² + (x̂* − x̂)² + (ĥ* − ĥ)² + (ŵ* − ŵ)², where the starred features are those that
 * decode to the target: y = (σ(ŷ) + c_y)/H, x = (σ(x̂) + c_x)/W, h = hᵃe^ĥ, w = wᵃe^ŵ
 *
 * @param raw [B, H, W, A, 4] raw features of one scale.
 * @param target [B, H, W, A, 4] boxes, centre and size, as fractions of the image.
 * @param grid The scale's `height` H, `width` W and `anchors` [A, 2], each anchor's height and
 * width, in this order whatever the `format`, as fractions of the image.
 * @param options See {@link YoloV3BoxOptions}; `format` is `'yxhw'` (default) or `'cxcywh'`, the
 * order of both arrays. Give 1 where a cell's anchor has an object and 0 elsewhere as `weight`.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `raw`.
 * @throws As {@link fasterRcnn}; RangeError where `raw` is not a whole number of grids, or an anchor
 * is not above 0 and at most 10: it is a fraction of the image.
 *
 * @edges
 * A target's centre on the border of its cell or beyond it is kept 1e-6 inside. A size of 0 or less
 * counts as 1e-7. A NaN in an evaluated row makes its loss and gradient NaN and touches no other
 * row.
 *
 * @accuracy
 * Largest error against float64 over 15,040 rows (raw features and boxes), from the usual to the
 * limits of float32, on AVX-512, AVX2, SSE4 and scalar code: 3 ULP of a well-conditioned row's
 * loss, 2.4e-7 of the largest component of a row's gradient and 2.3e-8 of a mean.
 *
 * @example
 * const grid = { height: 1, width: 1, anchors: new Float32Array([0.5, 0.5]) };
 * const raw = new Float32Array([0, 0, 0, 0]);
 * const target = new Float32Array([0.5, 0.5, 0.5, 0.5 * Math.E]);
 * box.yoloV3(raw, target, grid); // { loss: 1 }
 *
 * @see Redmon and Farhadi, YOLOv3, arXiv 1804.02767, section 2.1.
 */
export const yoloV3 = ((raw, target, grid, options?: YoloV3BoxOptions): Computed<AnyLoss> => {
  const { where } = YOLO_V3;
  const rows = checkPair(YOLO_V3, 4, raw, target);
  options = checkOptions(where, options, BOX_OPTIONS);
  const { height, width, anchors } = checkGridRows(where, grid, 'raw', raw);
  const format = choose(where, 'format', options?.format, YOLO_V3_FORMATS);
  const kernel = kernels.yoloV3;
  return computeRows(
    YOLO_V3,
    rows,
    raw,
    target,
    options,
    kernel,
    0,
    format,
    anchors,
    height,
    width,
  );
}) as LossFunction<[raw: Float32Array, target: Float32Array, grid: Grid], YoloV3BoxOptions>;

/**
 * The IoU loss.
 *
 * ℓ = 1 − IoU, with IoU = I / U the area of the boxes' intersection over that of their union
 *
 * @param pred [N, 4] boxes, in any unit.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param options See {@link BoxOptions}.
 * @returns The loss, in [0, 1], and with `grad` its derivative by `pred`.
 * @throws As {@link fasterRcnn}.
 *
 * @edges
 * Exactly 0, with gradient 0, where the boxes are equal; 1, with gradient 0, where they are apart;
 * where they touch, the derivative is that of overlapping boxes. Coinciding edges share the
 * derivative half and half. A size below 0, of a target too, counts as 0, with the derivative at 0⁺.
 * Two boxes without area have IoU 0. A NaN in an evaluated row makes its loss and gradient NaN and
 * touches no other row.
 *
 * @accuracy
 * Largest error against float64 over 15,065 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 2.2 ULP of a well-conditioned row's loss, 1.1e-6
 * of the largest component of a row's gradient and 4e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0, 0, 2, 2]);
 * const target = new Float32Array([1, 0, 3, 2]);
 * box.iou(pred, target, { format: 'xyxy' }); // { loss: 0.6666… }
 *
 * @see Yu et al., UnitBox, arXiv 1608.01471 (which takes −ln IoU).
 */
export const iou: PairLoss<BoxOptions> = boxLoss('iou');

/**
 * The generalized IoU loss: boxes that are apart are drawn together.
 *
 * ℓ = 1 − IoU + (C − U)/C, with C the area of the smallest box that holds both
 *
 * @param pred [N, 4] boxes, in any unit.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param options See {@link BoxOptions}.
 * @returns The loss, in [0, 2], and with `grad` its derivative by `pred`.
 * @throws As {@link fasterRcnn}.
 *
 * @edges
 * Edges as {@link iou}; where the boxes are apart the loss is above 1 and its gradient is not 0.
 *
 * @accuracy
 * Largest error against float64 over 15,065 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 2.2 ULP of a well-conditioned row's loss, 1.1e-6
 * of the largest component of a row's gradient and 2.9e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0, 0, 1, 1]);
 * const target = new Float32Array([3, 0, 4, 1]);
 * box.giou(pred, target, { format: 'xyxy' }); // { loss: 1.5 }
 *
 * @see Rezatofighi et al., Generalized intersection over union, arXiv 1902.09630.
 */
export const giou: PairLoss<BoxOptions> = boxLoss('giou');

/**
 * The distance IoU loss: the centres are drawn together.
 *
 * ℓ = 1 − IoU + ρ²/c², with ρ the distance of the centres and c the diagonal of the smallest box
 * that holds both
 *
 * @param pred [N, 4] boxes, in any unit.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param options See {@link BoxOptions}.
 * @returns The loss, in [0, 2], and with `grad` its derivative by `pred`.
 * @throws As {@link fasterRcnn}.
 *
 * @edges
 * Edges as {@link iou}; where the boxes are apart the gradient is not 0.
 *
 * @accuracy
 * Largest error against float64 over 15,065 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 2.6 ULP of a well-conditioned row's loss, 1.9e-6
 * of the largest component of a row's gradient and 4.1e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0, 0, 1, 1]);
 * const target = new Float32Array([3, 0, 4, 1]);
 * box.diou(pred, target, { format: 'xyxy' }); // { loss: 1.5294… }: 1 + 9/17
 *
 * @see Zheng et al., Distance-IoU loss, arXiv 1911.08287, equation 7.
 */
export const diou: PairLoss<BoxOptions> = boxLoss('diou');

/**
 * The complete IoU loss: {@link diou} and the aspect ratio.
 *
 * ℓ = 1 − IoU + ρ²/c² + αv, with v = 4/π² (arctan w* / h* − arctan w/h)² and α = v/(1 − IoU + v)
 *
 * @param pred [N, 4] boxes, in any unit.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param options See {@link CiouOptions}: `alpha` (default `'detached'`), `format` (default
 * `'yxhw'`) and the common ones.
 * @returns The loss, in [0, 2.5], and with `grad` its derivative by `pred`.
 * @throws As {@link fasterRcnn}.
 *
 * @edges
 * Edges as {@link iou}; where the boxes are apart the gradient is not 0. α is 0 where v is. A box
 * that is a point has the angle 0.
 *
 * @accuracy
 * Largest error against float64 over 30,130 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 2.5 ULP of a well-conditioned row's loss, 1.2e-6
 * of the largest component of a row's gradient and 4.1e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0, 0, 1, 1]);
 * const target = new Float32Array([3, 0, 4, 1]);
 * box.ciou(pred, target, { format: 'xyxy' }); // { loss: 1.5294… }: 1 + 9/17, the ratios agree
 *
 * @see Zheng et al., Distance-IoU loss, arXiv 1911.08287, equations 8 to 11.
 */
export const ciou = ((pred, target, options?: CiouOptions): Computed<AnyLoss> => {
  const rows = checkPair(CIOU, 4, pred, target);
  options = checkOptions(CIOU.where, options, CIOU_OPTIONS);
  const alpha = choose(CIOU.where, 'alpha', options?.alpha, ALPHAS);
  const format = formatOf(CIOU.where, options);
  const kernel = alpha === 0 ? kernels.ciou : kernels.ciouFull;
  return computeRows(CIOU, rows, pred, target, options, kernel, 0, format);
}) as PairLoss<CiouOptions>;
