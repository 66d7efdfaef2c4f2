import type { BoxFormat } from '../types';
import * as anchorCodec from './anchor-codec';
import { centreSize, rowIn } from './formats';
import * as gridCodec from './grid-codec';
import { constants, type Dual } from './number';
import { rowOf } from './reduce';

/** Options of `codec.fasterRcnn.encode`. */
export interface FasterRcnnOptions {
  /** The format of boxes and anchors. Default `'yxhw'`. */
  format?: BoxFormat;
}

/** Options of `codec.fasterRcnn.decode`. */
export interface FasterRcnnDecodeOptions extends FasterRcnnOptions {
  /** The largest delta of a size. Default ln(1000/16), as in torchvision. */
  clamp?: number;
}

/** Options of `codec.yoloV3`. */
export interface YoloV3Options {
  /** The order of raw features and boxes. Default `'yxhw'`. */
  format?: 'yxhw' | 'cxcywh';
}

/** `convert` of every row of four numbers. */
function mapRows(
  array: ArrayLike<number>,
  convert: (row: Dual[], i: number) => Dual[],
): Float64Array {
  const result = new Float64Array(array.length);
  for (let i = 0; i < array.length / 4; i++) {
    const row = convert(constants(rowOf(array, i, 4)), i);
    result.set(
      row.map(({ value }) => value),
      4 * i,
    );
  }
  return result;
}

/**
 * Boxes ↔ offsets from anchors (Ren et al., 2015, arXiv 1506.01497).
 *
 *     t_y = (y − yᵃ)/hᵃ,  t_x = (x − xᵃ)/wᵃ,  t_h = ln(h/hᵃ),  t_w = ln(w/wᵃ)
 *
 * Deltas are (t_y, t_x, t_h, t_w) in the formats that name y first, `'yxhw'` and `'tlbr'`, and
 * (t_x, t_y, t_w, t_h) in the others. A height or width of 0 or less counts as 1e-7.
 */
export const fasterRcnn = {
  /**
   * @param boxes [N, 4]
   * @param anchors [N, 4]
   * @returns [N, 4] deltas
   */
  encode(
    boxes: ArrayLike<number>,
    anchors: ArrayLike<number>,
    { format }: FasterRcnnOptions = {},
  ): Float64Array {
    return mapRows(boxes, (box, i) =>
      anchorCodec.encode(box, constants(rowOf(anchors, i, 4)), format),
    );
  },

  /**
   * @param deltas [N, 4]; those of sizes count as `clamp` where they are more
   * @param anchors [N, 4]
   * @returns [N, 4] boxes
   */
  decode(
    deltas: ArrayLike<number>,
    anchors: ArrayLike<number>,
    { format, clamp = Math.log(1000 / 16) }: FasterRcnnDecodeOptions = {},
  ): Float64Array {
    return mapRows(deltas, (row, i) =>
      anchorCodec.decode(row, constants(rowOf(anchors, i, 4)), clamp, format),
    );
  },
};

/**
 * Boxes ↔ the raw features of a YOLO v3 scale (Redmon & Farhadi, 2018, arXiv 1804.02767).
 *
 *     y = (σ(ŷ) + i)/H,  x = (σ(x̂) + j)/W,  h = hᵃe^ĥ,  w = wᵃe^ŵ
 *
 * in cell (i, j) for anchor (hᵃ, wᵃ).
 */
export const yoloV3 = {
  /**
   * The argument of σ⁻¹ is clamped to [1e-6, 1 − 1e-6]; a height or width of 0 or less counts as
   * 1e-7.
   *
   * @param boxes `[B, H, W, A, 4]`: boxes as fractions of the image
   * @param grid the scale's cells and anchors
   * @returns [B, H, W, A, 4] raw features
   */
  encode(
    boxes: ArrayLike<number>,
    grid: gridCodec.Grid,
    { format }: YoloV3Options = {},
  ): Float64Array {
    return mapRows(boxes, (row, i) =>
      rowIn(format, gridCodec.encode(centreSize(row, format), gridCodec.cellOf(grid, i))),
    );
  },

  /**
   * @param raw `[B, H, W, A, 4]`: raw features
   * @param grid the scale's cells and anchors
   * @returns [B, H, W, A, 4] boxes as fractions of the image
   */
  decode(
    raw: ArrayLike<number>,
    grid: gridCodec.Grid,
    { format }: YoloV3Options = {},
  ): Float64Array {
    return mapRows(raw, (row, i) =>
      rowIn(format, gridCodec.decode(centreSize(row, format), gridCodec.cellOf(grid, i))),
    );
  },
};
