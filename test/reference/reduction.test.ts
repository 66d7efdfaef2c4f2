import { box, regression } from '../../lib/reference';
import { expectClose, type Numbers } from '../support/close';
import { random, randomBoxes } from '../support/random';

describe('reduction and weight', () => {
  const next = random(11);
  const rows = 6;
  const [pred, target, anchors] = [0, 1, 2].map(() => randomBoxes(next, rows));
  const grid = { height: 1, width: 2, anchors: [0.5, 0.5] };
  const weight = [1, 0, 0.5, 2, 0, 3];
  type Loss = (
    p: Numbers,
    o: object,
  ) => {
    loss?: number;
    losses?: Float64Array;
    grad?: Float64Array;
  };
  const losses: [name: string, width: number, loss: Loss][] = [
    ['regression.l1', 1, (p, o) => regression.l1(p, target.subarray(0, rows), o)],
    ['regression.l2', 1, (p, o) => regression.l2(p, target.subarray(0, rows), o)],
    ['regression.huber', 1, (p, o) => regression.huber(p, target.subarray(0, rows), o)],
    ['regression.smoothL1', 1, (p, o) => regression.smoothL1(p, target.subarray(0, rows), o)],
    ['box.fasterRcnn', 4, (p, o) => box.fasterRcnn(p, target, anchors, o)],
    ['box.yoloV1', 4, (p, o) => box.yoloV1(p, target, o)],
    ['box.yoloV3', 4, (p, o) => box.yoloV3(p, target, grid, o)],
    ['box.iou', 4, (p, o) => box.iou(p, target, o)],
    ['box.giou', 4, (p, o) => box.giou(p, target, o)],
    ['box.diou', 4, (p, o) => box.diou(p, target, o)],
    ['box.ciou', 4, (p, o) => box.ciou(p, target, o)],
  ];

  describe.each(losses)('%s', (_, width, loss) => {
    const input = pred.subarray(0, rows * width);
    const each = loss(input, { reduction: 'none', grad: true });

    test('none, sum and mean without a weight', () => {
      expect(each).not.toHaveProperty('loss');
      expect(each.losses).toHaveLength(rows);
      const total = each.losses!.reduce((a, b) => a + b, 0);
      expect(total).toBeGreaterThan(0);
      const sum = loss(input, { reduction: 'sum', grad: true });
      expectClose([sum.loss!], [total]);
      expectClose(sum.grad!, each.grad!);
      const mean = loss(input, { reduction: 'mean', grad: true });
      expectClose([mean.loss!], [total / rows]);
      expectClose(
        mean.grad!,
        each.grad!.map((g) => g / rows),
      );
      expect(loss(input, { grad: true })).toEqual(mean);
      expect(loss(input, { weight: new Float32Array(rows).fill(1), grad: true })).toEqual(mean);
    });

    test('none, sum and mean with a weight', () => {
      const weighted = each.losses!.map((l, i) => weight[i] * l);
      const gradient = each.grad!.map((g, k) => weight[Math.floor(k / width)] * g);
      const total = weighted.reduce((a, b) => a + b, 0);
      const none = loss(input, { reduction: 'none', weight, grad: true });
      expectClose(none.losses!, weighted);
      expectClose(none.grad!, gradient);
      const sum = loss(input, { reduction: 'sum', weight, grad: true });
      expectClose([sum.loss!], [total]);
      expectClose(sum.grad!, gradient);
      const mean = loss(input, { weight, grad: true });
      expectClose([mean.loss!], [total / 6.5]);
      expectClose(
        mean.grad!,
        gradient.map((g) => g / 6.5),
      );
    });

    test('a gradient only where it is asked for, and the same value with it', () => {
      for (const reduction of ['mean', 'sum', 'none']) {
        const without = loss(input, { reduction });
        expect(without).not.toHaveProperty('grad');
        expect(loss(input, { reduction, grad: false })).toEqual(without);
        expect(loss(input, { reduction, grad: true })).toMatchObject(without);
      }
    });

    test('a row of weight 0 is not evaluated', () => {
      for (const filth of [NaN, Infinity, -Infinity]) {
        const dirty = Float64Array.from(input);
        dirty.fill(filth, width, 2 * width);
        for (const reduction of ['mean', 'sum', 'none']) {
          const options = { reduction, weight, grad: true };
          expect(loss(dirty, options)).toEqual(loss(Float64Array.from(input), options));
        }
      }
    });

    test('NaN stays in its row, and reaches the reduced loss', () => {
      for (let k = 0; k < width; k++) {
        const dirty = Float64Array.from(input);
        dirty[width + k] = NaN;
        const expected = { losses: each.losses!.slice(), grad: each.grad!.slice() };
        expected.losses.fill(NaN, 1, 2);
        expected.grad.fill(NaN, width, 2 * width);
        expect(loss(dirty, { reduction: 'none', grad: true })).toEqual(expected);
        expect(loss(dirty, { reduction: 'sum' }).loss).toBeNaN();
        expect(loss(dirty, {}).loss).toBeNaN();
      }
    });

    test('weights that sum to 0', () => {
      const grad = new Float64Array(rows * width);
      const nothing = new Float32Array(rows);
      expect(loss(input, { weight: nothing, grad: true })).toEqual({ loss: 0, grad });
      expect(loss(input, { weight: nothing, reduction: 'sum', grad: true })).toEqual({
        loss: 0,
        grad,
      });
      expect(loss(input, { weight: nothing, reduction: 'none', grad: true })).toEqual({
        losses: new Float64Array(rows),
        grad,
      });
      const cancelling = [1, -1, 2, -2, 0, 0];
      expect(loss(input, { weight: cancelling, grad: true })).toEqual({ loss: 0, grad });
    });

    test('no rows', () => {
      const grad = new Float64Array();
      expect(loss([], { grad: true })).toEqual({ loss: 0, grad });
      expect(loss([], { reduction: 'sum', grad: true })).toEqual({ loss: 0, grad });
      expect(loss([], { reduction: 'none', grad: true })).toEqual({
        losses: new Float64Array(),
        grad,
      });
    });
  });

  test('inputs are left as they are', () => {
    const copies = [pred, target, anchors].map((rows) => rows.slice());
    for (const [, width, loss] of losses) loss(pred.subarray(0, rows * width), { grad: true });
    expect([pred, target, anchors]).toEqual(copies);
  });
});
