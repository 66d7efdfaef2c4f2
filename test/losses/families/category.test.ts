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

describe('worked examples', () => {
  // Seven classes each; what is 0 on either side adds nothing to a squared error.
  const squares: [Float32Array, Float32Array] = [
    floats(0.5, 0.25, 0.25, 0, 0, 0, 0, 1, 0.5, 0, 0, 0, 0, 0),
    floats(0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0),
  ];
  // Targets of ¾ predicted by ¼, and of ¼ by ¼.
  const prob: [Float32Array, Float32Array] = [
    floats(...Array(7).fill(0.25)),
    floats(0.75, ...Array(6).fill(0.25)),
  ];
  const [missed, met] = [log(4 / 3) / 4 + (3 / 4) * log(4), log(4) / 4 + (3 / 4) * log(4 / 3)];
  const logits: [Float32Array, Float32Array] = [floats(...Array(7).fill(-log(3))), prob[1]];
  // Smoothed by 0.1, ¾ is 0.725 and ¼ is 0.275.
  const cross = (t: number) => t * log(4) + (1 - t) * log(4 / 3);

  testExamples(cases, {
    // softmax(ln 1, ln 2, ln 5, four times ln 2) = (1, 2, 5, 2, 2, 2, 2)/16; p − p∗.
    'category.fasterRcnn': {
      arrays: [floats(...[1, 2, 5, 2, 2, 2, 2].map(log)), Int32Array.of(1)],
      losses: [log(8)],
      grad: [1 / 16, -14 / 16, 5 / 16, 1 / 8, 1 / 8, 1 / 8, 1 / 8],
    },
    'category.yoloV1, classes 7': {
      arrays: squares,
      // ¼ + 1/16 + 9/16; ¼
      losses: [7 / 8, 1 / 4],
      grad: [1, 1 / 2, -3 / 2, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0],
    },
    'category.yoloV3, classes 7': {
      arrays: prob,
      losses: [(missed + 6 * met) / 7],
      // (¼ − ¾)/(3/16)
      grad: [-8 / 3 / 7, 0, 0, 0, 0, 0, 0],
    },
    'category.yoloV3, classes 7, input logit': {
      arrays: logits,
      losses: [(missed + 6 * met) / 7],
      grad: [-1 / 2 / 7, 0, 0, 0, 0, 0, 0],
    },
    'category.yoloV3, classes 7, input logit, labelSmoothing 0.1': {
      arrays: logits,
      losses: [(cross(0.725) + 6 * cross(0.275)) / 7],
      grad: [-0.475 / 7, ...Array<number>(6).fill(-0.025 / 7)],
    },
  });
});

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
