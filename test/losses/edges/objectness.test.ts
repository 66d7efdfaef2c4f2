/** Logits and probabilities at their extremes, on every instruction set. */
import { objectness } from '../../../lib';
import * as reference from '../../../lib/reference';
import { expectClose, expectSame, type Numbers } from '../../support/close';
import { floats } from '../../support/random';
import { onEveryTarget } from '../../support/targets';

/** Below the least normal float32 a number may count as 0. */
const LEAST = 2 ** -126;

/** Whole vectors and a remainder of the same rows, which must not differ. */
const COPIES = 37;

const repeated = (numbers: Numbers) =>
  Float32Array.from({ length: COPIES * numbers.length }, (_, k) => numbers[k % numbers.length]);

/** The losses and the gradient of rows, found the same at every place of a vector. */
function everywhere(
  loss: typeof objectness.fasterRcnn | typeof objectness.yoloV3,
  pred: Numbers,
  target: Numbers,
  options: { input?: 'logit' | 'probability' } = {},
) {
  const call = loss as typeof objectness.yoloV3;
  const result = call(repeated(pred), repeated(target), {
    ...options,
    reduction: 'none',
    grad: true,
  });
  const losses = result.losses.slice(0, target.length);
  const grad = result.grad.slice(0, pred.length);
  expectSame(result.losses, repeated(losses));
  expectSame(result.grad, repeated(grad));
  return { losses, grad };
}

const logit = { input: 'logit' } as const;

onEveryTarget(() => {
  test('logits of ±1e4', () => {
    const [pred, target] = [floats(1e4, 1e4, -1e4, -1e4, 1e4, -1e4), floats(1, 0, 1, 0, 0.5, 0.5)];
    const { losses, grad } = everywhere(objectness.yoloV3, pred, target, logit);
    expectClose(losses, [0, 1e4, 1e4, 0, 5e3, 5e3], 0);
    expectClose(grad, [0, 1, -1, 0, 0.5, -0.5], 0);
    for (const reduction of ['balanced', 'mean', 'sum'] as const) {
      const result = objectness.yoloV3(pred, target, { ...logit, reduction, grad: true });
      const expected = reference.objectness.yoloV3(pred, target, {
        ...logit,
        reduction,
        grad: true,
      });
      expectClose([result.loss], [expected.loss], 1e-3);
      expectClose(result.grad, expected.grad, 1e-6);
    }
  });

  test('pairs of logits of ±1e4', () => {
    const pairs = floats(1e4, -1e4, 1e4, -1e4, -1e4, 1e4, -1e4, 1e4, 1e4, 1e4, -1e4, -1e4);
    const target = floats(0, 1, 0, 1, 1, 0);
    const { losses, grad } = everywhere(objectness.fasterRcnn, pairs, target);
    expectClose(losses, [0, 2e4, 2e4, 0, Math.LN2, Math.LN2], 1e-7);
    expectClose(grad, [0, 0, 1, -1, -1, 1, 0, 0, 0.5, -0.5, -0.5, 0.5], 1e-7);
  });

  test('logits of ±100', () => {
    const [pred, target] = [floats(100, 100, -100, -100), floats(1, 0, 1, 0)];
    const { losses, grad } = everywhere(objectness.yoloV3, pred, target, logit);
    expectClose(losses, [0, 100, 100, 0], LEAST);
    expectClose(grad, [0, 1, -1, 0], LEAST);
    const pairs = floats(0, 100, 0, 100, 0, -100, 0, -100);
    const two = everywhere(objectness.fasterRcnn, pairs, target);
    expectClose(two.losses, [0, 100, 100, 0], LEAST);
    expectClose(two.grad, [0, 0, -1, 1, 1, -1, 0, 0], LEAST);
  });

  test('a small loss keeps its digits, and so does its gradient', () => {
    const pred = Float32Array.from({ length: 160 }, (_, k) => (k % 2 ? -1 : 1) * (8 + k / 2.03));
    const target = pred.map((z) => Number(z > 0));
    const options = { ...logit, reduction: 'none', grad: true } as const;
    const expected = reference.objectness.yoloV3(pred, target, options);
    const { losses, grad } = everywhere(objectness.yoloV3, pred, target, logit);
    const ratios = [
      ...losses.map((loss, k) => loss / expected.losses[k]),
      ...grad.map((slope, k) => slope / expected.grad[k]),
    ];
    expectClose(ratios, new Float32Array(ratios.length).fill(1), 1e-6);
  });

  test('probabilities of 0 and 1, and beyond', () => {
    const [prob, target] = [floats(0, 0, 1, 1, 0, 1), floats(0, 1, 0, 1, 0.5, 0.5)];
    const slope = Math.fround(1e12);
    const { losses, grad } = everywhere(objectness.yoloV3, prob, target);
    expectClose(losses, [0, 100, 100, 0, 50, 50], 0);
    expectClose(grad, [0, -slope, slope, 0, -slope / 2, slope / 2], 0);
    const beyond = prob.map((p) => 3 * p - 1);
    const said = { input: 'probability' } as const;
    expect(everywhere(objectness.yoloV3, beyond, target, said)).toEqual({ losses, grad });
  });

  test('probabilities close to 0 and 1', () => {
    // The least float32 there are, below the logarithm's −100; 1e-12 bounds p(1 − p) from below.
    const prob = floats(1e-45, 1e-40, 1e-38, 1e-30, 1e-13, 1e-10, 1e-7, 1e-4, 1 - 2 ** -24);
    for (const t of [0, 1, 0.25]) {
      const target = prob.map(() => t);
      const options = { reduction: 'none', grad: true } as const;
      const expected = reference.objectness.yoloV3(prob, target, options);
      const { losses, grad } = everywhere(objectness.yoloV3, prob, target);
      for (const [k, loss] of expected.losses.entries()) {
        expectClose([losses[k]], [loss], LEAST + 1e-6 * loss);
        expectClose([grad[k]], [expected.grad[k]], LEAST + 1e-6 * Math.abs(expected.grad[k]));
      }
    }
  });

  test('prediction equals target', () => {
    const target = repeated([0, 1, 1, 0]);
    const [zeros, options] = [target.map(() => 0), { grad: true } as const];
    const soft = repeated([0, 1, 0.25, 0.75]);
    for (const truth of [target, soft]) {
      const { loss, grad } = objectness.yoloV1(truth, truth, options);
      expectClose([loss, ...grad], [0, ...zeros], 0);
    }
    const { loss, grad } = objectness.yoloV3(target, target, options);
    expectClose([loss, ...grad], [0, ...zeros], 0);
  });

  test('what counts as an object', () => {
    // Anything above 0, however little.
    const four = floats(1e-45, 1e-38, 0, -0);
    const pred = new Float32Array(4).fill(1);
    const { grad } = objectness.yoloV1(pred, four, { reduction: 'sum', noObject: 0.5, grad: true });
    expectClose(grad, [2, 2, 1, 1], 0);
    // Two rows on each side: ln 2 each, in halves.
    const balanced = objectness.yoloV3(new Float32Array(4), four, { ...logit, grad: true });
    expectClose([balanced.loss], [2 * Math.LN2], 1e-6);
    expectClose(balanced.grad, [0.25, 0.25, 0.25, 0.25], 1e-7);
  });

  test('noObject may be 0', () => {
    const [prob, target] = [floats(0.5, 0.5), floats(1, 0)];
    expect(objectness.yoloV1(prob, target, { noObject: 0, grad: true })).toEqual({
      loss: 0.125,
      grad: floats(-0.5, 0),
    });
  });
});
