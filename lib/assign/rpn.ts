import { checkCount, checkNumber, checkRows } from '../check';
import { checkSettings } from '../options';
import { iou } from '../overlap';
import { FORMATS, formatOf } from '../formats';
import type { BoxFormat } from '../types';
import { boxAt, checkBox } from './boxes';
import { draw, mulberry32 } from './sample';

/** Options of {@link rpn}. */
export interface RpnOptions {
  /** The lowest IoU with a box that makes an anchor positive, in (0, 1]. Default 0.7. */
  positive?: number;
  /** The IoU below which, with every box, an anchor is negative, in (0, positive]. Default 0.3. */
  negative?: number;
  /** The number of anchors to sample, at least 1. Default 256. */
  sampleSize?: number;
  /** The most of the sample that may be positive, in [0, 1]. Default 0.5. */
  positiveFraction?: number;
  /** Decides the sample: a whole number in [0, 2³²). Default 0. */
  seed?: number;
  /** The format of anchors and boxes. Default `'yxhw'`. */
  format?: BoxFormat;
}

/** What {@link rpn} returns. */
export interface RpnAssignment {
  /** `[N]`: 1 for positive anchors, 0 elsewhere. */
  objectness: Float32Array;
  /** `[N]`: 1 for sampled anchors, 0 elsewhere. */
  weight: Float32Array;
  /** `[N]`: the row of each positive anchor's box; −1 elsewhere. */
  matched: Int32Array;
  /** `[N, 4]`: the box of each positive anchor; 0 elsewhere. */
  box: Float32Array;
  /** The rows of the boxes that no anchor is matched with, ascending. */
  unassigned: Int32Array;
}

const OPTIONS = ['positive', 'negative', 'sampleSize', 'positiveFraction', 'seed', 'format'];

/**
 * The targets of Faster R-CNN's region proposals in one image: which anchors are objects, which are
 * background, and a random sample of both.
 *
 * An anchor is positive where its IoU with some box is at least `positive`, or where no other anchor
 * has a higher IoU with some box; it is matched with the box it has the highest IoU with.
 * It is negative where it is not positive and its IoU with every box is below `negative`. The
 * others are ignored. Of the positives up to ⌊sampleSize · positiveFraction⌋ are sampled, and
 * negatives up to `sampleSize` in all.
 *
 * @param anchors [N, 4] boxes, in any unit.
 * @param boxes [M, 4] the objects' boxes, in the same unit and format.
 * @param options See {@link RpnOptions}: `positive` (default 0.7), `negative` (default 0.3),
 * `sampleSize` (default 256), `positiveFraction` (default 0.5), `seed` (default 0) and `format`
 * (default `'yxhw'`).
 * @returns See {@link RpnAssignment}. `weight` is the sampler's mask: the weight of
 * `objectness.fasterRcnn`, and times `objectness` that of `box.fasterRcnn`.
 * @throws TypeError where an argument is of the wrong kind or an option is unknown; RangeError
 * where a length or a value is wrong: a row of either array without height or width, or with a
 * number that is not finite.
 *
 * @edges
 * The IoU, and both thresholds, are float32. All anchors of the same highest IoU with a box are its
 * best; of boxes of the same IoU an anchor goes to the lowest. A box that has no IoU with any anchor
 * has no best one; one whose best anchors have a higher IoU with another box is matched with the
 * anchors that it reaches `positive` with, if there are any. Boxes left without an anchor are
 * reported. Without boxes all anchors are negative.
 *
 * The sample is that of a partial Fisher–Yates shuffle of the positives, then of the negatives, by
 * the generator mulberry32. It is the same for the same seed: give a training step its own. The
 * boxes are taken one by one: memory grows with N + M, not with N · M.
 *
 * @example
 * const anchors = new Float32Array([0, 0, 10, 10, 0, 0, 10, 8, 50, 50, 60, 60]);
 * const boxes = new Float32Array([0, 0, 10, 9]);
 * const { objectness, matched } = assign.rpn(anchors, boxes, { format: 'xyxy' });
 * objectness; // [1, 1, 0]: IoU 0.9, 0.88… and 0
 * matched; // [0, 0, −1]
 *
 * @see Ren et al., Faster R-CNN, arXiv 1506.01497, section 3.1.2 and 3.1.3.
 */
export function rpn(
  anchors: Float32Array,
  boxes: Float32Array,
  options: RpnOptions = {},
): RpnAssignment {
  const where = 'assign.rpn';
  const count = checkRows(where, 'anchors', anchors, 4);
  const boxCount = checkRows(where, 'boxes', boxes, 4);
  options = checkSettings(where, options, OPTIONS);
  const settings = readSettings(where, options);
  checkBoxes(where, 'anchors', anchors, count, settings.format);
  checkBoxes(where, 'boxes', boxes, boxCount, settings.format);

  const { best, bestBox, isBest } = compare(anchors, boxes, settings.format);
  const isPositive = (i: number) =>
    bestBox[i] >= 0 && (isBest[i] === 1 || best[i] >= settings.positive);
  const rows = Int32Array.from({ length: count }, (_, i) => i);
  const positives = rows.filter(isPositive);
  const negatives = rows.filter((i) => !isPositive(i) && best[i] < settings.negative);

  const objectness = new Float32Array(count);
  const matched = new Int32Array(count).fill(-1);
  const box = new Float32Array(4 * count);
  const isMatched = new Uint8Array(boxCount);
  for (const i of positives) {
    const of = bestBox[i];
    objectness[i] = 1;
    matched[i] = of;
    isMatched[of] = 1;
    box.set(boxes.subarray(4 * of, 4 * of + 4), 4 * i);
  }
  const unassigned = Int32Array.from({ length: boxCount }, (_, j) => j).filter(
    (j) => isMatched[j] === 0,
  );

  const weight = new Float32Array(count);
  const { sampleSize, positiveFraction } = settings;
  const random = mulberry32(settings.seed);
  const objects = draw(positives, Math.floor(sampleSize * positiveFraction), random);
  const background = draw(negatives, sampleSize - objects.length, random);
  for (const i of objects) weight[i] = 1;
  for (const i of background) weight[i] = 1;
  return { objectness, weight, matched, box, unassigned };
}

function readSettings(where: string, options: RpnOptions) {
  const { positive = 0.7, negative = 0.3 } = options;
  const { sampleSize = 256, positiveFraction = 0.5, seed = 0 } = options;
  checkNumber(where, 'positive', positive, 'above 0 and up to 1', (v) => v > 0 && v <= 1);
  const range = `above 0 and up to positive (${positive})`;
  checkNumber(where, 'negative', negative, range, (v) => v > 0 && v <= positive);
  checkCount(where, 'sampleSize', sampleSize);
  const isFraction = (v: number) => v >= 0 && v <= 1;
  checkNumber(where, 'positiveFraction', positiveFraction, 'from 0 to 1', isFraction);
  const isSeed = (v: number) => Number.isInteger(v) && v >= 0 && v < 2 ** 32;
  checkNumber(where, 'seed', seed, 'a whole number from 0 to 2³² − 1', isSeed);
  return {
    positive: Math.fround(positive),
    negative: Math.fround(negative),
    sampleSize,
    positiveFraction,
    seed,
    format: FORMATS[formatOf(where, options)],
  };
}

function checkBoxes(
  where: string,
  name: string,
  boxes: Float32Array,
  count: number,
  format: BoxFormat,
): void {
  for (let row = 0; row < count; row++) {
    const box = boxAt(boxes, row, format);
    checkBox(where, name, row, box, 'a finite number', Number.isFinite);
  }
}

/**
 * For each anchor the box of the highest IoU above 0, −1 where there is none, and that IoU; and
 * whether no other anchor has a higher IoU than it with some box.
 */
function compare(anchors: Float32Array, boxes: Float32Array, format: BoxFormat) {
  const count = anchors.length / 4;
  const best = new Float32Array(count);
  const bestBox = new Int32Array(count).fill(-1);
  const isBest = new Uint8Array(count);
  const row = new Float32Array(count);
  for (let j = 0; 4 * j < boxes.length; j++) {
    iou(boxes.subarray(4 * j, 4 * j + 4), anchors, { format, out: row });
    let highest = 0;
    for (let i = 0; i < count; i++) {
      const value = row[i];
      if (!(value > 0)) continue;
      if (value > highest) highest = value;
      if (value > best[i]) {
        best[i] = value;
        bestBox[i] = j;
      }
    }
    for (let i = 0; highest > 0 && i < count; i++) {
      if (row[i] === highest) isBest[i] = 1;
    }
  }
  return { best, bestBox, isBest };
}
