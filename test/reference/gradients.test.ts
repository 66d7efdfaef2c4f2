import { box, regression } from '../../lib/reference';
import type { BoxFormat } from '../../lib/types';
import { expectClose, type Numbers } from '../support/close';
import { differences, frozenCiou } from '../support/differences';
import { FORMATS, random, randomBoxes, uniform } from '../support/random';

type Weighted = { reduction: 'none'; weight: Numbers };
type PairLoss = (
  pred: Numbers,
  target: Numbers,
  options: Weighted & { grad: true; format?: BoxFormat },
) => { losses: Float64Array; grad: Float64Array };

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
      const frozen = frozenCiou(preds, target, format);
      const weightedLosses = (boxes: Numbers) => frozen(boxes).map((loss, i) => weight[i] * loss);
      const { losses, grad } = box.ciou(preds, target, { ...weighted, format, grad: true });
      expectClose(losses, weightedLosses(preds));
      expectClose(grad, differences(weightedLosses, preds, 4), 1e-7);
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
