import { box } from '../../lib';
import { box as reference } from '../../lib/reference';
import { CASES, formatOptions, type Arrays } from './table';
import { BOUNDS, gradientError } from '../support/agreement';
import { BOX_PAIRS, pairsIn } from '../support/box-pairs';
import { expectClose, type Numbers } from '../support/close';
import { differences, frozenCiou } from '../support/differences';
import { FORMATS, random } from '../support/random';

const ROWS = 120;

/** What the differences add to the native gradient's own error: their step, and kinks within it. */
const DIFFERENCE_ERROR = 1e-6;

/** Expects every row's gradient to be the slopes, by their largest. */
function expectSlopes(grad: Numbers, slopes: Numbers, width: number) {
  const wrong: string[] = [];
  for (let row = 0; row < slopes.length / width; row++) {
    const own = Array.from(slopes).slice(row * width, (row + 1) * width);
    const largest = Math.max(...own.map(Math.abs));
    const error = gradientError(grad, slopes, row, width);
    const bound = largest === 0 ? 0 : BOUNDS.gradient + DIFFERENCE_ERROR / largest;
    if (error <= bound) continue;
    wrong.push(`row ${row}: relative error ${error}, slopes ${own}`);
  }
  expect(wrong.slice(0, 5)).toEqual([]);
}

// A part held constant makes a gradient that is nobody's slope: CIoU's α has a test of its own below.
const slopes = CASES.filter(({ example }) => !example?.heldConstant);
// Differences need a loss that varies over their step, not one of boxes 1e-4 or 1e6 wide.
const TINY_OR_LARGE = /^of size|equal|sharing/;

describe.each(slopes)('the gradient of $title is its slope', (loss) => {
  const kinds = Object.keys(loss.inputs).filter((kind) => !TINY_OR_LARGE.test(kind));

  test.each(kinds)('%s', (kind) => {
    const next = random(71);
    for (const format of formatOptions(loss)) {
      const arrays = loss.inputs[kind](next, ROWS, format.format ?? 'yxhw');
      const losses = (pred: Float64Array) =>
        loss.reference([pred, ...arrays.slice(1)] as unknown as Arrays, {
          ...format,
          reduction: 'none',
        }).losses!;
      const { grad } = loss.native(arrays, { ...format, reduction: 'none', grad: true });
      // Of a square, the only loss that is large beside a step, differences are exact at any step.
      const step = loss.card.rows.native === 'Cells' ? 1e-3 : 1e-6;
      expectSlopes(grad!, differences(losses, arrays[0], loss.width, step), loss.width);
    }
  });
});

describe('the gradient of box.ciou is the slope with α held constant', () => {
  const kinds = Object.entries(BOX_PAIRS).filter(([kind]) => !TINY_OR_LARGE.test(kind));

  test.each(kinds)('%s', (_, pair) => {
    const next = random(73);
    for (const format of FORMATS) {
      const [pred, target] = pairsIn(format, ROWS, () => pair(next));
      const { grad } = box.ciou(pred, target, { format, reduction: 'none', grad: true });
      const frozen = frozenCiou(pred, target, format);
      expectSlopes(grad, differences(frozen, pred, 4), 4);
      expect(box.ciou(pred, target, { format, alpha: 'detached', grad: true })).toEqual(
        box.ciou(pred, target, { format, grad: true }),
      );
    }
  });

  test('and is another with α differentiated', () => {
    const [pred, target] = pairsIn('yxhw', ROWS, () => BOX_PAIRS.overlapping(random(79)));
    const [detached, full] = (['detached', 'full'] as const).map(
      (alpha) => box.ciou(pred, target, { alpha, grad: true, reduction: 'sum' }).grad,
    );
    const difference = full.map((slope, k) => Math.abs(slope - detached[k]));
    expect(Math.max(...difference)).toBeGreaterThan(1e-3);
  });
});

test('the gradient of a weighted mean is its slope', () => {
  const next = random(83);
  const [pred, target] = pairsIn('xywh', 3, () => BOX_PAIRS.overlapping(next));
  const weight = Float32Array.of(1, 2, 5);
  const { grad } = box.giou(pred, target, { format: 'xywh', weight, grad: true });
  // One row of twelve numbers, all of which move the one mean.
  const mean = (boxes: Numbers) => [reference.giou(boxes, target, { format: 'xywh', weight }).loss];
  expectClose(grad, differences(mean, pred, 12), 1e-6);
});
