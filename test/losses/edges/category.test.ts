/** Classes at the extremes of logits and probabilities, on every instruction set. */
import { category } from '../../../lib';
import * as reference from '../../../lib/reference';
import { BOUNDS, gradientError } from '../../support/agreement';
import { confident, confidentRows, labelsOf, oneHot } from '../../support/class-rows';
import { expectClose, expectSame } from '../../support/close';
import { floats, random, uniform } from '../../support/random';
import { onEveryTarget } from '../../support/targets';

const CLASSES = [2, 3, 7, 16, 17, 33, 80];
const rowByRow = { reduction: 'none', grad: true } as const;

/** Expects each row's loss and gradient within 1e-5 of the reference's, however small they are. */
function expectDigits(
  actual: { losses: Float32Array; grad: Float32Array },
  expected: { losses: Float64Array; grad: Float64Array },
  classes: number,
) {
  const wrong: string[] = [];
  expected.losses.forEach((loss, row) => {
    const error = Math.abs(actual.losses[row] - loss) / loss;
    const slopes = gradientError(actual.grad, expected.grad, row, classes);
    if (error <= 1e-5 && slopes <= BOUNDS.gradient) return;
    wrong.push(`row ${row}: ${actual.losses[row]} instead of ${loss}, gradient off by ${slopes}`);
  });
  expect(wrong.slice(0, 5)).toEqual([]);
}

onEveryTarget(() => {
  describe('a small loss keeps its digits, and so does its gradient', () => {
    test.each(CLASSES)('softmax of %i classes', (classes) => {
      const labels = labelsOf(random(521), 60, classes);
      for (const least of [2, 10, 20, 60]) {
        const logits = confidentRows(random(523), labels, classes, least);
        const expected = reference.category.fasterRcnn(logits, labels, rowByRow);
        expect(Math.max(...expected.losses)).toBeLessThan(classes * Math.exp(1 - least));
        expectDigits(category.fasterRcnn(logits, labels, rowByRow), expected, classes);
      }
    });

    test.each(CLASSES)('binary cross-entropy of %i classes', (classes) => {
      const labels = labelsOf(random(541), 60, classes);
      const hot = oneHot(labels, classes);
      for (const least of [2, 10, 20, 60]) {
        const logits = confident(random(547), hot, least);
        const options = { ...rowByRow, input: 'logit' } as const;
        const expected = reference.category.yoloV3(logits, labels, options);
        expect(Math.max(...expected.losses)).toBeLessThan(2 * Math.exp(-least));
        expectDigits(category.yoloV3(logits, labels, options), expected, classes);
      }
    });

    test.each(CLASSES)('a confident mistake in %i classes', (classes) => {
      const labels = labelsOf(random(557), 60, classes);
      const others = labels.map((label) => (label + 1) % classes);
      for (const least of [2, 10, 20, 60, 1e4]) {
        const logits = confidentRows(random(563), others, classes, least);
        const expected = reference.category.fasterRcnn(logits, labels, rowByRow);
        expectDigits(category.fasterRcnn(logits, labels, rowByRow), expected, classes);
      }
    });
  });

  test('softmax of logits of ±1e4', () => {
    const logits = floats(1e4, -1e4, 0, 1e4, -1e4, 0, 1e4, -1e4, 0, 1e4, 1e4, 1e4);
    const { losses, grad } = category.fasterRcnn(logits, Int32Array.of(0, 1, 2, 1), rowByRow);
    expectClose(losses, [0, 2e4, 1e4, Math.log(3)], 1e-6);
    expectClose(grad, [0, 0, 0, 1, -1, 0, 1, 0, -1, 1 / 3, -2 / 3, 1 / 3], 1e-7);
  });

  test('binary cross-entropy of logits of ±1e4 and ±100', () => {
    const options = { ...rowByRow, input: 'logit' } as const;
    for (const z of [100, 1e4]) {
      const logits = floats(z, -z, -z, -z, z, -z);
      const { losses, grad } = category.yoloV3(logits, Int32Array.of(0, 2), options);
      expectClose(losses, [0, (2 / 3) * z], 1e-3);
      expectClose(grad, [0, 0, 0, 0, 1 / 3, -1 / 3], 1e-7);
    }
  });

  test('softmax of equal logits, wherever they are', () => {
    for (const classes of CLASSES) {
      for (const z of [0, 1e4, -1e4, 3e38, -3e38]) {
        const logits = new Float32Array(classes).fill(z);
        const { loss, grad } = category.fasterRcnn(logits, Int32Array.of(1), { grad: true });
        expectClose([loss], [Math.log(classes)], 1e-6);
        const slopes = Array.from(logits, (_, k) => 1 / classes - Number(k === 1));
        expectClose(grad, slopes, 1e-7);
      }
    }
  });

  test('a class ruled out by a logit of −∞', () => {
    for (const classes of CLASSES) {
      const logits = uniform(random(569), classes, -2, 2);
      const labels = Int32Array.of(0);
      const without = category.fasterRcnn(logits.subarray(0, classes - 1), labels, { grad: true });
      logits[classes - 1] = -Infinity;
      const { loss, grad } = category.fasterRcnn(logits, labels, { grad: true });
      expectClose([loss], [without.loss], 1e-6);
      expectClose(grad, [...without.grad, 0], 1e-6);
    }
  });

  test('probabilities of 0 and 1', () => {
    const prob = floats(0, 0, 1, 1, 0, 1);
    const target = floats(0, 1, 0, 1, 0.5, 0.5);
    const slope = Math.fround(1e12);
    const { losses, grad } = category.yoloV3(prob, target, { ...rowByRow, classes: 1 });
    expectClose(losses, [0, 100, 100, 0, 50, 50], 0);
    expectClose(grad, [0, -slope, slope, 0, -slope / 2, slope / 2], 0);
    const together = category.yoloV3(prob, target, { ...rowByRow, classes: 6 });
    expectClose(together.losses, [50], 0);
    expectClose(
      together.grad,
      grad.map((g) => g / 6),
      1e5,
    );
  });

  test('prediction equals target', () => {
    for (const classes of [1, ...CLASSES]) {
      const labels = labelsOf(random(571), 9, classes);
      const hot = oneHot(labels, classes);
      const zeros = hot.map(() => 0);
      for (const target of [labels, hot]) {
        for (const loss of [category.yoloV1, category.yoloV3]) {
          const result = loss(hot, target, { classes, grad: true });
          expectClose([result.loss, ...result.grad], [0, ...zeros], 0);
        }
      }
    }
  });

  test('one class', () => {
    const label = Int32Array.of(0);
    for (const z of [7, -1e4, 0]) {
      const { loss, grad } = category.fasterRcnn(floats(z), label, { grad: true });
      expectClose([loss, ...grad], [0, 0], 0);
    }
    expectSame(category.fasterRcnn(floats(NaN), label, { grad: true }).grad, [NaN]);
    expectClose([category.yoloV3(floats(0), label, { input: 'logit' }).loss], [Math.LN2], 1e-7);
  });

  test('rows whose weights sum to 0', () => {
    const [prob, labels] = [uniform(random(577), 12, 0.1, 0.9), Int32Array.of(0, 1, 2, 3)];
    const weights = [new Float32Array(4), floats(1, -1, 1, -1)];
    const ofLabels: (typeof category.fasterRcnn)[] = Object.values(category);
    for (const loss of ofLabels) {
      for (const weight of weights) {
        const three = labels.map((label) => label % 3);
        const grad = new Float32Array(12).fill(7);
        expect(loss(prob, three, { weight, grad })).toEqual({
          loss: 0,
          grad: new Float32Array(12),
        });
      }
    }
  });
});
