/** What the losses do with arrays of the device beyond what they do with typed arrays. */
import { box as onProcessor, category as categoryOnProcessor } from '../../lib';
import { cuda, type DeviceFloat32Array } from '../../lib/cuda';
import { expectClose } from '../support/close';
import { FORMATS, random, randomBoxes, uniform } from '../support/random';
import { thrownBy } from '../support/refusals';
import { rightScales } from '../support/yolo-v3-refusals';

type Call = (...args: unknown[]) => unknown;

/** More than the loop has threads, and no multiple of them. */
const MANY = 70_001;

const next = random(53);
const pred = randomBoxes(next, MANY);
const target = randomBoxes(next, MANY);
const weight = uniform(next, MANY).map((w) => Math.max(0, w - 0.3));
const device = {
  pred: cuda.upload(pred),
  target: cuda.upload(target),
  weight: cuda.upload(weight),
};

test.each(FORMATS)('many rows agree with the processor, in %s', (format) => {
  for (const reduction of ['mean', 'sum'] as const) {
    const options = { format, reduction } as const;
    const expected = onProcessor.ciou(pred, target, { ...options, weight, grad: true });
    const actual = cuda.box.ciou(device.pred, device.target, {
      ...options,
      weight: device.weight,
      grad: true,
    });
    expectClose([actual.loss / expected.loss], [1], 1e-6);
    const largest = expected.grad.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
    expectClose(actual.grad.download(), expected.grad, 1e-5 * largest);
  }
});

test('many rows have one sum, to the bit, with and without a gradient', () => {
  const call = (grad: boolean) => cuda.box.giou(device.pred, device.target, { grad }).loss;
  expect(new Set([call(false), call(true), call(false), call(true)]).size).toBe(1);
});

test('arrays of the device and typed arrays in one call', () => {
  const expected = onProcessor.diou(pred, target, { weight, grad: true });
  const grad = new Float32Array(pred.length);
  const mixed = cuda.box.diou(pred, device.target, { weight: device.weight, grad });
  expect(mixed.grad).toBe(grad);
  expectClose([mixed.loss / expected.loss], [1], 1e-6);
  const made = cuda.box.diou(pred, target, { weight, grad: true });
  expect(made.grad.download()).toEqual(grad);
});

test('outputs on the device are filled and returned', () => {
  const grad = cuda.upload(new Float32Array(pred.length).fill(7));
  const out = cuda.upload(new Float32Array(MANY).fill(7));
  const result = cuda.box.iou(device.pred, device.target, { reduction: 'none', grad, out });
  expect(result.grad).toBe(grad);
  expect(result.losses).toBe(out);
  const expected = onProcessor.iou(pred, target, { reduction: 'none' });
  expectClose(out.download(), expected.losses, 1e-5);
  expect(grad.download()).not.toContain(7);
});

describe('refusals', () => {
  const numbers = () => cuda.upload(new Float32Array(8).fill(7));
  const sevens = (array: DeviceFloat32Array) =>
    expect(new Set(array.download())).toEqual(new Set([7]));

  test('kinds, wherever the numbers are', () => {
    const labels = cuda.upload(new Int32Array(8));
    const ciou = cuda.box.ciou as Call;
    const rule = 'to be a Float32Array, got DeviceInt32Array';
    expect(thrownBy(() => ciou(labels, numbers()))).toBe(
      `TypeError: box.ciou: expected pred ${rule}`,
    );
    expect(thrownBy(() => ciou(numbers(), labels))).toBe(
      `TypeError: box.ciou: expected target ${rule}`,
    );
    expect(thrownBy(() => ciou(numbers(), numbers(), { grad: labels }))).toBe(
      `TypeError: box.ciou: expected grad ${rule}`,
    );
    expect(thrownBy(() => (cuda.category.fasterRcnn as Call)(numbers(), numbers()))).toBe(
      'TypeError: category.fasterRcnn: expected labels to be an Int32Array, got DeviceFloat32Array',
    );
  });

  test('lengths', () => {
    const grad = numbers();
    const short = cuda.upload(new Float32Array(4));
    expect(thrownBy(() => cuda.box.ciou(numbers(), short, { grad }))).toBe(
      'RangeError: box.ciou: expected target.length to equal pred.length (8), got 4',
    );
    sevens(grad);
  });

  test('an output that is an input, or the other output', () => {
    const [a, b] = [numbers(), numbers()];
    const rule = 'got views of the same memory';
    expect(thrownBy(() => cuda.box.ciou(a, b, { grad: a }))).toBe(
      `RangeError: box.ciou: expected grad not to overlap pred, ${rule}`,
    );
    expect(thrownBy(() => cuda.box.ciou(a, b, { grad: b }))).toBe(
      `RangeError: box.ciou: expected grad not to overlap target, ${rule}`,
    );
    const [c, d] = [numbers(), numbers()];
    expect(thrownBy(() => cuda.regression.l1(a, b, { weight: c, out: c, reduction: 'none' }))).toBe(
      `RangeError: regression.l1: expected out not to overlap weight, ${rule}`,
    );
    expect(thrownBy(() => cuda.regression.l1(a, b, { grad: d, out: d, reduction: 'none' }))).toBe(
      `RangeError: regression.l1: expected out not to overlap grad, ${rule}`,
    );
    for (const array of [a, b, c, d]) sevens(array);
  });

  test('labels that are no class, of which the row is named', () => {
    const logits = cuda.upload(new Float32Array(6));
    const labels = Int32Array.of(0, 5, 1);
    const grad = cuda.upload(new Float32Array(6).fill(7));
    const call = (given: unknown, weight?: unknown) =>
      thrownBy(() => (cuda.category.fasterRcnn as Call)(logits, given, { weight, grad }));
    const error =
      'RangeError: category.fasterRcnn: expected labels to be from 0 to 1 in row 1, got 5';
    expect(call(labels)).toBe(error);
    expect(call(cuda.upload(labels))).toBe(error);
    expect(call(cuda.upload(labels), cuda.upload(Float32Array.of(0, 1, 1)))).toBe(error);
    sevens(grad);
    expect(call(cuda.upload(labels), cuda.upload(Float32Array.of(1, 0, 1)))).toBe('nothing');
    expect(grad.download()).not.toContain(7);
    const expected = categoryOnProcessor.fasterRcnn(new Float32Array(6), labels, {
      weight: Float32Array.of(1, 0, 1),
      grad: true,
    });
    expectClose(grad.download(), expected.grad, 1e-7);
  });

  test('in yoloV3.loss a wrong label of one scale leaves the gradients of all', () => {
    const grads = [16, 8].map((length) => cuda.upload(new Float32Array(length).fill(7)));
    const scales = rightScales();
    (scales[1].target as Record<string, unknown>).labels = cuda.upload(Int32Array.of(3));
    const call = () => (cuda.yoloV3.loss as Call)({ batch: 1, classes: 3, scales, grad: grads });
    expect(thrownBy(call)).toBe(
      'RangeError: yoloV3.loss: expected scales[1].target.labels to be from 0 to 2 in row 0, got 3',
    );
    grads.forEach(sevens);
  });

  test('in yoloV3.loss an output that is another array', () => {
    const scales = rightScales();
    const features = cuda.upload(new Float32Array(16).fill(7));
    scales[0].features = features;
    const other = cuda.upload(new Float32Array(8));
    const call = (grad: unknown[]) => () =>
      (cuda.yoloV3.loss as Call)({ batch: 1, classes: 3, scales, grad });
    expect(thrownBy(call([features, other]))).toBe(
      "RangeError: yoloV3.loss: expected grad[0] not to overlap scales[0]'s features, " +
        'got views of the same memory',
    );
    sevens(features);
  });
});
