import { category } from '../../../lib';
import { casesIn } from '../table';
import { testAgreement, testExamples } from '../../support/agreement-suite';
import { labelsOf, oneHot } from '../../support/class-rows';
import { expectClose } from '../../support/close';
import { floats, random, uniform } from '../../support/random';
import { onEveryTarget } from '../../support/targets';

const cases = casesIn('category');
const ofLabels: (typeof category.fasterRcnn)[] = Object.values(category);
const { log } = Math;

describe('worked examples', () => testExamples(cases));

testAgreement(cases);

describe('labels', () => {
  const [rows, classes] = [40, 5];
  const next = random(401);
  const labels = labelsOf(next, rows, classes);
  const hot = oneHot(labels, classes);
  const prob = uniform(next, rows * classes, 0.01, 0.99);
  const weight = uniform(next, rows, -0.5, 2).map((w) => Math.max(0, w));

  onEveryTarget(() => {
    test('are multi-hot targets of one class', () => {
      for (const reduction of ['mean', 'sum', 'none'] as const) {
        const options = { reduction, weight, classes, grad: true };
        expect(category.yoloV1(prob, labels, options)).toEqual(category.yoloV1(prob, hot, options));
        for (const labelSmoothing of [0, 0.1, 1]) {
          for (const input of ['probability', 'logit'] as const) {
            const smooth = { ...options, labelSmoothing, input };
            expect(category.yoloV3(prob, labels, smooth)).toEqual(
              category.yoloV3(prob, hot, smooth),
            );
          }
        }
      }
    });
  });

  test('may be in the memory of a larger array, or shared by threads', () => {
    const memory = new Int32Array(new SharedArrayBuffer(4 * (rows + 1)));
    const view = memory.subarray(1);
    view.set(labels);
    for (const loss of ofLabels) {
      expect(loss(prob, view, { grad: true })).toEqual(loss(prob, labels, { grad: true }));
    }
  });
});

describe('the number of rows', () => {
  const next = random(409);
  const [prob, target] = [uniform(next, 12, 0.1, 0.9), uniform(next, 12)];
  const weight = floats(1, 1, 1);

  test('is told by classes, by a weight or by out', () => {
    for (const loss of [category.yoloV1, category.yoloV3]) {
      const { losses } = loss(prob, target, { classes: 4, reduction: 'none' });
      expect(losses).toHaveLength(3);
      expect(loss(prob, target, { weight, reduction: 'none' }).losses).toEqual(losses);
      const out = new Float32Array(3);
      expect(loss(prob, target, { out, reduction: 'none' }).losses).toBe(out);
      expect(out).toEqual(losses);
      expectClose(
        [loss(prob, target, { weight }).loss],
        [losses.reduce((a, b) => a + b) / 3],
        1e-6,
      );
    }
  });

  test('does not change the mean of means, and need not be told', () => {
    const told = category.yoloV3(prob, target, { classes: 4, grad: true });
    const untold = category.yoloV3(prob, target, { grad: true });
    expectClose([untold.loss], [told.loss], 1e-7);
    expectClose(untold.grad, told.grad, 1e-7);
  });

  test('need not be told of more numbers than a float32 counts', () => {
    const logits = new Float32Array(2 ** 24 + 1);
    const { loss } = category.yoloV3(logits, logits.slice(), { input: 'logit' });
    expectClose([loss], [Math.LN2], 1e-6);
  });
});

test('label smoothing moves targets towards a half, however many the classes', () => {
  const [logits, label] = [floats(log(3), -log(3)), Int32Array.of(0)];
  const lossOf = (labelSmoothing: number) =>
    category.yoloV3(logits, label, { input: 'logit', labelSmoothing, grad: true });
  // Targets 1 and 0; 0.9 and 0.1; ½ and ½.
  expectClose([lossOf(0).loss], [log(4 / 3)], 1e-6);
  expectClose([lossOf(0.2).loss], [0.9 * log(4 / 3) + 0.1 * log(4)], 1e-6);
  expectClose([lossOf(1).loss], [(log(4 / 3) + log(4)) / 2], 1e-6);
  expectClose(lossOf(0).grad, [-1 / 8, 1 / 8], 1e-7);
  expectClose(lossOf(0.2).grad, [-0.15 / 2, 0.15 / 2], 1e-7);
  expectClose(lossOf(1).grad, [1 / 8, -1 / 8], 1e-7);
  const three = new Float32Array(3).fill(0.75);
  const options = { classes: 3, labelSmoothing: 0.2 };
  const mean = category.yoloV3(three, new Float32Array(3), options);
  expectClose([mean.loss], [0.1 * log(4 / 3) + 0.9 * log(4)], 1e-6);
});

test('no rows', () => {
  const [none, noLabels] = [floats(), new Int32Array(0)];
  const nothing = { loss: 0, grad: none };
  for (const loss of ofLabels) {
    expect(loss(none, noLabels, { grad: true })).toEqual(nothing);
    expect(loss(none, noLabels, { reduction: 'none' })).toEqual({ losses: none });
  }
  for (const loss of [category.yoloV1, category.yoloV3]) {
    expect(loss(none, none, { grad: true })).toEqual(nothing);
    expect(loss(none, none, { grad: true, classes: 3, weight: none })).toEqual(nothing);
  }
});
