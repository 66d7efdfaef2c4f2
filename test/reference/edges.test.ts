import { box } from '../../lib/reference';
import { expectClose, IOU_LOSSES, type Numbers } from '../support/close';
import { boxNumbers, FORMATS, random, randomBoxes, uniform } from '../support/random';

const PENALIZED = ['giou', 'diou', 'ciou'] as const;

describe('edges of the losses of overlap', () => {
  const gradientOf = (name: (typeof IOU_LOSSES)[number], pred: Numbers, target: Numbers) =>
    box[name](pred, target, { grad: true });
  const zeros = new Float64Array(4);

  test('prediction equals target', () => {
    const next = random(13);
    for (const format of FORMATS) {
      const boxes = randomBoxes(next, 100, format);
      for (const name of ['yoloV1', ...IOU_LOSSES] as const) {
        const grad = new Float64Array(400);
        expect(box[name](boxes, boxes, { format, grad: true })).toEqual({ loss: 0, grad });
      }
      const { loss, grad } = box.fasterRcnn(boxes, boxes, boxes, { format, grad: true });
      expect({ loss, grad }).toEqual({ loss: 0, grad: new Float64Array(400) });
    }
  });

  test('prediction equals target: 1e-4 wide, and 1 wide far from the origin', () => {
    for (const [y, x, h, w] of [
      [0.5, 0.25, 1e-4, 1e-4],
      [0.5, 0.25, 1, 1e-4],
      [1e6, -1e6, 1, 1],
      [1e18, 1e18, 1, 3],
    ]) {
      for (const format of ['yxhw', 'cxcywh', 'xywh'] as const) {
        const numbers = boxNumbers(y, x, h, w, format);
        for (const name of ['yoloV1', ...IOU_LOSSES] as const) {
          const result = box[name](numbers, numbers, { format, grad: true });
          expect(result).toEqual({ loss: 0, grad: zeros });
        }
      }
    }
  });

  test('a small box far from the origin is as exact as at the origin', () => {
    const near = { pred: [0, 0.25, 1, 1], target: [0, 0, 1, 2] };
    const far = { pred: [1e6, 1e6 + 0.25, 1, 1], target: [1e6, 1e6, 1, 2] };
    for (const name of IOU_LOSSES) {
      expect(gradientOf(name, far.pred, far.target)).toEqual(
        gradientOf(name, near.pred, near.target),
      );
    }
    const corners = [1e6 - 0.25, 1e6 - 0.5, 1e6 + 0.75, 1e6 + 0.5];
    const target = [1e6 - 1, 1e6 - 0.5, 1e6 + 1, 1e6 + 0.5];
    expect(box.ciou(corners, target, { format: 'xyxy' }).loss).toBe(
      box.ciou(near.pred, near.target).loss,
    );
  });

  test('disjoint boxes', () => {
    const next = random(17);
    for (let i = 0; i < 100; i++) {
      const [pred, target] = [randomBoxes(next, 1), randomBoxes(next, 1)];
      pred[0] += 4;
      pred[1] -= 5 * next();
      expect(gradientOf('iou', pred, target)).toEqual({ loss: 1, grad: zeros });
      for (const name of PENALIZED) {
        const { loss, grad } = gradientOf(name, pred, target);
        expect(loss).toBeGreaterThan(1);
        expect(loss).toBeLessThanOrEqual(name === 'ciou' ? 2.5 : 2);
        // The prediction lies beyond the target's end: the loss grows with its y.
        expect(grad[0]).toBeGreaterThan(0);
        expect(grad.every(Number.isFinite)).toBe(true);
      }
    }
  });

  test('touching boxes have the derivative of the overlapping side', () => {
    // The prediction's right edge on the target's left, both of side 2: |I| = 0, |U| = 8. Moving x
    // by ε gives |I| = 2ε, growing w by ε gives |I| = ε.
    const { loss, grad } = gradientOf('iou', [0, 0, 2, 2], [0, 2, 2, 2]);
    expect(loss).toBe(1);
    expectClose(grad, [0, -2 / 8, 0, -1 / 8]);
    const step = 1e-7;
    const right = (name: (typeof IOU_LOSSES)[number], k: number) => {
      const moved = [0, 0, 2, 2];
      moved[k] += step;
      const { loss: after } = gradientOf(name, moved, [0, 2, 2, 2]);
      return (after - gradientOf(name, [0, 0, 2, 2], [0, 2, 2, 2]).loss) / step;
    };
    for (const name of IOU_LOSSES) {
      const { grad } = gradientOf(name, [0, 0, 2, 2], [0, 2, 2, 2]);
      expectClose([grad[1], grad[3]], [right(name, 1), right(name, 3)], 1e-6);
    }
    // Corner to corner, both sides of the overlap are 0 and so is its derivative.
    expect(gradientOf('iou', [0, 0, 2, 2], [2, 2, 2, 2])).toEqual({ loss: 1, grad: zeros });
  });

  test('min and max share the derivative at a tie', () => {
    // Left edges coincide, the prediction is half as wide: |I| = 2w', |U| = 4 with w' the overlap.
    // By w alone: right edge +½, left edge −½ of which the overlap gets half: dw' = ½ + ¼.
    // By x alone: right edge +1, left edge +1 of which half: dw' = 1 − ½.
    // d|U| = −d|I| by x, 2 − d|I| by w; top and bottom tie too and cancel in y: by h, |I| gains
    // ½·1 and |U| 1 − ½.
    const { grad } = gradientOf('iou', [0, 0.5, 2, 1], [0, 1, 2, 2]);
    const iou = (intersection: number, union: number) => intersection / 4 - (2 * union) / 16;
    expectClose(grad, [0, -iou(1, -1), -iou(0.5, 0.5), -iou(1.5, 0.5)]);
  });

  test('a negative size counts as 0 and keeps the derivative it has at 0⁺', () => {
    const target = [0, 0, 2, 3];
    for (const name of IOU_LOSSES) {
      const zero = gradientOf(name, [0.5, 0.25, 1, 0], target);
      expect(gradientOf(name, [0.5, 0.25, 1, -2], target)).toEqual(zero);
      // α differentiated, so that the gradient is the slope of the loss.
      const options = { reduction: 'none', alpha: 'full', grad: true } as const;
      const grown = [0.5, 0.25, 1, 0, 0.5, 0.25, 1, 1e-7];
      const { losses, grad } = box[name](grown, [...target, ...target], options);
      expectClose([grad[3]], [(losses[1] - losses[0]) / 1e-7], 1e-5);
      expect(gradientOf(name, [0.5, 0.25, -1, -2], target)).toEqual(
        gradientOf(name, [0.5, 0.25, 0, 0], target),
      );
      // A target of negative size is one of size 0.
      expect(gradientOf(name, [0.5, 0.25, 1, 1], [0, 0, -2, 3])).toEqual(
        gradientOf(name, [0.5, 0.25, 1, 1], [0, 0, 0, 3]),
      );
    }
  });

  test('inverted corners are a size of 0 about their mean', () => {
    const target = [0, 0, 4, 4];
    for (const name of IOU_LOSSES) {
      const inverted = box[name]([3, 1, 1, 2], target, { format: 'xyxy', grad: true });
      const empty = box[name]([2, 1, 2, 2], target, { format: 'xyxy', grad: true });
      expect(inverted).toEqual(empty);
      expect(inverted.grad.every(Number.isFinite)).toBe(true);
      // Pulling the corners towards their order lets the box grow.
      expect(inverted.grad[0]).toBeGreaterThan(0);
      expect(inverted.grad[2]).toBeLessThan(0);
    }
  });

  test('xywh of negative width has its centre at left + ½w', () => {
    const target = [0, 0, 4, 4];
    for (const name of IOU_LOSSES) {
      const negative = box[name]([3, 1, -2, 1], target, { format: 'xywh' });
      expect(negative).toEqual(box[name]([2, 1, 0, 1], target, { format: 'xywh' }));
    }
  });

  test('a box without area grows', () => {
    const target = [0, 0, 2, 2];
    for (const name of IOU_LOSSES) {
      for (const pred of [
        [0.25, 0.25, 1, 0],
        [0.25, 0.25, 0, 1],
      ]) {
        const { loss, grad } = gradientOf(name, pred, target);
        expect(loss).toBeGreaterThanOrEqual(1);
        expect(grad.every(Number.isFinite)).toBe(true);
        expect(grad[pred[2] === 0 ? 2 : 3]).toBeLessThan(0);
      }
      const point = gradientOf(name, [0.25, 0.25, 0, 0], target);
      expect(point.loss).toBeGreaterThanOrEqual(1);
      expect(point.grad.every(Number.isFinite)).toBe(true);
    }
  });

  test('v of a box without width or height', () => {
    // atan2(0, 1) = 0 against atan2(1, 1) = π/4: v = 4/π² · π²/16 = ¼, α = ¼/(1 + ¼) = 1/5.
    // The centres coincide, so ρ = 0.
    expectClose([gradientOf('ciou', [0, 0, 1, 0], [0, 0, 1, 1]).loss], [1 + 1 / 20]);
    expectClose([gradientOf('ciou', [0, 0, 0, 1], [0, 0, 1, 1]).loss], [1 + 1 / 20]);
    // A point's arctan is 0 and constant.
    const point = gradientOf('ciou', [0, 0, 0, 0], [0, 0, 1, 1]);
    expectClose([point.loss], [1 + 1 / 20]);
    expect(point.grad).toEqual(zeros);
  });

  test('both boxes the same point', () => {
    for (const name of IOU_LOSSES) {
      for (const format of FORMATS) {
        const point = boxNumbers(0.5, 0.25, 0, 0, format);
        expect(box[name](point, point, { format, grad: true })).toEqual({ loss: 1, grad: zeros });
      }
    }
    const full = box.ciou([1, 1, 0, 0], [1, 1, 0, 0], { alpha: 'full', grad: true });
    expect(full).toEqual({ loss: 1, grad: zeros });
  });

  test('two different points, and two points of one line', () => {
    // No union in an enclosing square: giou 1 + 1; ρ = c: diou 1 + 1; v = 0.
    for (const name of PENALIZED) {
      const { loss, grad } = gradientOf(name, [0, 0, 0, 0], [1, 1, 0, 0]);
      expect(loss).toBe(2);
      expect(grad.every(Number.isFinite)).toBe(true);
    }
    // On a line the enclosing box has no area either.
    expect(gradientOf('giou', [0, 0, 0, 0], [0, 1, 0, 0]).loss).toBe(1);
    expect(gradientOf('diou', [0, 0, 0, 0], [0, 1, 0, 0]).loss).toBe(2);
  });

  test('v = 0 leaves the loss and gradient of diou', () => {
    for (const [pred, target] of [
      [
        [1, 1, 2, 2],
        [2, 2, 2, 2],
      ],
      [
        [1, 1, 2, 4],
        [5, 5, 1, 2],
      ],
    ]) {
      for (const alpha of ['detached', 'full'] as const) {
        expect(box.ciou(pred, target, { alpha, grad: true })).toEqual(
          box.diou(pred, target, { grad: true }),
        );
      }
    }
  });

  test('coordinates of 1e18', () => {
    for (const [pred, target] of [
      [
        [1e18, -1e18, 1e18, 2e18],
        [-1e18, 1e18, 3e18, 1e18],
      ],
      [
        [1e18, 0, 1, 1],
        [0, 0, 1, 1],
      ],
      [
        [0, 0, 1e18, 1e18],
        [0, 0, 1e-3, 1e-3],
      ],
    ]) {
      for (const name of IOU_LOSSES) {
        const { loss, grad } = gradientOf(name, pred, target);
        expect(loss).toBeGreaterThan(0);
        expect(loss).toBeLessThanOrEqual(2.5);
        expect(grad.every(Number.isFinite)).toBe(true);
      }
    }
  });

  test('losses stay in their ranges for any boxes', () => {
    const next = random(19);
    const count = 2000;
    const boxes = () => uniform(next, 4 * count, -2, 2).map((v, k) => (k % 4 < 2 || k % 3 ? v : 0));
    const [pred, target] = [boxes(), boxes()];
    for (const name of IOU_LOSSES) {
      const { losses, grad } = box[name](pred, target, { reduction: 'none', grad: true });
      const limit = { iou: 1, giou: 2, diou: 2, ciou: 2.5 }[name];
      expect(Math.min(...losses)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...losses)).toBeLessThanOrEqual(limit);
      expect(grad.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('edges of the coordinate losses', () => {
  test('a size of 0 or less counts as 1e-7, of derivative 0', () => {
    for (const size of [0, -0, -5]) {
      const v1 = box.yoloV1([1, 1, size, 4], [1, 1, 1, 4], { grad: true });
      expectClose([v1.loss], [(1 - Math.sqrt(1e-7)) ** 2]);
      expect(v1.grad).toEqual(new Float64Array(4));
      const target = box.yoloV1([1, 1, 4, 1], [1, 1, 4, size], { grad: true });
      expectClose([target.loss], [(1 - Math.sqrt(1e-7)) ** 2]);

      // |ln 1e-7| − ½
      const outer = -Math.log(1e-7) - 0.5;
      const anchor = [0, 0, 1, 1];
      const rcnn = box.fasterRcnn([1, 1, size, 4], [1, 1, 1, 4], anchor, { grad: true });
      expectClose([rcnn.loss], [outer]);
      expect(rcnn.grad).toEqual(new Float64Array(4));
      expectClose([box.fasterRcnn([1, 1, 1, 4], [1, 1, size, 4], anchor).loss], [outer]);
      // The offset 1e-7 in an anchor of width 1e-7 is 1.
      const thin = [0, 0, 1, size];
      expectClose([box.fasterRcnn([1, 1e-7, 1, 1], [1, 0, 1, 1], thin).loss], [0.5]);
    }
  });

  test('inverted corners still have the derivative of their centre', () => {
    // Centre x = 2 against 3: (x∗ − x)² by x is −2, by each of the corners −1.
    const { grad } = box.yoloV1([3, 1, 1, 2], [2, 1, 4, 2], { format: 'xyxy', grad: true });
    expectClose(grad, [-1, 0, -1, 0]);
  });

  test('box.yoloV3 clamps a target on a cell border', () => {
    const grid = { height: 2, width: 2, anchors: [0.5, 0.5] };
    const limit = Math.log((1 - 1e-6) / 1e-6);
    // Cell (0, 0): y∗H − 0 is 0, or 1, or beyond; h∗ of 0 counts as 1e-7.
    const weight = [1, 0, 0, 0];
    for (const [y, x, raw] of [
      [0, 0.5, [-limit, limit]],
      [-3, 7, [-limit, limit]],
      [0.5, 0, [limit, -limit]],
    ] as const) {
      const target = new Float64Array(16);
      target.set([y, x, 0, 0.5]);
      const pred = new Float64Array(16);
      pred.set([...raw, Math.log(1e-7 / 0.5), 0]);
      const { loss, grad } = box.yoloV3(pred, target, grid, { weight, grad: true });
      expectClose([loss], [0], 1e-18);
      expectClose(grad, new Float64Array(16), 1e-8);
    }
  });

  test('NaN in a target or anchor reaches the whole row', () => {
    const good = [1, 1, 2, 2];
    const nan = Float64Array.of(NaN, NaN, NaN, NaN);
    for (let k = 0; k < 4; k++) {
      const bad = good.map((v, i) => (i === k ? NaN : v));
      for (const name of ['yoloV1', ...IOU_LOSSES] as const) {
        expect(box[name](good, bad, { grad: true })).toEqual({ loss: NaN, grad: nan });
      }
      expect(box.fasterRcnn(good, bad, good, { grad: true })).toEqual({ loss: NaN, grad: nan });
      if (k > 1) {
        expect(box.fasterRcnn(good, good, bad, { grad: true })).toEqual({ loss: NaN, grad: nan });
      }
      const grid = { height: 1, width: 1, anchors: [0.5, 0.5] };
      expect(box.yoloV3(good, bad, grid, { grad: true })).toEqual({ loss: NaN, grad: nan });
    }
  });
});
