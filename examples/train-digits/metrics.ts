/**
 * How good detections are: precision, recall and average precision.
 */
import { overlap } from 'detloss';
import { boxesOf, type Detection } from './detect';

export interface Quality {
  /** The part of the detections with a score of at least `threshold` that are right. */
  precision: number;
  /** The part of the true boxes that those find. */
  recall: number;
  /** The mean over the classes of the area below precision over recall, at any score. */
  ap: number;
}

/** A detection and whether it found a true box. */
interface Judged {
  score: number;
  right: boolean;
}

/**
 * Compares detections with the true boxes of the same image and class.
 *
 * From the highest score on, a detection is right where its IoU with a true box that is not taken
 * yet is at least `iou`; it takes the one of the highest. As in PASCAL VOC (from 2010) and COCO, the
 * precision at a recall is the best at this recall or beyond, here at each recall there is.
 *
 * Classes without a true box do not count for `ap`; without any true box recall and `ap` are 0, and
 * without detections precision is 0.
 */
export function quality(
  detections: readonly Detection[],
  truths: readonly Detection[],
  iou: number,
  threshold = 0.5,
): Quality {
  const classes = [...new Set(truths.map(({ label }) => label))];
  const judged = judge(detections, truths, iou);
  const curves = classes.map((label) => {
    const count = truths.filter((truth) => truth.label === label).length;
    return averagePrecision(judged.get(label) ?? [], count);
  });
  const sure = [...judged.values()].flat().filter(({ score }) => score >= threshold);
  const right = sure.filter((one) => one.right).length;
  return {
    precision: right / Math.max(sure.length, 1),
    recall: right / Math.max(truths.length, 1),
    ap: curves.reduce((sum, ap) => sum + ap, 0) / Math.max(curves.length, 1),
  };
}

/** The detections of each class, from the highest score on. */
function judge(
  detections: readonly Detection[],
  truths: readonly Detection[],
  iou: number,
): Map<number, Judged[]> {
  const open = new Map<string, Detection[]>();
  for (const truth of truths) {
    const key = `${truth.image} ${truth.label}`;
    open.set(key, [...(open.get(key) ?? []), truth]);
  }
  const judged = new Map<number, Judged[]>();
  for (const { image, label, score, box } of [...detections].sort((a, b) => b.score - a.score)) {
    const key = `${image} ${label}`;
    const candidates = open.get(key) ?? [];
    const overlaps = overlap.iou(box, boxesOf(candidates));
    const best = overlaps.indexOf(overlaps.reduce((most, value) => Math.max(most, value), 0));
    const right = candidates.length > 0 && overlaps[best] >= iou;
    if (right) candidates.splice(best, 1);
    const group = judged.get(label) ?? [];
    group.push({ score, right });
    judged.set(label, group);
  }
  return judged;
}

/** The area below precision over recall of detections from the highest score on. */
function averagePrecision(judged: readonly Judged[], truths: number): number {
  let right = 0;
  const precisions = judged.map((one, k) => (right += Number(one.right)) / (k + 1));
  let best = 0;
  let area = 0;
  // From the lowest score back: every right detection is one step of recall.
  for (let k = judged.length - 1; k >= 0; k--) {
    best = Math.max(best, precisions[k]);
    if (judged[k].right) area += best / truths;
  }
  return area;
}
