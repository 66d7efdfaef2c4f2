/**
 * Boxes at which sums cancel or products leave the range of float32, against values with 120 digits
 * (test/support/exact-boxes.json: the formulas by mpmath 1.2, of the float32 numbers as they are).
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { box, overlap } from '../../../lib';
import { native } from '../../../lib/binding';
import type { BoxFormat } from '../../../lib/types';
import { ulp } from '../../support/agreement';

interface Exact {
  title: string;
  loss: 'iou' | 'giou' | 'diou' | 'ciou' | 'yoloV1' | 'fasterRcnn';
  format: BoxFormat;
  pred: number[];
  target: number[];
  value: number;
  grad: number[];
}

const file = path.join(__dirname, '..', '..', 'support/exact-boxes.json');
const EXACT = JSON.parse(readFileSync(file, 'utf8')) as Exact[];
const METRICS = ['iou', 'giou', 'diou', 'ciou'] as const;

const floats = (...numbers: number[]) => Float32Array.from(numbers);
const lossOf = ({ loss, pred, target, format }: Exact, options: object = {}) => {
  const [p, t] = [floats(...pred), floats(...target)];
  const all = { format, grad: true, ...options } as const;
  return loss === 'fasterRcnn' ? box.fasterRcnn(p, t, t, all) : box[loss](p, t, all);
};

afterAll(() => void native.useTarget());

describe.each(native.targets())('on %s', (target) => {
  beforeAll(() => void native.useTarget(target));

  test.each(EXACT)('$title: the value and the gradient', (row) => {
    const { loss, grad } = lossOf(row);
    expect(Math.abs(loss - row.value)).toBeLessThanOrEqual(4 * ulp(row.value));
    const largest = Math.max(...row.grad.map(Math.abs));
    const off = grad.map((slope, k) => Math.abs(slope - row.grad[k]));
    expect(Math.max(...off)).toBeLessThanOrEqual(1e-5 * largest);
  });

  test.each(
    EXACT.filter(({ loss, title }) => METRICS.includes(loss as 'iou') && !/1e25/.test(title)),
  )('$title: the overlap is 1 minus the value', ({ loss, pred, target: truth, format, value }) => {
    const metric = loss as (typeof METRICS)[number];
    const [a, b] = [floats(...truth, ...pred), floats(...pred, ...truth)];
    const matrix = overlap.iou(a, b, { metric, format });
    // α is another where 1 − IoU is computed from the other side: only of IoU's are both alike.
    const alike = [matrix[2 + 1], ...(metric === 'ciou' ? [] : [matrix[0]])];
    if (metric === 'iou') alike.push(...overlap.alignedIou(a, b, { format }));
    for (const similarity of alike) {
      expect(Math.abs(1 - similarity - value)).toBeLessThanOrEqual(4 * ulp(1));
    }
  });

  test.each([1e-38, 1e-30, 1e-23, 1.1e-19, 1e-10, 1e10, 1e18, 1e25])(
    'equal boxes of size %d have no loss',
    (size) => {
      for (const loss of METRICS) {
        const boxes = floats(0, 0, size, size, 0.5, 0.5, size, 2 * size, size, -size, size, size);
        const { losses, grad } = box[loss](boxes, boxes.slice(), { reduction: 'none', grad: true });
        expect([...losses, ...grad].every((number) => number === 0)).toBe(true);
      }
    },
  );

  test.each<[BoxFormat, number[]]>([
    ['yxhw', [0, 0, 1e-39, 1e-7]],
    ['yxhw', [0, 0, 1e-39, 100]],
    ['cxcywh', [0, 0, 5e-39, 10]],
    ['xyxy', [0, 0, 1e-44, 1e10]],
    ['xywh', [3, 4, 1e-30, 1e-9]],
  ])('equal boxes, one side of which is tiny: %s %j', (format, numbers) => {
    const boxes = floats(...numbers);
    for (const loss of METRICS) {
      const { loss: value, grad } = box[loss](boxes, boxes.slice(), { format, grad: true });
      expect([value, ...grad].every((number) => number === 0)).toBe(true);
    }
    expect(overlap.iou(boxes, boxes.slice(), { format })[0]).toBe(1);
    expect(overlap.alignedIou(boxes, boxes.slice(), { format })[0]).toBe(1);
  });

  test.each<[BoxFormat, number[], number[]]>([
    ['xyxy', [100, 0, 0, 1e-37], [100, 0, 0, 1e-37]],
    ['tlbr', [1e10, 0, -1, 1e-29], [1e10, 0, -1, 1e-29]],
    ['xywh', [0, 0, 0, -100], [0, 0, 1e-37, -100]],
    ['yxhw', [0, 1, 100, 0], [0, 0, 1e-37, 1]],
  ])('boxes without area and with a tiny side have finite numbers: %s %j %j', (format, p, t) => {
    for (const loss of METRICS) {
      const result = box[loss](floats(...p), floats(...t), { format, grad: true });
      expect([result.loss, ...result.grad].every(Number.isFinite)).toBe(true);
      if (loss === 'iou')
        expect([result.loss, ...result.grad].map(Math.abs)).toEqual([1, 0, 0, 0, 0]);
    }
  });

  test.each(METRICS)('%s of tiny boxes is the same alone and among others', (loss) => {
    const rows = EXACT.filter((row) => row.loss === loss && row.format === 'yxhw');
    const tiny = rows.find(({ title }) => title.includes('1e-24'))!;
    const { loss: alone, grad: slope } = lossOf(tiny);
    for (const count of [2, 17, 200, 5000]) {
      const pred = floats(...Array.from({ length: count }, () => [0.1, 0.1, 0.2, 0.3]).flat());
      const truth = pred.map((number) => 2 * number);
      const weight = floats(...Array.from({ length: count }, (_, row) => 0.5 + (row % 3)));
      const at = count - 1;
      const others = box[loss](pred, truth, { reduction: 'none', grad: true, weight });
      pred.set(tiny.pred, 4 * at);
      truth.set(tiny.target, 4 * at);
      weight[at] = 1;
      const all = box[loss](pred, truth, { reduction: 'none', grad: true, weight });
      expect(all.losses[at]).toBe(alone);
      expect(all.grad.subarray(4 * at)).toEqual(slope);
      expect(all.losses.subarray(0, at)).toEqual(others.losses.subarray(0, at));
      expect(all.grad.subarray(0, 4 * at)).toEqual(others.grad.subarray(0, 4 * at));
      // A row of weight 0 is not evaluated.
      weight[at] = 0;
      const none = box[loss](pred, truth, { reduction: 'none', grad: true, weight });
      expect(none.losses[at]).toBe(0);
      expect([...none.grad.subarray(4 * at)]).toEqual([0, 0, 0, 0]);
    }
  });

  test('inverted boxes are points', () => {
    const pred = floats(0.31759682, 0.27215132, -0.55796486, 0.08314452);
    const truth = floats(-0.05064932, 1.1494979, -0.18971579, 0.77921981);
    expect(box.giou(pred, truth, { format: 'xyxy' }).loss).toBe(2);
    const other = floats(1.8343536, 1.3745019, 0.7440818, 1.9738375);
    const far = floats(1.7212907, 1.6924214, 0.9468587, 1.2626104);
    expect(box.giou(other, far, { format: 'tlbr' }).loss).toBeLessThanOrEqual(2);
    expect(box.giou(floats(0, 0, -1, 2), floats(5, 5, 1, -2), { format: 'xywh' }).loss).toBe(2);
  });

  test('no loss is above its bound', () => {
    for (let k = 0; k < 2000; k++) {
      const [angle, far, h, w] = [k * 0.7, 10 ** ((k % 13) / 2), 0.1 + (k % 7) / 5, 0.1 + (k % 5)];
      const pred = floats(far * Math.sin(angle), far * Math.cos(angle), h, w);
      const truth = floats(0.1, 0.2, 0.3 + (k % 3), 0.4);
      expect(box.giou(pred, truth).loss).toBeLessThanOrEqual(2);
      expect(box.diou(pred, truth).loss).toBeLessThanOrEqual(2);
      expect(box.ciou(pred, truth).loss).toBeLessThanOrEqual(2.5);
      expect(overlap.iou(pred, truth, { metric: 'giou' })[0]).toBeGreaterThanOrEqual(-1);
      expect(overlap.iou(pred, truth, { metric: 'ciou' })[0]).toBeGreaterThanOrEqual(-1.5);
    }
  });
});
