import { box, overlap, regression } from '../lib/reference';
import type { BoxFormat, OverlapMetric } from '../lib/types';
import { boxNumbers, FORMATS, random, randomBoxes, toFormat, uniform } from './support/random';

type Numbers = ArrayLike<number>;
type Weighted = { reduction: 'none'; weight: Numbers };
type PairLoss = (
  pred: Numbers,
  target: Numbers,
  options: Weighted & { grad: true; format?: BoxFormat },
) => { losses: Float64Array; grad: Float64Array };

const IOU_LOSSES = ['iou', 'giou', 'diou', 'ciou'] as const;
const PENALIZED = ['giou', 'diou', 'ciou'] as const;

function expectClose(actual: Numbers, expected: Numbers, tolerance = 1e-12) {
  expect(actual).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i] - expected[i])).toBeLessThanOrEqual(tolerance);
  }
}

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

describe('worked examples', () => {
  test('regression', () => {
    // d = target − prediction = −3, 0, ½
    const [pred, target] = [
      [5, 2, 1],
      [2, 2, 1.5],
    ];
    const none = { reduction: 'none', grad: true } as const;
    const plain = (array: Float64Array | undefined) => Array.from(array ?? []);

    const l1 = regression.l1(pred, target, none);
    expect(plain(l1.losses)).toEqual([3, 0, 0.5]);
    expect(plain(l1.grad)).toEqual([1, 0, -1]);

    const l2 = regression.l2(pred, target, none);
    expect(plain(l2.losses)).toEqual([9, 0, 0.25]);
    expect(plain(l2.grad)).toEqual([6, 0, -1]);

    // 1·(3 − ½) = 2.5; ½·¼ = 0.125
    const huber = regression.huber(pred, target, none);
    expect(plain(huber.losses)).toEqual([2.5, 0, 0.125]);
    expect(plain(huber.grad)).toEqual([1, 0, -0.5]);

    // 2·(3 − 1) = 4
    const wide = regression.huber(pred, target, { ...none, delta: 2 });
    expect(plain(wide.losses)).toEqual([4, 0, 0.125]);
    expect(plain(wide.grad)).toEqual([2, 0, -0.5]);

    // huber with δ = 2, over 2
    const smooth = regression.smoothL1(pred, target, { ...none, beta: 2 });
    expect(plain(smooth.losses)).toEqual([2, 0, 0.0625]);
    expect(plain(smooth.grad)).toEqual([1, 0, -0.25]);

    expect(regression.smoothL1(pred, target, none)).toEqual(huber);
    expect(regression.smoothL1(pred, target, { ...none, beta: 0 })).toEqual(l1);
  });

  test('huber turns at |d| = δ without a jump', () => {
    const { losses, grad } = regression.huber([0, 0], [0.5, 0.5 - 1e-9], {
      delta: 0.5,
      reduction: 'none',
      grad: true,
    });
    expectClose(losses, [0.125, 0.125], 1e-9);
    expectClose(grad, [-0.5, -0.5], 2e-9);
  });

  // Squares of side 2 about (1, 1) and (2, 2): |I| = 1·1, |U| = 4 + 4 − 1 = 7, |C| = 3·3 = 9,
  // ρ² = 1 + 1 = 2, c² = 9 + 9 = 18, v = 0.
  const shifted = { pred: [1, 1, 2, 2], target: [2, 2, 2, 2] };

  test('box.iou', () => {
    const { loss, grad } = box.iou(shifted.pred, shifted.target, { grad: true });
    expectClose([loss], [6 / 7]);
    // The overlap is bounded by the prediction's right and bottom edges: by x, |I| grows by 1 and
    // |U| shrinks by 1, so IoU grows by 1/7 + 1/49 = 8/49; by w, |I| grows by ½ and |U| by
    // 2 − ½ = 3/2, so IoU grows by (1/2)/7 − (3/2)/49 = 2/49.
    expectClose(grad, [-8 / 49, -8 / 49, -2 / 49, -2 / 49]);
  });

  test('box.giou', () => {
    const { loss, grad } = box.giou(shifted.pred, shifted.target, { grad: true });
    expectClose([loss], [6 / 7 + (9 - 7) / 9]);
    // |C − U|/|C| = 1 − |U|/|C|. C is bounded by the prediction's left and top edges: by x, |C|
    // shrinks by 3 and |U| by 1: −(−1/9 + 7·3/81) = −4/27; by w, |C| grows by 3/2 and |U| by 3/2:
    // −(3/2)/9 + 7·(3/2)/81 = −1/27.
    const [byCentre, bySize] = [-8 / 49 - 4 / 27, -2 / 49 - 1 / 27];
    expectClose(grad, [byCentre, byCentre, bySize, bySize]);
  });

  test('box.diou', () => {
    const { loss, grad } = box.diou(shifted.pred, shifted.target, { grad: true });
    expectClose([loss], [6 / 7 + 2 / 18]);
    // By x, ρ² shrinks by 2 and c² by 2·3: −2/18 + 2·6/18² = −2/27; by w, c² grows by 2·3·½ = 3:
    // −2·3/18² = −1/54.
    const [byCentre, bySize] = [-8 / 49 - 2 / 27, -2 / 49 - 1 / 54];
    expectClose(grad, [byCentre, byCentre, bySize, bySize]);
  });

  test('box.ciou', () => {
    // A square of side 2 in a box 2√3 wide: IoU = 4/(4√3), ρ = 0,
    // v = 4/π² (π/3 − π/4)² = 4/π² · π²/144 = 1/36, α = v/(1 − IoU + v).
    const [pred, target] = [
      [1, 1, 2, 2],
      [1, 1, 2, 2 * Math.sqrt(3)],
    ];
    const iou = 1 / Math.sqrt(3);
    const v = 1 / 36;
    const alpha = v / (1 - iou + v);
    const { loss, grad } = box.ciou(pred, target, { grad: true });
    expectClose([loss], [1 - iou + alpha * v]);
    // By w: IoU = w/w∗ grows by 1/(2√3). v changes by −8/π² (π/12) h/(h² + w²) = −1/(6π).
    const byW = -1 / (2 * Math.sqrt(3)) - alpha / (6 * Math.PI);
    // With α differentiated: dα = ((1 − IoU)dv + v dIoU)/(1 − IoU + v)².
    const dAlpha = ((1 - iou) * (-1 / (6 * Math.PI)) + v / (2 * Math.sqrt(3))) / (1 - iou + v) ** 2;
    expectClose([grad[0], grad[1], grad[3]], [0, 0, byW]);
    const full = box.ciou(pred, target, { grad: true, alpha: 'full' });
    expect(full.loss).toBe(loss);
    expectClose([full.grad[3]], [byW + dAlpha * v]);
  });

  test('box.fasterRcnn', () => {
    // Anchor 2 high and 4 wide. (y∗ − y)/hᵃ = 1/2 → ½·¼ = 1/8; (x∗ − x)/wᵃ = −8/4 = −2 → 2 − ½;
    // ln(h∗/h) = ln 1 → 0; ln(w∗/w) = ln e² = 2 → 2 − ½.
    const [pred, target] = [
      [1, 9, 3, 1],
      [2, 1, 3, Math.exp(2)],
    ];
    const anchors = [7, 7, 2, 4];
    const { loss, grad } = box.fasterRcnn(pred, target, anchors, { grad: true });
    expectClose([loss], [1 / 8 + 3 / 2 + 0 + 3 / 2]);
    // −½/hᵃ; +1/wᵃ; 0; −1/w
    expectClose(grad, [-1 / 4, 1 / 4, 0, -1]);
    // With δ = 2 the outer ones are still parabolas up to |d| = 2: ½·4.
    expectClose([box.fasterRcnn(pred, target, anchors, { delta: 2 }).loss], [1 / 8 + 2 + 0 + 2]);
  });

  test('box.yoloV1', () => {
    // 1² + 3² + (√9 − √4)² + (√1 − √16)² = 1 + 9 + 1 + 9
    const { loss, grad } = box.yoloV1([1, 5, 4, 16], [2, 2, 9, 1], { grad: true });
    expect(loss).toBe(20);
    // −2·1; 2·3; −2·1/(2√4); 2·3/(2√16)
    expectClose(grad, [-2, 6, -1 / 2, 3 / 4]);
  });

  test('box.yoloV3', () => {
    // One image, one row of two cells, two anchors: rows (j, a) = (0, 0), (0, 1), (1, 0), (1, 1).
    const grid = { height: 1, width: 2, anchors: [0.5, 0.5, 0.25, 1] };
    const weight = [0, 0, 0, 1];
    const target = new Float64Array(16);
    // y∗H − 0 = ½ → 0; x∗W − 1 = ¾ → ln 3; ln((e/4)/¼) = 1; ln(1/1) = 0.
    target.set([0.5, 0.875, Math.E / 4, 1], 12);
    const raw = new Float64Array(16);
    raw.set([1, 0, 3, -1], 12);
    const { loss, grad } = box.yoloV3(raw, target, grid, { weight, grad: true });
    expectClose([loss], [1 + Math.log(3) ** 2 + 4 + 1]);
    expectClose(grad.subarray(12), [2, -2 * Math.log(3), 4, -2]);
    expectClose(grad.subarray(0, 12), new Float64Array(12));
  });

  test('box.yoloV3 finds the cell of every row of a batch', () => {
    const [batch, height, width] = [2, 3, 2];
    const anchors = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    for (const format of ['yxhw', 'cxcywh'] as const) {
      const target: number[] = [];
      const raw: number[] = [];
      const next = random(1);
      for (let b = 0; b < batch; b++) {
        for (let i = 0; i < height; i++) {
          for (let j = 0; j < width; j++) {
            for (let a = 0; a < 3; a++) {
              const [ry, rx, rh, rw] = Array.from({ length: 4 }, () => 4 * next() - 2);
              const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
              const y = (sigmoid(ry) + i) / height;
              const x = (sigmoid(rx) + j) / width;
              const [h, w] = [anchors[2 * a] * Math.exp(rh), anchors[2 * a + 1] * Math.exp(rw)];
              raw.push(...boxNumbers(ry, rx, rh, rw, format));
              target.push(...boxNumbers(y, x, h, w, format));
            }
          }
        }
      }
      const grid = { height, width, anchors };
      const { losses } = box.yoloV3(raw, target, grid, { format, reduction: 'none' });
      expectClose(losses, new Float64Array(batch * height * width * 3), 1e-24);
    }
  });

  test('overlap', () => {
    const a = [...shifted.pred, 2, 2, 2, 2];
    const b = [...shifted.target, 1, 1, 2, 2, 9, 9, 2, 2];
    expectClose(overlap.iou(a, b), [1 / 7, 1, 0, 1, 1 / 7, 0]);
    // Disjoint: the enclosing square has side 10, then 9.
    expectClose(overlap.iou(a, b, { metric: 'giou' }), [
      1 / 7 - 2 / 9,
      1,
      -(100 - 8) / 100,
      1,
      1 / 7 - 2 / 9,
      -(81 - 8) / 81,
    ]);
    expectClose(overlap.iou(a, b, { metric: 'diou' }).subarray(0, 3), [
      1 / 7 - 1 / 9,
      1,
      -128 / 200,
    ]);
    expectClose(overlap.alignedIou(a, b.slice(0, 8)), [1 / 7, 1 / 7]);
  });
});

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

describe('formats', () => {
  test('the same boxes have the same losses', () => {
    const next = random(3);
    const yxhw = [uniform(next, 400, 0.25, 2), uniform(next, 400, 0.25, 2)];
    const anchors = uniform(next, 400, 0.25, 2);
    for (const format of FORMATS) {
      const [pred, target] = yxhw.map((rows) => toFormat(rows, format));
      for (const name of ['yoloV1', ...IOU_LOSSES] as const) {
        const { losses } = box[name](pred, target, { format, reduction: 'none' });
        expectClose(losses, box[name](yxhw[0], yxhw[1], { reduction: 'none' }).losses, 1e-5);
      }
      const { loss } = box.fasterRcnn(pred, target, toFormat(anchors, format), { format });
      expectClose([loss], [box.fasterRcnn(yxhw[0], yxhw[1], anchors).loss], 1e-4);
      expectClose(
        overlap.iou(pred.subarray(0, 40), target, { format }),
        overlap.iou(yxhw[0].subarray(0, 40), yxhw[1]),
        1e-5,
      );
    }
  });

  test('the first number of each format', () => {
    // A box 4 wide and 2 high about x = 3, y = 5, against one 4 wide and 2 high about x = 4, y = 5.
    const pred = {
      yxhw: [5, 3, 2, 4],
      cxcywh: [3, 5, 4, 2],
      xyxy: [1, 4, 5, 6],
      tlbr: [4, 1, 6, 5],
      xywh: [1, 4, 4, 2],
    };
    const target = {
      yxhw: [5, 4, 2, 4],
      cxcywh: [4, 5, 4, 2],
      xyxy: [2, 4, 6, 6],
      tlbr: [4, 2, 6, 6],
      xywh: [2, 4, 4, 2],
    };
    for (const format of FORMATS) {
      // |I| = 3·2, |U| = 8 + 8 − 6
      expectClose([box.iou(pred[format], target[format], { format }).loss], [1 - 6 / 10]);
      expectClose([box.yoloV1(pred[format], target[format], { format }).loss], [1]);
      const anchor = toFormat([0, 0, 2, 4], format);
      const { loss } = box.fasterRcnn(pred[format], target[format], anchor, { format });
      expectClose([loss], [1 / 2 / 16]);
    }
  });
});

describe('overlap', () => {
  const next = random(5);

  test.each(['iou', 'giou', 'diou', 'ciou'] as OverlapMetric[])(
    '%s is 1 minus the loss of that name',
    (metric) => {
      for (const format of FORMATS) {
        const [a, b] = [randomBoxes(next, 7, format), randomBoxes(next, 5, format)];
        const matrix = overlap.iou(a, b, { metric, format });
        expect(matrix).toHaveLength(35);
        for (let i = 0; i < 7; i++) {
          for (let j = 0; j < 5; j++) {
            const pair = [a.subarray(4 * i, 4 * i + 4), b.subarray(4 * j, 4 * j + 4)] as const;
            expectClose([matrix[5 * i + j]], [1 - box[metric](...pair, { format }).loss]);
          }
        }
      }
    },
  );

  test('alignedIou is the diagonal', () => {
    const [a, b] = [randomBoxes(next, 6, 'xywh'), randomBoxes(next, 6, 'xywh')];
    const matrix = overlap.iou(a, b, { format: 'xywh' });
    expect(overlap.alignedIou(a, b, { format: 'xywh' })).toEqual(
      Float64Array.from({ length: 6 }, (_, i) => matrix[7 * i]),
    );
  });

  test('no boxes, no area, NaN', () => {
    expect(overlap.iou([], [1, 1, 2, 2])).toEqual(new Float64Array());
    expect(overlap.iou([1, 1, 2, 2], [])).toEqual(new Float64Array());
    expect(overlap.alignedIou([], [])).toEqual(new Float64Array());
    expect(overlap.alignedIou([1, 1, 0, 0], [1, 1, 0, 0])).toEqual(Float64Array.of(0));
    const a = [NaN, 1, 2, 2, 1, 1, 2, 2];
    expect(overlap.iou(a, [1, 1, 2, 2])).toEqual(Float64Array.of(NaN, 1));
  });
});

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
