import { box, overlap, regression } from '../../lib/reference';
import { expectClose, IOU_LOSSES } from '../support/close';
import { boxNumbers, FORMATS, random, randomBoxes, toFormat, uniform } from '../support/random';

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

  test.each(IOU_LOSSES)('%s is 1 minus the loss of that name', (metric) => {
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
  });

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
