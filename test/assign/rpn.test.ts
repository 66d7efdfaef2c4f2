import fc from 'fast-check';
import { overlap } from '../../lib';
import { rpn, type RpnAssignment, type RpnOptions } from '../../lib/assign';
import { floats, FORMATS, random, randomBoxes, toFormat } from '../support/random';

const ints = (...numbers: number[]) => Int32Array.from(numbers);
const xyxy = { format: 'xyxy' } as const;

/** A box of height 10 at (0, y), so wide that its IoU with one of width 100 is `percent`/100. */
const strip = (percent: number, y = 0) => [0, y, percent, y + 10];

const rowsWhere = (array: ArrayLike<number>, holds: (value: number) => boolean) =>
  Array.from(array)
    .map((value, row) => (holds(value) ? row : -1))
    .filter((row) => row >= 0);

const positivesOf = ({ objectness }: RpnAssignment) => rowsWhere(objectness, (o) => o === 1);

/** The anchors that are sampled if all may be. */
const negativesOf = ({ weight, objectness }: RpnAssignment) =>
  rowsWhere(weight, (w) => w === 1).filter((row) => objectness[row] === 0);

const everything: RpnOptions = { sampleSize: 1_000_000 };

test('the example of the documentation', () => {
  const anchors = floats(0, 0, 10, 10, 0, 0, 10, 8, 50, 50, 60, 60);
  const boxes = floats(0, 0, 10, 9);
  const result = rpn(anchors, boxes, xyxy);
  expect(result.objectness).toEqual(floats(1, 1, 0));
  expect(result.matched).toEqual(ints(0, 0, -1));
  expect(result.weight).toEqual(floats(1, 1, 1));
  expect(result.box).toEqual(floats(...boxes, ...boxes, 0, 0, 0, 0));
  expect(result.unassigned).toEqual(ints());
});

test('thresholds: at least positive, below negative, ignored between', () => {
  const anchors = Float32Array.from([100, 71, 70, 69, 31, 30, 29, 1].flatMap((p) => strip(p)));
  const result = rpn(anchors, Float32Array.from(strip(100)), { ...xyxy, ...everything });
  expect(positivesOf(result)).toEqual([0, 1, 2]);
  expect(negativesOf(result)).toEqual([6, 7]);
  const lower = { positive: 0.31, negative: 0.3, ...xyxy, ...everything };
  const other = rpn(anchors, Float32Array.from(strip(100)), lower);
  expect(positivesOf(other)).toEqual([0, 1, 2, 3, 4]);
  expect(negativesOf(other)).toEqual([6, 7]);
  const one = rpn(anchors, Float32Array.from(strip(100)), { ...lower, positive: 1, negative: 1 });
  expect(positivesOf(one)).toEqual([0]);
  expect(negativesOf(one)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  // The float32 next to 0.7 is below it.
  const same = rpn(anchors, Float32Array.from(strip(100)), {
    ...lower,
    positive: 1,
    negative: 0.7,
  });
  expect(negativesOf(same)).toEqual([3, 4, 5, 6, 7]);
});

test('the best anchor of a box is positive however low its IoU', () => {
  const anchors = Float32Array.from([5, 20, 10].flatMap((p) => strip(p)));
  const result = rpn(anchors, Float32Array.from(strip(100)), { ...xyxy, ...everything });
  expect(positivesOf(result)).toEqual([1]);
  expect(negativesOf(result)).toEqual([0, 2]);
});

describe('ties', () => {
  test('of anchors make all of them positive, whatever their place', () => {
    const box = Float32Array.from(strip(100));
    const positives = (...sizes: number[]) =>
      positivesOf(rpn(Float32Array.from(sizes.flatMap((size) => strip(size))), box, xyxy));
    expect(positives(40, 50, 50, 50)).toEqual([1, 2, 3]);
    expect(positives(50, 40, 50)).toEqual([0, 2]);
    expect(positives(50, 50.00001, 50)).toEqual([1]);
    // Two boxes with two best anchors each, and one without any.
    const anchors = Float32Array.from(
      [50, 25, 25, 50].flatMap((p, k) => strip(p, k < 2 ? 0 : 200)),
    );
    const boxes = Float32Array.from([...strip(100), ...strip(100, 200), ...strip(10, 500)]);
    expect(positivesOf(rpn(anchors, boxes, xyxy))).toEqual([0, 3]);
  });

  test('of anchors that another box has the higher IoU with', () => {
    // Both anchors are the best of box 0, by 0.5, and of box 1, by 1.
    const anchors = Float32Array.from([...strip(50), ...strip(50)]);
    const result = rpn(anchors, Float32Array.from([...strip(100), ...strip(50)]), xyxy);
    expect(result.matched).toEqual(ints(1, 1));
    expect(result.unassigned).toEqual(ints(0));
  });

  test('of boxes go to the lowest, the other is reported', () => {
    const boxes = Float32Array.from([strip(100, 50), strip(100), strip(100)].flat());
    const result = rpn(Float32Array.from(strip(90)), boxes, xyxy);
    expect(result.matched).toEqual(ints(1));
    expect(result.unassigned).toEqual(ints(0, 2));
  });
});

describe('an anchor belongs to the box of its highest IoU', () => {
  test('with which the best anchor of another is matched too', () => {
    // IoU of the anchor with both boxes is 0.8 and 0.9, and it is the best of both.
    const anchors = Float32Array.from(strip(90));
    const boxes = Float32Array.from([72, 100].flatMap((p) => strip(p)));
    const result = rpn(anchors, boxes, xyxy);
    expect(result.matched).toEqual(ints(1));
    expect(result.box).toEqual(boxes.subarray(4));
    expect(result.unassigned).toEqual(ints(0));
  });

  test('a box that lost its best anchor keeps others above the threshold', () => {
    // Box 0 prefers anchor 0 (80/90) to anchor 1 (70/80); anchor 0 prefers box 1 (90/96).
    const anchors = Float32Array.from([90, 70].flatMap((p) => strip(p)));
    const boxes = Float32Array.from([80, 96].flatMap((p) => strip(p)));
    const result = rpn(anchors, boxes, xyxy);
    expect(result.matched).toEqual(ints(1, 0));
    expect(result.unassigned).toEqual(ints());
  });
});

test('a box apart from every anchor has no best one, and is reported', () => {
  const anchors = Float32Array.from([strip(100), strip(100, 20)].flat());
  const boxes = Float32Array.from([strip(100, 500), strip(100, 20), strip(100, 10)].flat());
  const result = rpn(anchors, boxes, xyxy);
  expect(result.matched).toEqual(ints(-1, 1));
  expect(result.unassigned).toEqual(ints(0, 2));
});

test('no boxes: every anchor is negative', () => {
  const anchors = randomBoxes(random(3), 40);
  const result = rpn(anchors, floats(), { sampleSize: 10 });
  expect(result.objectness).toEqual(new Float32Array(40));
  expect(result.matched).toEqual(new Int32Array(40).fill(-1));
  expect(result.box).toEqual(new Float32Array(160));
  expect(result.unassigned).toEqual(ints());
  expect(result.weight.filter((weight) => weight === 1)).toHaveLength(10);
  expect(rpn(anchors, floats()).weight).toEqual(new Float32Array(40).fill(1));
});

test('no anchors: every box is reported', () => {
  const result = rpn(floats(), floats(1, 1, 2, 2, 3, 3, 2, 2));
  expect(result).toEqual({
    objectness: floats(),
    weight: floats(),
    matched: ints(),
    box: floats(),
    unassigned: ints(0, 1),
  });
});

test('a positive threshold next to 0 asks for an overlap still', () => {
  const anchors = Float32Array.from([strip(100, 500), strip(1), strip(2)].flat());
  const options = { positive: 1e-50, negative: 1e-50, ...xyxy, ...everything };
  const result = rpn(anchors, Float32Array.from(strip(100)), options);
  expect(result.matched).toEqual(ints(-1, 0, 0));
  expect(positivesOf(result)).toEqual([1, 2]);
});

test('the format is that of anchors, boxes and matched boxes', () => {
  const next = random(5);
  const [anchors, boxes] = [randomBoxes(next, 60), randomBoxes(next, 5)];
  const expected = rpn(anchors, boxes);
  expect(positivesOf(expected).length).toBeGreaterThan(0);
  for (const format of FORMATS) {
    const result = rpn(toFormat(anchors, format), toFormat(boxes, format), { format });
    expect(result.matched).toEqual(expected.matched);
    expect(result.weight).toEqual(expected.weight);
    for (const i of positivesOf(result)) {
      const j = result.matched[i];
      expect(result.box.subarray(4 * i, 4 * i + 4)).toEqual(
        toFormat(boxes, format).subarray(4 * j, 4 * j + 4),
      );
    }
  }
});

describe('the sample', () => {
  // 30 positives, 60 negatives and 10 ignored.
  const shares = Array.from({ length: 100 }, (_, i) => (i < 30 ? 95 : i < 90 ? 10 : 50));
  const anchors = Float32Array.from(shares.flatMap((p) => strip(p)));
  const boxes = Float32Array.from(strip(100));
  const sample = (options: RpnOptions) => {
    const { weight } = rpn(anchors, boxes, { ...xyxy, ...options });
    return rowsWhere(weight, (w) => w === 1);
  };
  const counts = (options: RpnOptions) => {
    const rows = sample(options);
    const positives = rows.filter((row) => row < 30).length;
    return [positives, rows.length - positives];
  };

  test.each([
    [{}, 30, 60],
    [{ sampleSize: 20 }, 10, 10],
    [{ sampleSize: 80 }, 30, 50],
    [{ sampleSize: 21 }, 10, 11],
    [{ sampleSize: 1 }, 0, 1],
    [{ sampleSize: 20, positiveFraction: 0 }, 0, 20],
    [{ sampleSize: 20, positiveFraction: 1 }, 20, 0],
    [{ sampleSize: 40, positiveFraction: 1 }, 30, 10],
    [{ sampleSize: 20, positiveFraction: 0.25 }, 5, 15],
    [{ sampleSize: 1000, positiveFraction: 0.01 }, 10, 60],
  ])('%j: %i positives and %i negatives', (options, positives, negatives) => {
    expect(counts(options)).toEqual([positives, negatives]);
  });

  test('ignored anchors are never in it', () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(sample({ seed, sampleSize: 50 }).every((row) => row < 90)).toBe(true);
    }
  });

  test('is decided by the seed', () => {
    const drawn = Array.from({ length: 10 }, (_, seed) => sample({ seed, sampleSize: 20 }));
    expect(new Set(drawn.map(String)).size).toBe(10);
    expect(Array.from({ length: 10 }, (_, seed) => sample({ seed, sampleSize: 20 }))).toEqual(
      drawn,
    );
    expect(sample({ sampleSize: 20 })).toEqual(drawn[0]);
    expect(sample({ sampleSize: 20, seed: 2 ** 32 - 1 })).toHaveLength(20);
  });

  test('stays what it was', () => {
    expect(sample({ sampleSize: 8, seed: 1 })).toMatchInlineSnapshot(`
      [
        1,
        16,
        18,
        29,
        47,
        67,
        74,
        88,
      ]
    `);
  });

  test('has every anchor of a side equally often', () => {
    const times = new Float64Array(100);
    const draws = 3000;
    for (let seed = 0; seed < draws; seed++) {
      for (const row of sample({ seed, sampleSize: 24 })) times[row]++;
    }
    // 12 of 30 and 12 of 60: binomial, with deviations of 27 and 22. No more than 4.5 of them.
    const off = times.map((count, row) =>
      row < 30 ? count - 1200 : row < 90 ? count - 600 : count,
    );
    expect(off.subarray(0, 30).every((count) => Math.abs(count) < 121)).toBe(true);
    expect(off.subarray(30, 90).every((count) => Math.abs(count) < 99)).toBe(true);
    expect(off.subarray(90).every((count) => count === 0)).toBe(true);
  });

  test('leaves what is positive and matched as it is', () => {
    const [few, all] = [{ sampleSize: 4 }, everything].map((options) =>
      rpn(anchors, boxes, { ...xyxy, ...options }),
    );
    expect({ ...few, weight: undefined }).toEqual({ ...all, weight: undefined });
  });
});

/** The definition in as many words, from the whole table of IoU. */
function byTheTable(
  anchors: Float32Array,
  boxes: Float32Array,
  positive: number,
  negative: number,
) {
  const [n, m] = [anchors.length / 4, boxes.length / 4];
  const table = overlap.iou(anchors, boxes);
  const column = (j: number) => Array.from({ length: n }, (_, i) => table[i * m + j]);
  const row = (i: number) => Array.from(table.subarray(i * m, (i + 1) * m));
  const isBest = (i: number) => row(i).some((iou, j) => iou > 0 && iou === Math.max(...column(j)));
  const highest = (i: number) => Math.max(0, ...row(i));
  const anchorRows = Array.from({ length: n }, (_, i) => i);
  const positives = anchorRows.filter((i) => isBest(i) || highest(i) >= Math.fround(positive));
  const matched = anchorRows.map((i) =>
    positives.includes(i) ? row(i).indexOf(Math.max(...row(i))) : -1,
  );
  const negatives = anchorRows.filter(
    (i) => !positives.includes(i) && highest(i) < Math.fround(negative),
  );
  const lost = Array.from({ length: m }, (_, j) => j).filter((j) => !matched.includes(j));
  return { matched, negatives, unassigned: lost };
}

test('agrees with the definition, without and with many ties', () => {
  const seeds = fc.integer({ min: 0, max: 1e9 });
  const boxCount = fc.integer({ min: 0, max: 6 });
  const threshold = fc.double({ min: 0.05, max: 1, noNaN: true });
  fc.assert(
    fc.property(seeds, boxCount, threshold, threshold, fc.boolean(), (seed, m, p, q, whole) => {
      const next = random(seed);
      const rounded = (boxes: Float32Array) =>
        whole ? boxes.map((number) => Math.max(1, Math.round(4 * number))) : boxes;
      const [anchors, boxes] = [rounded(randomBoxes(next, 37)), rounded(randomBoxes(next, m))];
      const [positive, negative] = [Math.max(p, q), Math.min(p, q)];
      const result = rpn(anchors, boxes, { positive, negative, ...everything });
      const expected = byTheTable(anchors, boxes, positive, negative);
      expect(Array.from(result.matched)).toEqual(expected.matched);
      expect(negativesOf(result)).toEqual(expected.negatives);
      expect(Array.from(result.unassigned)).toEqual(expected.unassigned);
      expect(positivesOf(result)).toEqual(rowsWhere(result.matched, (j) => j >= 0));
      expect(result.weight).toEqual(
        result.objectness.map((o, i) => (o === 1 || expected.negatives.includes(i) ? 1 : 0)),
      );
    }),
    { numRuns: 200 },
  );
});

test('no table of all pairs is held', () => {
  // 100,000 × 800 pairs would take 320 MB as float32.
  const next = random(7);
  const [anchors, boxes] = [randomBoxes(next, 100_000, 'yxhw', 30), randomBoxes(next, 800)];
  const peak = () => process.resourceUsage().maxRSS / 1024;
  const before = peak();
  rpn(anchors, boxes);
  expect(peak() - before).toBeLessThan(100);
});
