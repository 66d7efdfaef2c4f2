import { box, overlap, regression } from '../lib/reference';
import type { BoxFormat } from '../lib/types';
import { expectClose, type Numbers } from './reference-support';
import { FORMATS, random, randomBoxes, uniform } from './support/random';

type Weighted = { reduction: 'none'; weight: Numbers };
type PairLoss = (
  pred: Numbers,
  target: Numbers,
  options: Weighted & { grad: true; format?: BoxFormat },
) => { losses: Float64Array; grad: Float64Array };

/** Central differences of every row's loss by that row's `width` numbers of `point`. */
function differences(
  losses: (point: Float64Array) => Numbers,
  point: Numbers,
  width: number,
  step = 1e-6,
) {
  const slopes = new Float64Array(point.length);
  for (let column = 0; column < width; column++) {
    const [before, after] = [-step, step].map((distance) =>
      losses(Float64Array.from(point, (v, k) => (k % width === column ? v + distance : v))),
    );
    for (let i = 0; i < before.length; i++) {
      slopes[i * width + column] = (after[i] - before[i]) / (2 * step);
    }
  }
  return slopes;
}

describe('gradients agree with central differences', () => {
  const rows = 500;
  const next = random(7);
  const weight = uniform(next, rows, 0.5, 2).map((w, i) => (i % 5 ? w : 0));
  const weighted = { reduction: 'none', weight } as const;

  function check(loss: PairLoss, width: number, inputs: Numbers[], format?: BoxFormat) {
    const [pred, target] = inputs;
    const result = (p: Numbers) => loss(p, target, { ...weighted, grad: true, format });
    const slopes = differences((p) => result(p).losses, pred, width);
    expectClose(result(pred).grad, slopes, 1e-7);
  }

  describe('regression', () => {
    const inputs = [uniform(next, rows, -3, 3), uniform(next, rows, -3, 3)];

    test.each(['l1', 'l2', 'huber', 'smoothL1'] as const)('%s', (name) => {
      check(regression[name], 1, inputs);
    });

    test('huber and smoothL1 of another width', () => {
      check((p, t, o) => regression.huber(p, t, { ...o, delta: 0.7 }), 1, inputs);
      check((p, t, o) => regression.smoothL1(p, t, { ...o, beta: 0.3 }), 1, inputs);
    });
  });

  describe.each(FORMATS)('box in %s', (format) => {
    const inputs = [randomBoxes(next, rows, format), randomBoxes(next, rows, format)];

    test.each(['yoloV1', 'iou', 'giou', 'diou'] as const)('%s', (name) => {
      check(box[name], 4, inputs, format);
    });

    test('fasterRcnn', () => {
      const anchors = randomBoxes(next, rows, format);
      const loss: PairLoss = (p, t, o) => box.fasterRcnn(p, t, anchors, { ...o, delta: 0.4 });
      check(loss, 4, inputs, format);
    });

    test('ciou with α differentiated', () => {
      check((p, t, o) => box.ciou(p, t, { ...o, alpha: 'full' }), 4, inputs, format);
    });

    test('ciou with α held constant', () => {
      const [preds, target] = inputs;
      const options = { ...weighted, format };
      const angles = (boxes: Numbers) => {
        const w = { yxhw: 3, cxcywh: 2, xyxy: 2, tlbr: 3, xywh: 2 }[format];
        const h = { yxhw: 2, cxcywh: 3, xyxy: 3, tlbr: 2, xywh: 3 }[format];
        const corners = format === 'xyxy' || format === 'tlbr';
        return Array.from({ length: rows }, (_, i) => {
          const size = (k: number) => boxes[4 * i + k] - (corners ? boxes[4 * i + k - 2] : 0);
          return Math.atan(size(w) / size(h));
        });
      };
      const targetAngles = angles(target);
      const v = (boxes: Numbers) =>
        angles(boxes).map((angle, i) => (4 / Math.PI ** 2) * (targetAngles[i] - angle) ** 2);
      const iou = overlap.alignedIou(preds, target, { format });
      const alpha = v(preds).map((v, i) => v / (1 - iou[i] + v));
      const frozen = (boxes: Numbers) => {
        const { losses } = box.diou(boxes, target, options);
        return v(boxes).map((v, i) => losses[i] + weight[i] * alpha[i] * v);
      };
      const { losses, grad } = box.ciou(preds, target, { ...options, grad: true });
      expectClose(losses, frozen(preds));
      expectClose(grad, differences(frozen, preds, 4), 1e-7);
    });
  });

  test.each(['yxhw', 'cxcywh'] as const)('box.yoloV3 in %s', (format) => {
    const grid = { height: 5, width: 4, anchors: uniform(next, 10, 0.1, 0.5) };
    const raw = uniform(next, 4 * rows, -1, 1);
    const target = uniform(next, 4 * rows, 0.05, 0.95);
    const loss = (p: Numbers) => box.yoloV3(p, target, grid, { ...weighted, format, grad: true });
    // Targets outside their cell have features of ±14, whose squares are large beside a step.
    const slopes = differences((p) => loss(p).losses, raw, 4, 1e-4);
    expectClose(loss(raw).grad, slopes, 1e-7);
  });

  test('the gradient of a mean', () => {
    const [pred, target] = [randomBoxes(next, 1), randomBoxes(next, 3)];
    const tiled = (p: Numbers) => [p, p, p].flatMap((row) => Array.from(row));
    const { grad } = box.giou(tiled(pred), target, { weight: [1, 2, 5], grad: true });
    const total = [0, 1, 2, 3].map((k) => grad[k] + grad[4 + k] + grad[8 + k]);
    const mean = (p: Numbers) => [box.giou(tiled(p), target, { weight: [1, 2, 5] }).loss];
    expectClose(total, differences(mean, pred, 4), 1e-7);
  });
});
