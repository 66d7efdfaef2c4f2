/**
 * Boxes to the numbers a network predicts, and back.
 *
 * @module
 */
import { native } from './binding';
import type { CodecKernel } from './kernels';
import { checkDistinct, checkGridRows, checkLength, checkNumber, checkRows, choose } from './check';
import { checkOptions } from './options';
import { allocate } from './device';
import { CENTRE_FORMATS, formatOf } from './formats';
import { run, threadsOf, type Computation } from './threads';
import type { BoxFormat, Grid } from './types';

/** Options of `codec.fasterRcnn.encode`. */
export interface EncodeOptions {
  /** The format of boxes and anchors, and the order of the deltas. Default `'yxhw'`. */
  format?: BoxFormat;
  /** The array that receives the result, instead of a new one. */
  out?: Float32Array;
  /** The most threads this call may use; 1 is the calling thread alone. Default: decided by size. */
  threads?: number;
}

/** Options of `codec.fasterRcnn.decode`. */
export interface DecodeOptions extends EncodeOptions {
  /** The largest size delta; greater ones count as this. Default ln(1000/16), as torchvision's. */
  clamp?: number;
}

/** Options of `codec.yoloV3`. */
export interface YoloV3CodecOptions extends EncodeOptions {
  /** The order of boxes and raw features. Default `'yxhw'`. */
  format?: 'yxhw' | 'cxcywh';
}

const OPTIONS = ['format', 'out', 'threads'] as const;
const CLAMP = Math.log(1000 / 16);

/** The array of results: the one supplied, checked, or a new one. */
function outputOf(
  where: string,
  inputName: string,
  input: Float32Array,
  options: EncodeOptions | undefined,
): Float32Array {
  const out = options?.out;
  if (out === undefined) return allocate(where, Float32Array, input.length);
  checkLength(where, 'out', out, input.length, `${inputName}.length`);
  return out;
}

/** A call whose arguments have been checked. */
interface CodecCall {
  where: string;
  kernel: CodecKernel;
  inputName: string;
  input: Float32Array;
  anchors: Float32Array;
  out: Float32Array;
  threads: number;
  settings: [format: number, clamp: number, height?: number, width?: number];
}

const ROWS: Computation<CodecCall, number, Float32Array> = {
  compute: ({ kernel, input, anchors, out, threads, settings }) =>
    kernel(input, anchors, out, threads, ...settings),
  finish: (_, { out }) => out,
  explain({ where, inputName, input, anchors, out }) {
    checkDistinct(where, 'out', out, inputName, input);
    checkDistinct(where, 'out', out, 'anchors', anchors);
  },
};

function compute(
  where: string,
  kernel: CodecKernel,
  inputName: string,
  input: Float32Array,
  anchors: Float32Array,
  options: EncodeOptions | undefined,
  ...settings: CodecCall['settings']
): Float32Array {
  const threads = threadsOf(where, options);
  const out = outputOf(where, inputName, input, options);
  const call = { where, kernel, inputName, input, anchors, out, threads, settings };
  return run(where, ROWS, call) as Float32Array;
}

function withAnchors(
  where: string,
  kernel: CodecKernel,
  inputName: string,
  input: Float32Array,
  anchors: Float32Array,
  options: EncodeOptions | undefined,
  clamp: number,
): Float32Array {
  checkLength(where, 'anchors', anchors, input.length, `${inputName}.length`);
  const format = formatOf(where, options);
  return compute(where, kernel, inputName, input, anchors, options, format, clamp);
}

function withGrid(
  where: string,
  kernel: CodecKernel,
  inputName: string,
  input: Float32Array,
  grid: Grid,
  options: YoloV3CodecOptions | undefined,
): Float32Array {
  checkRows(where, inputName, input, 4);
  options = checkOptions(where, options, OPTIONS);
  const { height, width, anchors } = checkGridRows(where, grid, inputName, input);
  const format = choose(where, 'format', options?.format, CENTRE_FORMATS);
  return compute(where, kernel, inputName, input, anchors, options, format, 0, height, width);
}

/**
 * The anchor-relative offsets (deltas) of Faster R-CNN.
 *
 * @namespace
 */
export const fasterRcnn = {
  /**
   * The deltas of boxes to their anchors.
   *
   * t_y = (y − yᵃ)/hᵃ, t_x = (x − xᵃ)/wᵃ, t_h = ln(h/hᵃ), t_w = ln(w/wᵃ)
   *
   * @param boxes [N, 4], in any unit.
   * @param anchors `[N, 4]`: each row's anchor, in the same unit and format.
   * @param options See {@link EncodeOptions}.
   * @returns [N, 4]: (t_y, t_x, t_h, t_w) for the formats with y first, `'yxhw'` and `'tlbr'`, and
   * (t_x, t_y, t_w, t_h) for the others.
   * @throws TypeError where an argument is of the wrong kind or an option is unknown; RangeError
   * where a length or an option's value is wrong. Nothing has been written then.
   *
   * @edges
   * A size of 0 or less counts as 1e-7. A NaN makes its delta NaN.
   *
   * @accuracy
   * Largest error against float64 over 7,500 rows (pairs of boxes), from the usual to the limits of
   * float32, on AVX-512, AVX2, SSE4 and scalar code: 2.6e-7 of the largest number of a row.
   *
   * @example
   * const boxes = new Float32Array([0.6, 0.5, 0.2, 0.4]);
   * const anchors = new Float32Array([0.5, 0.5, 0.2, 0.4]);
   * codec.fasterRcnn.encode(boxes, anchors); // [0.5, 0, 0, 0]
   *
   * @see Ren et al., Faster R-CNN, arXiv 1506.01497, equation 2.
   */
  encode(boxes: Float32Array, anchors: Float32Array, options?: EncodeOptions): Float32Array {
    const where = 'codec.fasterRcnn.encode';
    checkRows(where, 'boxes', boxes, 4);
    options = checkOptions(where, options, OPTIONS);
    const kernel = native.codec.fasterRcnnEncode;
    return withAnchors(where, kernel, 'boxes', boxes, anchors, options, 0);
  },

  /**
   * The boxes that deltas stand for: the inverse of `encode`.
   *
   * y = yᵃ + t_y hᵃ, x = xᵃ + t_x wᵃ, h = hᵃ e^t_h, w = wᵃ e^t_w
   *
   * @param deltas [N, 4], in the order `encode` gives them.
   * @param anchors `[N, 4]`: each row's anchor.
   * @param options See {@link DecodeOptions}: `clamp` (default ln(1000/16)) keeps t_h and t_w at or
   * below it.
   * @returns [N, 4] boxes in the format of the anchors.
   * @throws As `encode`; RangeError where `clamp` is not a finite number.
   *
   * @edges
   * A size delta above `clamp` counts as `clamp`. A NaN makes its number NaN.
   *
   * @accuracy
   * Largest error against float64 over 7,500 rows (pairs of boxes), from the usual to the limits of
   * float32, on AVX-512, AVX2, SSE4 and scalar code: 1.5e-7 of the largest number of a row.
   *
   * @example
   * const anchors = new Float32Array([0.5, 0.5, 0.2, 0.4]);
   * codec.fasterRcnn.decode(new Float32Array([0.5, 0, 0, 0]), anchors); // [0.6, 0.5, 0.2, 0.4]
   */
  decode(deltas: Float32Array, anchors: Float32Array, options?: DecodeOptions): Float32Array {
    const where = 'codec.fasterRcnn.decode';
    checkRows(where, 'deltas', deltas, 4);
    options = checkOptions(where, options, ['clamp', ...OPTIONS]);
    const clamp = options?.clamp === undefined ? CLAMP : options.clamp;
    checkNumber(where, 'clamp', clamp, 'a finite number', () => true);
    const kernel = native.codec.fasterRcnnDecode;
    return withAnchors(where, kernel, 'deltas', deltas, anchors, options, clamp);
  },
};

/**
 * The raw features of YOLO v3.
 *
 * @namespace
 */
export const yoloV3 = {
  /**
   * The raw features that stand for boxes.
   *
   * ŷ = σ⁻¹(y H − c_y), x̂ = σ⁻¹(x W − c_x), ĥ = ln(h/hᵃ), ŵ = ln(w/wᵃ)
   *
   * @param boxes `[B, H, W, A, 4]`: centre and size, as fractions of the image.
   * @param grid The scale's cells and anchors.
   * @param options See {@link YoloV3CodecOptions}.
   * @returns [B, H, W, A, 4] raw features, in the order of the boxes.
   * @throws As `codec.fasterRcnn.encode`; RangeError where `boxes` is not a whole number of grids, or
   * an anchor is not above 0 and at most 10: it is a fraction of the image.
   *
   * @edges
   * A centre on the border of its cell or beyond it is kept 1e-6 inside. A size of 0 or less counts
   * as 1e-7.
   *
   * @accuracy
   * Largest error against float64 over 600 rows (raw features and boxes), from the usual to the
   * limits of float32, on AVX-512, AVX2, SSE4 and scalar code: 5.4e-8 of the largest number of a
   * row.
   *
   * @example
   * const grid = { height: 1, width: 1, anchors: new Float32Array([0.5, 0.5]) };
   * codec.yoloV3.encode(new Float32Array([0.5, 0.5, 0.5, 0.5]), grid); // [0, 0, 0, 0]
   *
   * @see Redmon and Farhadi, YOLOv3, arXiv 1804.02767, section 2.1.
   */
  encode(boxes: Float32Array, grid: Grid, options?: YoloV3CodecOptions): Float32Array {
    return withGrid(
      'codec.yoloV3.encode',
      native.codec.yoloV3Encode,
      'boxes',
      boxes,
      grid,
      options,
    );
  },

  /**
   * The boxes that raw features stand for: the inverse of `encode`.
   *
   * y = (σ(ŷ) + c_y)/H, x = (σ(x̂) + c_x)/W, h = hᵃ e^ĥ, w = wᵃ e^ŵ
   *
   * @param raw [B, H, W, A, 4] raw features.
   * @param grid The scale's cells and anchors.
   * @param options See {@link YoloV3CodecOptions}.
   * @returns [B, H, W, A, 4] boxes, centre and size, as fractions of the image.
   * @throws As `encode`.
   *
   * @edges
   * A size beyond 1e18 counts as that.
   *
   * @accuracy
   * Largest error against float64 over 600 rows (raw features and boxes), from the usual to the
   * limits of float32, on AVX-512, AVX2, SSE4 and scalar code: 1.3e-7 of the largest number of a
   * row.
   *
   * @example
   * const grid = { height: 1, width: 1, anchors: new Float32Array([0.5, 0.5]) };
   * codec.yoloV3.decode(new Float32Array(4), grid); // [0.5, 0.5, 0.5, 0.5]
   */
  decode(raw: Float32Array, grid: Grid, options?: YoloV3CodecOptions): Float32Array {
    return withGrid('codec.yoloV3.decode', native.codec.yoloV3Decode, 'raw', raw, grid, options);
  },
};
