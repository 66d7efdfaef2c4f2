import { box, overlap } from '../../lib';
import { MEASURES } from '../losses/table';
import { BOUNDS, ulp } from '../support/agreement';
import { BOX_PAIRS, pairsIn } from '../support/box-pairs';
import { expectClose } from '../support/close';
import { floats, FORMATS, random } from '../support/random';

const METRICS = ['iou', 'giou', 'diou', 'ciou'] as const;

describe('worked examples', () => {
  // Left, top, right, bottom. A square of side 2 against itself one to the right, itself, a square
  // that touches it at a corner, and one inside it, 1 wide.
  const a = floats(0, 0, 2, 2);
  const b = floats(1, 0, 3, 2, 0, 0, 2, 2, 2, 2, 4, 4, 1, 1, 2, 2);
  const format = 'xyxy';

  test.each([
    // |I|/|U|: 2/(4 + 4 − 2), 4/4, 0/8, 1/4
    ['iou', [1 / 3, 1, 0, 1 / 4]],
    // less |C − U|/|C|: (6 − 6)/6, 0, (16 − 8)/16, (4 − 4)/4
    ['giou', [1 / 3, 1, -1 / 2, 1 / 4]],
    // less ρ²/c²: 1/(9 + 4), 0, (4 + 4)/(16 + 16), (¼ + ¼)/(4 + 4)
    ['diou', [1 / 3 - 1 / 13, 1, -1 / 4, 1 / 4 - 1 / 16]],
    // less αv, which is 0 of squares
    ['ciou', [1 / 3 - 1 / 13, 1, -1 / 4, 1 / 4 - 1 / 16]],
  ] as const)('%s', (metric, expected) => {
    expectClose(overlap.iou(a, b, { format, metric }), expected, 1e-7);
  });

  test('ciou of boxes with different ratios', () => {
    // A unit square in a box √3 high: v = 4/π² (π/4 − π/6)² = 1/36, α = v/(1 − IoU + v).
    const [iou, v] = [1 / Math.sqrt(3), 1 / 36];
    const tall = floats(0, 0, Math.sqrt(3), 1);
    const [ciou] = overlap.iou(tall, floats(0, 0, 1, 1), { metric: 'ciou' });
    expectClose([ciou], [iou - (v / (1 - iou + v)) * v], 1e-6);
  });

  test('alignedIou', () => {
    const pred = floats(0, 0, 2, 2, 1, 1, 2, 2);
    expectClose(overlap.alignedIou(pred, b.subarray(8), { format }), [0, 1], 1e-7);
    expectClose(overlap.alignedIou(pred, b.subarray(0, 8), { format }), [1 / 3, 1 / 4], 1e-7);
  });
});

describe.each(MEASURES)('$title', ({ matrix, native, reference }) => {
  test.each(Object.entries(BOX_PAIRS))('agrees with the reference: boxes %s', (_, pair) => {
    const next = random(31);
    for (const format of FORMATS) {
      const [a, b] = pairsIn(format, 37, () => pair(next));
      const [actual, expected] = [native(a, b, { format }), reference(a, b, { format })];
      // As the loss, of which it is 1 minus: a loss between 1 and 2.5 has ULPs up to twice that of 1.
      expectClose(actual, expected, BOUNDS.ulps * 2 * ulp(1));
    }
  });

  test('every number of boxes', () => {
    const next = random(37);
    for (let count = 0; count <= 33; count++) {
      const format = FORMATS[count % FORMATS.length];
      const [a, b] = pairsIn(format, count, () => BOX_PAIRS.overlapping(next));
      const fewer = matrix ? a.subarray(0, 4 * Math.ceil(count / 3)) : a;
      const expected = reference(fewer, b, { format });
      expectClose(native(fewer, b, { format }), expected, 1e-5);
      const out = new Float32Array(expected.length);
      expect(native(fewer, b, { format, out })).toBe(out);
      expect(out).toEqual(native(fewer, b, { format }));
    }
  });

  test('no boxes on one side', () => {
    expect(native(floats(), floats())).toEqual(floats());
    if (!matrix) return;
    expect(native(floats(), floats(1, 1, 2, 2))).toEqual(floats());
    expect(native(floats(1, 1, 2, 2), floats())).toEqual(floats());
  });
});

test('IoU alone has no digits to lose where one box holds the other', () => {
  const next = random(41);
  for (const kind of ['inside the target', 'around the target', 'equal'] as const) {
    const [a, b] = pairsIn('yxhw', 500, () => BOX_PAIRS[kind](next));
    const actual = overlap.alignedIou(a, b);
    const expected = MEASURES.at(-1)!.reference(a, b);
    const wrong = expected.filter((iou, i) => !(Math.abs(actual[i] - iou) <= 4 * ulp(iou)));
    expect(Array.from(wrong)).toEqual([]);
  }
});

test('the matrix has a row per box of a; its diagonal is alignedIou', () => {
  const next = random(43);
  const [a, b] = pairsIn('xywh', 40, () => BOX_PAIRS.overlapping(next));
  const matrix = overlap.iou(a.subarray(0, 4 * 23), b, { format: 'xywh' });
  expect(matrix).toHaveLength(23 * 40);
  const diagonal = Float32Array.from({ length: 23 }, (_, i) => matrix[41 * i]);
  expect(diagonal).toEqual(overlap.alignedIou(a, b, { format: 'xywh' }).subarray(0, 23));
});

test.each(METRICS)('%s is 1 minus the loss of that name', (metric) => {
  const next = random(47);
  for (const format of FORMATS) {
    const [a, b] = pairsIn(format, 33, () => BOX_PAIRS.overlapping(next));
    const { losses } = box[metric](a, b, { format, reduction: 'none' });
    const matrix = overlap.iou(a, b, { format, metric });
    const diagonal = Float32Array.from({ length: 33 }, (_, i) => matrix[34 * i]);
    expectClose(
      diagonal,
      losses.map((loss) => 1 - loss),
      1e-6,
    );
  }
});

test('NaN stays in its row and column', () => {
  const next = random(53);
  const [a, b] = pairsIn('yxhw', 20, () => BOX_PAIRS.overlapping(next));
  for (const metric of METRICS) {
    const clean = overlap.iou(a, b, { metric });
    const [dirtyA, dirtyB] = [a.slice(), b.slice()];
    dirtyA[4 * 3 + 1] = NaN;
    dirtyB[4 * 18 + 2] = NaN;
    const expected = clean.map((value, k) =>
      Math.floor(k / 20) === 3 || k % 20 === 18 ? NaN : value,
    );
    expect(overlap.iou(dirtyA, dirtyB, { metric })).toEqual(expected);
  }
  const pairs = overlap.alignedIou(a, b);
  const dirty = b.slice().fill(NaN, 4 * 19 + 3);
  expect(overlap.alignedIou(a, dirty)).toEqual(pairs.map((value, i) => (i === 19 ? NaN : value)));
});
