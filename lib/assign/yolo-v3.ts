import { checkCount, checkGrid, choose } from '../check';
import { CENTRE_FORMATS } from '../formats';
import { checkSettings } from '../options';
import { wrongKind, wrongValue } from '../words';
import { isList } from '../kinds';
import type { Grid } from '../types';
import {
  cellOf,
  claim,
  emptyTarget,
  readInstances,
  type CellTarget,
  type CentreFormat,
  type Instances,
} from './instances';

/** Options of {@link yoloV3}. */
export interface YoloV3Options {
  /** The number of images, B. */
  batch: number;
  /** The grids of the network's outputs. */
  scales: readonly Grid[];
  /** The order of the boxes, of the instances and of the targets. Default `'yxhw'`. */
  format?: CentreFormat;
}

/** What {@link yoloV3} returns. */
export interface YoloV3Assignment {
  /** For each scale: `box` [B, H, W, A, 4], `objectness` and `labels` [B, H, W, A]. */
  targets: CellTarget[];
  /** The rows of the instances that won no anchor, ascending. */
  unassigned: Int32Array;
}

/**
 * The targets of YOLO v3: each object goes to one anchor of one cell of one scale.
 *
 * The anchor is the one, over all scales, of the highest IoU of sizes,
 * min(h, hᵃ)·min(w, wᵃ) / (h·w + hᵃ·wᵃ − min(h, hᵃ)·min(w, wᵃ)),
 * as if box and anchor had the same centre; the cell is the one of that scale that holds the box's
 * centre.
 *
 * @param instances See {@link Instances}: `boxes` [M, 4] as fractions of the image, `labels` [M]
 * and `images` [M].
 * @param options See {@link YoloV3Options}: `batch` and `scales`, and `format`, `'yxhw'` (default)
 * or `'cxcywh'`.
 * @returns `targets`, one for each scale, as `yoloV3.loss` takes them, and `unassigned`, the rows
 * of the instances that another one kept out. Where there is no object everything is 0.
 * @throws TypeError where an argument is of the wrong kind or an option is unknown; RangeError
 * where a length or a value is wrong: a row whose centre is outside the image, without height or
 * width, with a NaN, of a negative label or of no image of the batch, or an anchor that is no fraction
 * of the image, from above 0 to 10.
 *
 * @edges
 * Ties go to the lowest scale, then to the lowest anchor. Of several instances that meet in one
 * anchor of a cell the lowest row has it; the others are reported and do not go elsewhere. A centre
 * on the border of two cells belongs to the lower or right one; at 1, the image's end, to the last.
 *
 * @example
 * const { targets, unassigned } = assign.yoloV3(
 *   {
 *     boxes: new Float32Array([0.75, 0.25, 0.2, 0.1, 0.9, 0.2, 0.2, 0.1]),
 *     labels: new Int32Array([7, 3]),
 *     images: new Int32Array([0, 0]),
 *   },
 *   { batch: 1, scales: [{ height: 2, width: 2, anchors: new Float32Array([0.2, 0.2]) }] },
 * );
 * targets[0].objectness; // [0, 0, 1, 0]
 * targets[0].labels; // [0, 0, 7, 0]
 * unassigned; // [1]: its centre is in the cell of the first
 *
 * @see Redmon and Farhadi, YOLOv3, arXiv 1804.02767, section 2.1.
 */
export function yoloV3(instances: Instances, options: YoloV3Options): YoloV3Assignment {
  const where = 'assign.yoloV3';
  options = checkSettings(where, options, ['batch', 'scales', 'format']);
  const batch = checkCount(where, 'batch', options.batch);
  const scales = checkScales(where, options.scales);
  const format = CENTRE_FORMATS[choose(where, 'format', options.format, CENTRE_FORMATS)];
  const objects = readInstances(where, instances, batch, format);

  const targets = scales.map(({ height, width, anchors }) =>
    emptyTarget(where, batch * height * width * (anchors.length / 2)),
  );
  const late = objects.filter((object) => {
    const { scale, anchor } = bestAnchor(scales, object.h, object.w);
    const { height, width, anchors } = scales[scale];
    const line = object.image * height + cellOf(object.y, height);
    const cell = line * width + cellOf(object.x, width);
    const place = cell * (anchors.length / 2) + anchor;
    return !claim(targets[scale], place, object.label, object, format);
  });
  return { targets, unassigned: Int32Array.from(late, ({ row }) => row) };
}

function checkScales(where: string, value: unknown): Grid[] {
  if (!isList(value)) throw wrongKind(where, 'scales', 'an array', value);
  if (value.length === 0) throw wrongValue(where, 'scales.length to be at least 1', 0);
  return Array.from(value, (scale, s) => checkGrid(where, scale, `scales[${s}]`));
}

/** The first of the anchors whose sizes have the highest IoU with a box's. */
function bestAnchor(scales: readonly Grid[], h: number, w: number) {
  let best = { scale: 0, anchor: 0, iou: -1 };
  scales.forEach(({ anchors }, scale) => {
    for (let anchor = 0; 2 * anchor < anchors.length; anchor++) {
      const iou = sizeIou(h, w, anchors[2 * anchor], anchors[2 * anchor + 1]);
      if (iou > best.iou) best = { scale, anchor, iou };
    }
  });
  return best;
}

/** The IoU of two boxes about the same centre. */
function sizeIou(h: number, w: number, anchorH: number, anchorW: number): number {
  const common = Math.min(h, anchorH) * Math.min(w, anchorW);
  return common / (h * w + anchorH * anchorW - common);
}
