/** The gradient of yoloV3.loss is the slope of the reference's total. */
import { yoloV3 } from '../../../lib';
import * as reference from '../../../lib/reference';
import { expectClose, type Numbers } from '../../support/close';
import { differences, frozenCiou } from '../../support/differences';
import { floats, random, uniform } from '../../support/random';
import {
  BOX_KINDS,
  LAYOUTS,
  placeIn,
  randomScale,
  RAW_FORMATS,
  rowsIn,
  type Call,
} from '../../support/yolo-v3-calls';

const GRIDS = [
  { height: 1, width: 3, anchors: floats(0.3, 0.5, 0.6, 0.2) },
  { height: 2, width: 1, anchors: floats(0.4, 0.4) },
];

/** Two images of two scales, with objects of three classes in some rows and weights of all sorts. */
function smallCall(given: Partial<Call>, seed: number): Call {
  const next = random(seed);
  const call: Call = {
    batch: 2,
    classes: 3,
    scales: [],
    labelSmoothing: 0.1,
    weights: { box: [2, 0.5], objectness: 1.5, category: [1, 3] },
    ...given,
  };
  const scales = GRIDS.map((grid) => {
    const scale = randomScale(next, call, grid);
    const rows = rowsIn(call, grid);
    scale.target.objectness = Float32Array.from({ length: rows }, (_, row) =>
      Number(row % 3 === 1),
    );
    scale.target.ignore = Uint8Array.from({ length: rows }, (_, row) => Number(row % 4 === 3));
    return scale;
  });
  return { ...call, scales };
}

/** The reference's total, of the call with other features for scale s. */
function totalOf(call: Call, s: number) {
  return (features: Numbers): [number] => {
    const scales = call.scales.map((scale, other) =>
      other === s ? { ...scale, features } : scale,
    );
    return [reference.yoloV3.loss({ ...call, grad: false, scales }).total];
  };
}

function expectSlopes(grad: Float32Array, slopes: Float64Array) {
  // A few of the many numbers that one total depends on are large: 1e-6 of those.
  expectClose(grad, slopes, 1e-6 * Math.max(1, ...slopes.map(Math.abs)));
  expect(slopes.filter((slope) => Math.abs(slope) > 1e-3).length).toBeGreaterThan(5);
}

describe.each(LAYOUTS)('%s', (layout) => {
  describe.each(RAW_FORMATS)('in %s', (format) => {
    test.each(BOX_KINDS.filter((kind) => kind !== 'ciou'))('%s', (kind) => {
      for (const seed of [811, 821, 823]) {
        const call = smallCall({ layout, format, box: kind }, seed);
        const { grads } = yoloV3.loss({ ...call, grad: true });
        call.scales.forEach(({ features }, s) => {
          expectSlopes(grads[s], differences(totalOf(call, s), features, features.length));
        });
      }
    });

    test('ciou, with α held constant', () => {
      const call = smallCall({ layout, format }, 827);
      const { grads } = yoloV3.loss({ ...call, grad: true });
      call.scales.forEach((scale, s) => {
        const { features, target } = scale;
        const [place, rows] = [placeIn(call, scale), rowsIn(call, scale)];
        const boxesOf = (numbers: Numbers) => {
          const raw = Float64Array.from(
            { length: 4 * rows },
            (_, k) => numbers[place(k >> 2, k % 4)],
          );
          return reference.codec.yoloV3.decode(raw, scale, { format });
        };
        const frozen = frozenCiou(boxesOf(features), target.box, format);
        const positives = target.objectness.reduce((a, b) => a + b);
        const boxTerm = (numbers: Numbers) =>
          frozen(boxesOf(numbers)).reduce(
            (sum, ciou, row) => sum + target.objectness[row] * ciou,
            0,
          );
        const weight = (call.weights!.box as number[])[s] / positives;
        // The total, but for a box term whose α moves.
        const rest = totalOf({ ...call, weights: { ...call.weights, box: 0 } }, s);
        const total = (numbers: Numbers) => [rest(numbers)[0] + weight * boxTerm(numbers)];
        expectSlopes(grads[s], differences(total, features, features.length));
      });
    });
  });
});

test('of one class in one row of cells, the gradient of the category alone', () => {
  const next = random(829);
  const grid = { height: 1, width: 3, anchors: floats(0.3, 0.3, 0.5, 0.5, 0.2, 0.7) };
  const call: Call = {
    batch: 1,
    classes: 1,
    weights: { box: 0, objectness: 0 },
    scales: [
      {
        ...grid,
        features: uniform(next, 54, -2, 2),
        target: {
          box: new Float32Array(36).fill(0.5),
          objectness: new Float32Array(9).fill(1),
          labels: new Int32Array(9),
        },
      },
    ],
  };
  const { grads, scales } = yoloV3.loss({ ...call, grad: true });
  expect(scales[0].positives).toBe(9);
  const [{ features }] = call.scales;
  expectClose(grads[0], differences(totalOf(call, 0), features, 54), 1e-7);
  expect(grads[0].filter((slope, k) => k % 6 !== 5 && slope !== 0)).toHaveLength(0);
  expect(grads[0].filter((slope, k) => k % 6 === 5 && slope < 0)).toHaveLength(9);
});
