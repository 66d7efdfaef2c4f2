import { checkCount, choose } from '../check';
import { CENTRE_FORMATS } from '../formats';
import { checkSettings } from '../options';
import {
  cellOf,
  claim,
  emptyTarget,
  readInstances,
  type CellTarget,
  type CentreFormat,
  type Instances,
} from './instances';

/** Options of {@link yoloV1}. */
export interface YoloV1Options {
  /** The number of images, B. */
  batch: number;
  /** The number of cells in a row and in a column, S. */
  grid: number;
  /** The order of the boxes, of the instances and of the target. Default `'yxhw'`. */
  format?: CentreFormat;
}

/** What {@link yoloV1} returns. */
export interface YoloV1Assignment {
  /** `box` [B, S, S, 4], `objectness` and `labels` [B, S, S]. */
  target: CellTarget;
  /** The rows of the instances that won no cell, ascending. */
  unassigned: Int32Array;
}

/**
 * The target of YOLO v1: each object goes to the cell that holds its centre.
 *
 * @param instances See {@link Instances}: `boxes` [M, 4] as fractions of the image, `labels` [M]
 * and `images` [M].
 * @param options See {@link YoloV1Options}: `batch` and `grid`, and `format`, `'yxhw'` (default) or
 * `'cxcywh'`.
 * @returns `target`, as `yoloV1.loss` takes it: the boxes' centres are from 0 to 1 within their
 * cell, their sizes fractions of the image. And `unassigned`, the rows of the instances that
 * another one kept out. Where there is no object everything is 0.
 * @throws As `assign.yoloV3`.
 *
 * @edges
 * Of several instances in one cell the lowest row has it; the others are reported. A centre on the
 * border of two cells belongs to the lower or right one; at 1, the image's end, to the last, at its
 * end.
 *
 * @example
 * const { target } = assign.yoloV1(
 *   {
 *     boxes: new Float32Array([0.75, 0.25, 0.2, 0.1]),
 *     labels: new Int32Array([7]),
 *     images: new Int32Array([0]),
 *   },
 *   { batch: 1, grid: 2 },
 * );
 * target.objectness; // [0, 0, 1, 0]
 * target.box.subarray(8, 12); // [0.5, 0.5, 0.2, 0.1]
 *
 * @see Redmon et al., You only look once, arXiv 1506.02640, section 2.
 */
export function yoloV1(instances: Instances, options: YoloV1Options): YoloV1Assignment {
  const where = 'assign.yoloV1';
  options = checkSettings(where, options, ['batch', 'grid', 'format']);
  const batch = checkCount(where, 'batch', options.batch);
  const grid = checkCount(where, 'grid', options.grid);
  const format = CENTRE_FORMATS[choose(where, 'format', options.format, CENTRE_FORMATS)];
  const objects = readInstances(where, instances, batch, format);

  const target = emptyTarget(where, batch * grid * grid);
  const late = objects.filter((object) => {
    const [line, column] = [cellOf(object.y, grid), cellOf(object.x, grid)];
    const box = { ...object, y: object.y * grid - line, x: object.x * grid - column };
    const place = (object.image * grid + line) * grid + column;
    return !claim(target, place, object.label, box, format);
  });
  return { target, unassigned: Int32Array.from(late, ({ row }) => row) };
}
