/** Degenerate boxes and the edges of the formulas, on every instruction set. */
import { box } from '../../../lib';
import type { BoxFormat } from '../../../lib/types';
import { CASES, formatOptions, OVERLAP_CASES, type Arrays, type LossCase } from '../table';
import { compare } from '../../support/agreement';
import { BOX_PAIRS, pairsIn, type BoxPair } from '../../support/box-pairs';
import { expectClose, expectSame } from '../../support/close';
import { boxNumbers, floats, FORMATS, type Random, random } from '../../support/random';
import { rowsOf, type Rows } from '../../support/rows';
import { onEveryTarget } from '../../support/targets';

/** The pairs, and for a loss of numbers their numbers, as a loss's arrays. */
function arraysOf(loss: LossCase, format: BoxFormat, pairs: BoxPair[]): Arrays {
  let count = 0;
  const rows = (pairs.length * 4) / loss.width;
  return loss.ofPairs!(() => pairs[count++ % pairs.length], rows, format);
}

const PLANE_CASES = CASES.filter(({ ofPairs }) => ofPairs !== undefined);
const BOX_CASES = PLANE_CASES.filter(({ width }) => width === 4);

/** Losses and gradient as one list. */
const flat = ({ losses, grad }: Rows) => [...losses, ...grad];

function expectFinite({ losses, grad }: Rows) {
  expect(losses.every(Number.isFinite)).toBe(true);
  expect(grad.every(Number.isFinite)).toBe(true);
}

onEveryTarget(() => {
  describe('prediction equals target', () => {
    test.each(PLANE_CASES)('$title', (loss) => {
      const next = random(89);
      const places: [centre: number, size: number][] = [
        [0.5, 1],
        [0.5, 1e-4],
        [1e6, 1],
        [-1e6, 3],
        [1e18, 1e17],
      ];
      const pairs = places.flatMap(([centre, size]) =>
        Array.from({ length: 21 }, (): BoxPair => {
          const near = () => centre + size * next();
          const numbers = [near(), near(), size * (0.5 + next()), size * (0.5 + next())];
          return [numbers, numbers];
        }),
      );
      for (const options of formatOptions(loss)) {
        const arrays = arraysOf(loss, options.format ?? 'yxhw', pairs);
        const { losses, grad } = rowsOf(loss, arrays, options);
        expectClose(losses, new Float32Array(losses.length), 0);
        expectClose(grad, new Float32Array(grad.length), 0);
        expect(loss.native(arrays, options).loss).toBe(0);
      }
    });
  });

  describe('disjoint', () => {
    test.each(OVERLAP_CASES)('$title', (loss) => {
      const next = random(97);
      for (const format of FORMATS) {
        const arrays = pairsIn(format, 200, () => BOX_PAIRS.apart(next));
        const result = rowsOf(loss, arrays, { format });
        expectFinite(result);
        if (loss.most === 1) {
          expectSame(result.losses, new Float32Array(200).fill(1));
          expectClose(result.grad, new Float32Array(800), 0);
          continue;
        }
        expect(result.losses.every((row) => row > 1 && row <= (loss.most ?? Infinity))).toBe(true);
        const still = result.losses.filter((_, i) =>
          result.grad.subarray(4 * i, 4 * i + 4).every((slope) => slope === 0),
        );
        expect(still).toHaveLength(0);
      }
    });
  });

  describe('touching', () => {
    // Side by side, corner to corner, one above the other; all edges are exact in every format.
    const pairs: BoxPair[] = [
      [
        [0, 0, 2, 2],
        [0, 2, 2, 2],
      ],
      [
        [0, 0, 2, 2],
        [2, 2, 2, 2],
      ],
      [
        [3, 1, 2, 4],
        [0, 2, 4, 2],
      ],
    ];

    test.each(OVERLAP_CASES)('$title', (loss) => {
      for (const format of FORMATS) {
        const { wrong, kinks } = compare(loss, arraysOf(loss, format, pairs), { format });
        expect(wrong).toEqual([]);
        expect(kinks).toBe(0);
      }
    });

    test('box.iou has the derivative of the overlapping side', () => {
      // |I| = 0, |U| = 8: by x, |I| grows by 2, by w by half of that.
      const { loss, grad } = box.iou(floats(0, 0, 2, 2), floats(0, 2, 2, 2), { grad: true });
      expect(loss).toBe(1);
      expectClose(grad, [0, -2 / 8, 0, -1 / 8], 1e-7);
    });
  });

  describe('sizes of 0 or less', () => {
    const target = [0, 0, 2, 3];
    const sizes = [
      [1, 0],
      [1, -2],
      [0, 1],
      [-3, 1],
      [0, 0],
      [-1, -2],
    ];

    test.each(OVERLAP_CASES)('$title: below 0 counts as 0, with its derivative', (loss) => {
      for (const [h, w] of sizes) {
        const pair: BoxPair = [[0.5, 0.25, h, w], target];
        const counted: BoxPair = [[0.5, 0.25, Math.max(h, 0), Math.max(w, 0)], target];
        // By corners, a size below 0 is an inverted box.
        for (const format of FORMATS) {
          const arrays = arraysOf(loss, format, [pair]);
          const result = rowsOf(loss, arrays, { format });
          expectFinite(result);
          const zero = rowsOf(loss, arraysOf(loss, format, [counted]), { format });
          expectSame(flat(result), flat(zero));
          expect(compare(loss, arrays, { format })).toEqual({ wrong: [], kinks: 0 });
        }
      }
    });

    test.each(OVERLAP_CASES)('$title: a target below 0 counts as 0', (loss) => {
      for (const format of FORMATS) {
        const [below, zero] = [-2, 0].map((h) =>
          rowsOf(
            loss,
            arraysOf(loss, format, [
              [
                [0.5, 0.25, 1, 1],
                [0, 0, h, 3],
              ],
            ]),
            { format },
          ),
        );
        expectSame(flat(below), flat(zero));
        expectFinite(below);
      }
    });

    test.each(OVERLAP_CASES)('$title: a box without area may grow', (loss) => {
      const pairs: BoxPair[] = [
        [[0.25, 0.25, 1, 0], target],
        [[0.25, 0.25, 0, 1], target],
      ];
      const { losses, grad } = rowsOf(loss, arraysOf(loss, 'yxhw', pairs));
      expect(Math.min(...losses)).toBeGreaterThanOrEqual(1);
      expect(grad[3]).toBeLessThan(0);
      expect(grad[4 + 2]).toBeLessThan(0);
    });

    test('v of a box without width or height', () => {
      // Against a square: v = 4/π² (π/4)² = ¼, α = ¼/(1 + ¼); of a height without width, of a
      // width without height, of a point.
      const pred = floats(0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0);
      const squares = floats(0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1);
      const { losses } = box.ciou(pred, squares, { reduction: 'none' });
      expectClose(losses, [1.05, 1.05, 1.05], 1e-6);
    });

    test.each(OVERLAP_CASES)('$title: both the same point', (loss) => {
      for (const format of FORMATS) {
        for (const place of [0, 0.5, -1e6, 1e18]) {
          const point = boxNumbers(place, place, 0, 0, format);
          const { losses, grad } = rowsOf(loss, [floats(...point), floats(...point)], { format });
          expectSame(losses, [1]);
          expectClose(grad, [0, 0, 0, 0], 0);
        }
      }
    });

    test('√ and ln: they count as 1e-7, with derivative 0', () => {
      for (const size of [0, -0, -5]) {
        const whole = floats(1, 1, 1, 4);
        const pred = floats(1, 1, size, 4);
        const v1 = box.yoloV1(pred, whole, { grad: true });
        expectClose([v1.loss], [(1 - Math.sqrt(1e-7)) ** 2], 1e-6);
        expectClose(v1.grad, [0, 0, 0, 0], 0);
        expectSame([box.yoloV1(whole, pred).loss], [v1.loss]);

        const anchors = floats(0, 0, 1, 1);
        const rcnn = box.fasterRcnn(pred, whole, anchors, { grad: true });
        // |ln 1e-7| − ½
        expectClose([rcnn.loss], [-Math.log(1e-7) - 0.5], 1e-5);
        expectClose(rcnn.grad, [0, 0, 0, 0], 0);
        // In an anchor without width an offset of 1e-7 is 1.
        const thin = floats(0, 0, 1, size);
        const shifted = box.fasterRcnn(floats(0, 1e-7, 1, 1), floats(0, 0, 1, 1), thin);
        expectClose([shifted.loss], [0.5], 1e-6);
      }
    });
  });

  test.each(['detached', 'full'] as const)('v = 0 leaves box.diou, α %s', (alpha) => {
    const ratio = (next: Random): BoxPair => {
      const scale = 2 ** Math.floor(4 * next());
      const [h, w] = [1 + next(), 1 + next()].map(Math.fround);
      return [
        [next(), next(), h, w],
        [next(), next(), scale * h, scale * w],
      ];
    };
    const next = random(101);
    const [pred, target] = pairsIn('yxhw', 100, () => ratio(next));
    const options = { reduction: 'none', grad: true } as const;
    const [ciou, diou] = [
      box.ciou(pred, target, { ...options, alpha }),
      box.diou(pred, target, options),
    ];
    expectClose(ciou.losses, diou.losses, 0);
    expectClose(ciou.grad, diou.grad, 1e-6);
  });

  test.each(BOX_CASES)('coordinates of 1e18: $title', (loss) => {
    const [huge, small] = [1e18, 1e-3];
    const pairs: BoxPair[] = [
      [
        [huge, -huge, huge, 2 * huge],
        [-huge, huge, 3 * huge, huge],
      ],
      [
        [huge, 0, 1, 1],
        [0, 0, 1, 1],
      ],
      [
        [0, 0, huge, huge],
        [0, 0, small, small],
      ],
      [
        [0, 0, small, small],
        [0, 0, huge, huge],
      ],
      [
        [0, huge, huge, small],
        [0, -huge, small, huge],
      ],
      [
        [0, 0, -huge, huge],
        [0, 0, huge, -huge],
      ],
    ];
    for (const format of FORMATS) {
      expectFinite(rowsOf(loss, arraysOf(loss, format, pairs), { format }));
    }
  });

  test('box.yoloV3 keeps a target 1e-6 inside its cell', () => {
    const limit = Math.log((1 - 1e-6) / 1e-6);
    const grid = { height: 2, width: 2, anchors: floats(0.5, 0.5) };
    const raw = new Float32Array(16);
    // On the borders of the first cell, beyond them, and just inside.
    for (const [y, x, featureY, featureX] of [
      [0, 0.5, -limit, limit],
      [-3, 7, -limit, limit],
      [0.5, 0, limit, -limit],
      [1e-8, 0.25, -limit, 0],
    ]) {
      const target = new Float32Array(16).fill(0.5);
      target.set([y, x, 0.5, 0.5]);
      const weight = floats(1, 0, 0, 0);
      const { loss, grad } = box.yoloV3(raw, target, grid, { weight, grad: true });
      expectClose([loss], [featureY ** 2 + featureX ** 2], 1e-3);
      expectClose(grad.subarray(0, 4), [-2 * featureY, -2 * featureX, 0, 0], 1e-4);
    }
  });
});
