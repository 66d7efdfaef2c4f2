import type { BoxOptions, Grid, LossFunction } from '../../types';
import { defineLoss } from '../define';
import { cells } from '../rows';

/** Options of {@link yoloV3}. */
export interface YoloV3BoxOptions extends BoxOptions {
  /** The order of the raw features and of the target boxes. Default `'yxhw'`. */
  format?: 'yxhw' | 'cxcywh';
}

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
export const yoloV3: LossFunction<
  [raw: Float32Array, target: Float32Array, grid: Grid],
  YoloV3BoxOptions
> = defineLoss({
  name: 'box.yoloV3',
  rows: cells(),
  formula: 'OnRawFeatures',
  header: 'yolo',
});
