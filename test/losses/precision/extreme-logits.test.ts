/**
 * Cross-entropies of logits where sums cancel or leave the range of float32: soft targets, label
 * smoothing of few classes, confident rows, the smallest and infinite logits. The expected numbers are
 * float64's of forms that do not cancel there.
 */
import { category, objectness, yoloV3 } from '../../../lib';
import { native } from '../../../lib/binding';
import { ulp } from '../../support/agreement';

const floats = (...numbers: number[]) => Float32Array.from(numbers);
const rows = { reduction: 'none', grad: true } as const;
const ofLogits = { ...rows, input: 'logit' } as const;

/** ln(1 + e^−|z|) and what is linear in |z|; σ(z) − t, in float64. */
function exact(z: number, t: number, rest = 1 - t): [loss: number, slope: number] {
  const e = Math.exp(-Math.abs(z));
  const loss = Math.abs(z) * (z > 0 ? rest : t) + Math.log1p(e);
  const far = z > 0 ? rest - t * e : rest * e - t;
  const near = rest - t + (z > 0 ? -t : rest) * Math.expm1(-Math.abs(z));
  return [loss, (Math.abs(z) < 0.3 ? near : far) / (1 + e)];
}

function expectExact(actual: ArrayLike<number>, expected: number[], bound: (x: number) => number) {
  const off = expected.map((number, k) => Math.abs(actual[k] - number) / bound(number));
  expect(Math.max(...off)).toBeLessThanOrEqual(1);
}

const expectLosses = (actual: ArrayLike<number>, expected: number[]) =>
  expectExact(actual, expected, (loss) => 4 * ulp(loss));
const expectSlopes = (actual: ArrayLike<number>, expected: number[]) =>
  expectExact(actual, expected, (slope) => 1e-5 * Math.abs(slope) || Number.MIN_VALUE);

afterAll(() => void native.useTarget());

describe.each(native.targets())('on %s', (target) => {
  beforeAll(() => void native.useTarget(target));

  test('soft targets keep the digits of the loss, and of a derivative that all but cancels', () => {
    const pairs: [number, number][] = [
      [32.475, 0.9999],
      [1.5035e-4, 0.49922881],
      [-0.065381512, 0.48366043],
      [7.21697998, 0.9992665],
      [16.7793026, 0.99999994],
      [1155.45874, 0.947945952],
      [-46, 1e-20],
      [1.7e-39, 0],
      [-1.39e-42, 0.5],
      [1.35379445e-41, 0.25],
      [0, 0.5],
    ];
    for (let z = -12; z < 6; z += 0.37)
      pairs.push([z, (1 + 1e-3 * Math.sin(z)) / (1 + Math.exp(-z))]);
    const [z, t] = [0, 1].map((k) => floats(...pairs.map((pair) => pair[k])));
    const { losses, grad } = objectness.yoloV3(z, t, ofLogits);
    const expected = Array.from(z, (logit, row) => exact(logit, t[row]));
    expectLosses(
      losses,
      expected.map(([loss]) => loss),
    );
    expectSlopes(
      grad,
      expected.map(([, slope]) => slope),
    );
    const pair = floats(...Array.from(z, (logit) => [-0, logit]).flat());
    const ofPairs = objectness.fasterRcnn(pair, t, rows);
    expectLosses(
      ofPairs.losses,
      expected.map(([loss]) => loss),
    );
    expectSlopes(
      ofPairs.grad,
      expected.flatMap(([, slope]) => [-slope, slope]),
    );
  });

  test.each([1, 2, 3, 80])(
    'label smoothing of %d classes has both sides of the target',
    (classes) => {
      for (const s of [1e-6, 0.001, 0.05, 0.5, 1]) {
        for (const size of [0, 0.3, 3.6635, 8.5, 30]) {
          const z = floats(...Array.from({ length: classes }, (_, k) => (k === 0 ? size : -size)));
          const terms = Array.from(z, (logit, k) =>
            k === 0 ? exact(logit, 1 - s / 2, s / 2) : exact(logit, s / 2, 1 - s / 2),
          );
          const loss = terms.reduce((sum, [term]) => sum + term, 0) / classes;
          const many = floats(...Array.from(z, (_, k) => (k === 0 ? 1 : 0)));
          for (const truth of [new Int32Array([0]), many]) {
            const options = { ...ofLogits, labelSmoothing: s, classes };
            const { losses, grad } = category.yoloV3(z, truth, options);
            expectLosses(losses, [loss]);
            const slopes = terms.map(([, slope]) => slope / classes);
            const largest = Math.max(...slopes.map(Math.abs));
            expectExact(grad, slopes, () => 1e-5 * largest + 1e-45);
          }
        }
      }
    },
  );

  test.each([
    [[39.848415, 2.100317], 0],
    [[0.96, 1.53, -1.95, 0.64, 89.147, -0.33], 4],
    [[-50, 1, -50.5, 0.2], 1],
    [[80, -80, 0], 0],
    [[80, -80, 79, 78], 3],
    [[40, 0, 40, 0], 0],
  ])('softmax of %j, class %d, keeps its digits', (numbers, label) => {
    const z = floats(...numbers);
    const top = Math.max(...z);
    const terms = Array.from(z, (logit) => Math.exp(logit - top));
    const at = z.indexOf(top);
    const rest = terms.reduce((sum, term, k) => (k === at ? sum : sum + term), 0);
    const { losses, grad } = category.fasterRcnn(z, new Int32Array([label]), rows);
    expect(Math.abs(losses[0] - (top - z[label] + Math.log1p(rest)))).toBeLessThanOrEqual(
      6e-7 * losses[0],
    );
    const others = label === at ? rest : 1 + rest - terms[label];
    const slopes = terms.map((term, k) => (k === label ? -others : term) / (1 + rest));
    const largest = Math.max(...slopes.map(Math.abs));
    expectExact(grad, slopes, () => 6e-7 * largest);
  });

  test('an infinite logit has the limit of its loss, and touches no other row', () => {
    for (const count of [3, 40, 9000]) {
      const z = new Float32Array(count).fill(2);
      const t = new Float32Array(count).fill(1);
      const [other, slope] = exact(2, 1);
      const cases: [number, number, number, number][] = [
        [Infinity, 1, 0, 0],
        [-Infinity, 0, 0, 0],
        [Infinity, 0, Infinity, 1],
        [-Infinity, 1, Infinity, -1],
        [Infinity, 0.5, Infinity, 0.5],
        [NaN, 1, NaN, NaN],
      ];
      for (const [logit, truth, loss, derivative] of cases) {
        z[count - 2] = logit;
        t[count - 2] = truth;
        const pairs = floats(...Array.from(z, (number) => [0, number]).flat());
        const results = [
          objectness.yoloV3(z, t, ofLogits),
          objectness.fasterRcnn(pairs, t, rows),
          category.yoloV3(z, t, { ...ofLogits, classes: 1 }),
        ];
        for (const { losses, grad } of results) {
          const last = grad.length / count;
          expect(losses[count - 2]).toBe(loss);
          expect(grad[(count - 1) * last - 1]).toBe(derivative);
          expectLosses([losses[0], losses[count - 1]], [other, other]);
          expectSlopes([grad[last - 1], grad[grad.length - 1]], [slope, slope]);
        }
        const sum = objectness.yoloV3(z, t, { input: 'logit', reduction: 'sum' }).loss;
        if (Number.isFinite(loss)) expect(sum).toBeCloseTo((count - 1) * other, 3);
        else expect(sum).toBe(loss);
      }
    }
  });

  test('pairs of logits may be of any size', () => {
    const pairs = floats(-3e38, 3e38, 3e38, -3e38, 0, Infinity, -Infinity, 0, -Infinity, Infinity);
    const { losses, grad } = objectness.fasterRcnn(pairs, floats(1, 0, 1, 1, 1), rows);
    expect([...losses]).toEqual([0, 0, 0, 0, 0]);
    expect([...grad].every((number) => number === 0)).toBe(true);
  });

  test('softmax of infinite logits', () => {
    const z = floats(
      Infinity,
      2,
      3,
      -Infinity,
      1,
      Infinity,
      -Infinity,
      1,
      2,
      Infinity,
      Infinity,
      0,
    );
    const { losses, grad } = category.fasterRcnn(z, new Int32Array([0, 1, 0, 0]), rows);
    expect([...losses]).toEqual([0, Infinity, Infinity, NaN]);
    expect([...grad.subarray(0, 6)]).toEqual([0, 0, 0, 0, -1, 1]);
    expect(grad[6]).toBe(-1);
    expect([...grad.subarray(9)]).toEqual([NaN, NaN, NaN]);
  });

  test('weights of any size', () => {
    const [zero, two] = [new Float32Array(4), new Float32Array(4).fill(2)];
    for (const size of [1e-45, 1e-39, 1e-20, 1, 1e20, 1e38, 3e38]) {
      const weight = floats(size, size, size, 0);
      const options = { weight, grad: true, reduction: 'mean' } as const;
      const { loss, grad } = objectness.yoloV1(
        zero,
        two.map(() => 1),
        options,
      );
      expect(loss).toBeCloseTo(1, 6);
      expectExact(grad, [-2 / 3, -2 / 3, -2 / 3, 0], () => 1e-6);
      const balanced = objectness.yoloV3(floats(3, -2, 1, 5), floats(1, 0, 1, 0), {
        weight: floats(size, 1, size, 0),
        input: 'logit',
        grad: true,
      });
      const terms = [exact(3, 1), exact(1, 1), exact(-2, 0)];
      expect(balanced.loss).toBeCloseTo((terms[0][0] + terms[1][0]) / 2 + terms[2][0], 6);
      expectExact(balanced.grad, [terms[0][1] / 2, terms[2][1], terms[1][1] / 2, 0], () => 1e-6);
    }
    const sum = objectness.yoloV1(
      zero,
      two.map(() => 1),
      {
        weight: two.map(() => 3e38),
        reduction: 'sum',
      },
    );
    expect(sum.loss / 12e38).toBeCloseTo(1, 6);
  });

  describe('yoloV3.loss', () => {
    const [batch, classes, anchors] = [2, 3, floats(0.2, 0.3, 0.4, 0.1)];
    const grid = { height: 7, width: 9, anchors };
    const cells = batch * grid.height * grid.width;
    const number = (index: number) => Math.sin(1 + index * 1.7) * 3;
    const nhwc = Float32Array.from({ length: cells * 2 * 8 }, (_, index) => number(index));
    const target = {
      box: Float32Array.from({ length: cells * 8 }, (_, k) => 0.3 + 0.1 * Math.sin(k)),
      objectness: Float32Array.from({ length: cells * 2 }, (_, k) => (k % 17 === 0 ? 1 : 0)),
      labels: Int32Array.from({ length: cells * 2 }, (_, k) => k % classes),
    };
    /** The same features with their channels first. */
    const planes = (features: Float32Array) => {
      const image = grid.height * grid.width;
      return Float32Array.from(features, (_, k) => {
        const [cell, channel] = [k % image, Math.floor(k / image) % 16];
        return features[(Math.floor(k / image / 16) * image + cell) * 16 + channel];
      });
    };
    const call = (features: Float32Array, layout: 'NHWC' | 'NCHW') =>
      yoloV3.loss({ batch, classes, layout, scales: [{ ...grid, features, target }], grad: true });

    test('is the same to the last bit in both layouts', () => {
      const [first, last] = [call(nhwc, 'NHWC'), call(planes(nhwc), 'NCHW')];
      expect({ ...last, grads: undefined }).toEqual({ ...first, grads: undefined });
      expect(last.grads![0]).toEqual(planes(first.grads![0]));
    });

    test('takes infinite logits', () => {
      for (const layout of ['NHWC', 'NCHW'] as const) {
        const features = nhwc.slice();
        features[4] = Infinity; // an object
        features[8 + 4] = -Infinity; // none
        features[5] = Infinity; // its class
        features[6] = -Infinity; // none of its
        const given = layout === 'NHWC' ? features : planes(features);
        const { total, grads } = call(given, layout);
        expect(Number.isFinite(total)).toBe(true);
        expect(grads![0].every(Number.isFinite)).toBe(true);
        features[7] = Infinity;
        expect(call(layout === 'NHWC' ? features : planes(features), layout).category).toBe(
          Infinity,
        );
      }
    });
  });
});
