/**
 * No loss or measure of overlap leaves its range, on any instruction set: IoU and its loss not by a
 * rounding, the others not by more than their rows' 4 ULP.
 */
import { overlap } from '../../lib';
import { MEASURES, OVERLAP_CASES } from '../losses/table';
import { BOUNDS, ulp } from '../support/agreement';
import { BOX_PAIRS, pairsIn, type BoxPair } from '../support/box-pairs';
import { expectSame } from '../support/close';
import { FORMATS, random, type Random } from '../support/random';
import { rowsOf } from '../support/rows';
import { onEveryTarget } from '../support/targets';

const ROUNDING = 1 + BOUNDS.ulps * ulp(1);

/** Boxes that differ in their last digits, that are as unlike as can be, or mere points. */
function pairOf(next: Random): BoxPair {
  const size = 10 ** (12 * next() - 6);
  const box = [next(), next(), size, size * 10 ** (4 * next() - 2)];
  const kind = next();
  if (kind < 0.2) return [box, BOX_PAIRS.apart(next)[0]];
  if (kind < 0.4) {
    return [
      [next(), next(), 0, 0],
      [next(), next(), 0, 0],
    ];
  }
  return [box.map((number) => number * (1 + 3e-7 * (next() - 0.5))), box];
}

/** A few of the numbers outside [least, most]. */
function outside(numbers: Float32Array, least: number, most: number): number[] {
  return Array.from(numbers.filter((number) => !(number >= least && number <= most))).slice(0, 5);
}

onEveryTarget(() => {
  test.each(OVERLAP_CASES.filter((loss) => loss.most !== undefined))('$title', (loss) => {
    const next = random(127);
    const most = loss.most === 1 ? 1 : loss.most! * ROUNDING;
    for (const format of FORMATS) {
      const [boxes, near] = pairsIn(format, 2000, () => pairOf(next));
      const [others] = pairsIn(format, 2000, () => pairOf(next));
      for (const target of [near, others]) {
        const { losses } = rowsOf(loss, [boxes, target], { format });
        expect(outside(losses, 0, most)).toEqual([]);
        const alone = loss.native([boxes, target], { format, reduction: 'none' });
        expect(outside(alone.losses!, 0, most)).toEqual([]);
      }
    }
  });

  test.each(MEASURES)('$title', ({ title, native, matrix }) => {
    const next = random(131);
    const least = /giou|diou/.test(title) ? -ROUNDING : /ciou/.test(title) ? -1.5 * ROUNDING : 0;
    for (const format of FORMATS) {
      const [a, b] = pairsIn(format, matrix ? 50 : 2000, () => pairOf(next));
      expect(outside(native(a, b, { format }), least, 1)).toEqual([]);
    }
  });

  test('the IoU of a box with itself is 1, with one apart from it 0', () => {
    const next = random(137);
    const [boxes] = pairsIn('yxhw', 2000, () => BOX_PAIRS.equal(next));
    expectSame(overlap.alignedIou(boxes, boxes), new Float32Array(2000).fill(1));
    const [a, b] = pairsIn('xyxy', 2000, () => BOX_PAIRS.apart(next));
    expectSame(overlap.alignedIou(a, b, { format: 'xyxy' }), new Float32Array(2000));
  });
});
