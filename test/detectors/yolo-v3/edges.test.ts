/** yoloV3.loss of features and targets at their extremes, on every instruction set. */
import { yoloV3 } from '../../../lib';
import { BOUNDS } from '../../support/agreement';
import { expectClose, expectSame } from '../../support/close';
import { floats, random } from '../../support/random';
import { onEveryTarget } from '../../support/targets';
import {
  BOX_KINDS,
  gradientErrors,
  LAYOUTS,
  placeIn,
  placesOf,
  randomCall,
  referenceLoss,
  rowsIn,
  TERMS,
  type Call,
} from '../../support/yolo-v3-calls';

const CALLS = LAYOUTS.flatMap((layout) =>
  BOX_KINDS.map((box, i) => {
    const given = { batch: 2, classes: 3, box, layout, weights: undefined };
    const call = randomCall(random(907 + i), given);
    // Every fourth row has an object, every fifth is ignored.
    for (const scale of call.scales) {
      const length = rowsIn(call, scale);
      const every = (period: number) => (_: unknown, row: number) => Number(row % period === 1);
      scale.target.objectness = Float32Array.from({ length }, every(4));
      scale.target.ignore = Uint8Array.from({ length }, every(5));
      scale.target.labels = Int32Array.from({ length }, (_, row) => row % 3);
      delete scale.target.categories;
    }
    return call;
  }),
);

/** The call with `change` made to a copy of the arrays of every scale that it changes. */
function changed(call: Call, change: (scale: Call['scales'][number], s: number) => void): Call {
  const scales = call.scales.map(({ target, ...scale }) => ({
    ...scale,
    features: scale.features.slice(),
    target: { ...target, box: target.box.slice(), labels: target.labels?.slice() },
  }));
  scales.forEach(change);
  return { ...call, scales };
}

/** A single cell of one anchor, with an object: raw features, and the target's numbers. */
function oneObject(raw: number[], box: number[], given: Partial<Call> = {}): Call {
  const target = { box: floats(...box), objectness: floats(1), labels: Int32Array.of(0) };
  const scale = { height: 1, width: 1, anchors: floats(0.5, 0.5) };
  return {
    batch: 1,
    classes: 1,
    scales: [{ ...scale, features: floats(...raw), target }],
    ...given,
  };
}

const lossOf = (call: Call) => yoloV3.loss({ ...call, grad: true });

onEveryTarget(() => {
  test('where there is no object, nothing but objectness is read', () => {
    for (const call of CALLS) {
      for (const filth of [NaN, Infinity, -Infinity, 3e38]) {
        const dirty = changed(call, (scale) => {
          const { objectness, ignore, box, labels } = scale.target;
          for (let row = 0; row < objectness.length; row++) {
            if (ignore![row]) scale.features[placeIn(call, scale)(row, 4)] = filth;
            if (objectness[row] > 0) continue;
            const places = TERMS.filter((term) => term !== 'objectness').map((term) =>
              placesOf(call, scale, row, term),
            );
            for (const place of places.flat()) scale.features[place] = filth;
            box.fill(filth, 4 * row, 4 * row + 4);
            labels![row] = -1;
          }
        });
        expect(lossOf(dirty)).toEqual(lossOf(call));
      }
    }
  });

  test('a NaN is in its term and in the gradient of its row by that term', () => {
    for (const call of CALLS) {
      const clean = lossOf(call);
      const [scale] = call.scales;
      for (const term of TERMS) {
        // A row with an object, but for objectness that of one without as well.
        for (const row of term === 'objectness' ? [5, 4] : [5]) {
          if (row >= rowsIn(call, scale)) continue;
          const places = placesOf(call, scale, row, term);
          for (const place of places) {
            const dirty = changed(call, ({ features }, s) => {
              if (s === 0) features[place] = NaN;
            });
            const { grads, ...result } = lossOf(dirty);
            const nan = TERMS.filter((other) => Number.isNaN(result.scales[0][other]));
            expect([nan, result[term], result.total]).toEqual([[term], NaN, NaN]);
            for (const other of TERMS.filter((other) => other !== term)) {
              expect(result[other]).toBe(clean[other]);
            }
            const expected = clean.grads[0].slice();
            for (const spoiled of places) expected[spoiled] = NaN;
            expectSame(grads[0], expected);
            grads.slice(1).forEach((grad, s) => expectSame(grad, clean.grads[1 + s]));
          }
        }
      }
    }
  });

  test.each(BOX_KINDS)('raw sizes and centres that are huge: %s', (box) => {
    const sizes = [1e4, -1e4, 100, -100, 41, 42, 88, 89, 0];
    for (const h of sizes) {
      for (const w of sizes) {
        for (const centre of [0, 1e4, -1e4]) {
          const raw = [centre, -centre, h, w, 0, 0];
          const { grads, ...result } = lossOf(oneObject(raw, [0.5, 0.5, 0.4, 0.3], { box }));
          expect([raw, Number.isFinite(result.total)]).toEqual([raw, true]);
          expect([raw, grads[0].every(Number.isFinite)]).toEqual([raw, true]);
        }
      }
    }
  });

  test('boxes so small that their areas are no floats', () => {
    for (const box of BOX_KINDS.filter((kind) => kind !== 'l2')) {
      for (const size of [1e-17, 1e-20, 1e-25, 1e-30, 1e-36]) {
        const raw = [0, 0, Math.log(2.4 * size), Math.log(2.6 * size), 0, 0];
        const call = oneObject(raw, [0.5, 0.5, size, size], { box });
        const [actual, expected] = [lossOf(call), referenceLoss(call)];
        expectClose([actual.box / expected.box], [1], 1e-6);
        const { box: error } = gradientErrors(call, actual.grads, expected.grads);
        expect([box, size, error <= BOUNDS.gradient]).toEqual([box, size, true]);
      }
    }
  });

  test('a decoded size beyond 1e18 counts as that', () => {
    // GIoU of all but everything: 1 − 0 + 0. CIoU of a box 1e18 by 1e18, as of any square.
    const square = [0.5, 0.5, 0.4, 0.4];
    for (const huge of [60, 100, 1e4]) {
      for (const [box, expected] of [
        ['iou', 1],
        ['giou', 1],
        ['diou', 1],
        ['ciou', 1],
        ['l2', 2 * (huge - Math.log(0.8)) ** 2],
      ] as const) {
        const loss = lossOf(oneObject([0, 0, huge, huge, 0, 0], square, { box }));
        expectClose([loss.box / expected], [1], 1e-6);
      }
    }
    // Below it nothing is cut off.
    const [large, wide] = [[0, 0, 41, 0, 0, 0], { box: 'l2' as const }];
    expect(lossOf(oneObject(large, square, wide)).box).toBeGreaterThan(41 ** 2);
  });

  test('logits of ±1e4 and ±100', () => {
    for (const z of [100, 1e4]) {
      for (const call of CALLS.slice(0, 2)) {
        const huge = changed(call, (scale) => {
          for (let row = 0; row < rowsIn(call, scale); row++) {
            for (const term of ['objectness', 'category'] as const) {
              for (const place of placesOf(call, scale, row, term)) {
                scale.features[place] = scale.features[place] < 0 ? -z : z;
              }
            }
          }
        });
        const [actual, expected] = [lossOf(huge), referenceLoss(huge)];
        for (const term of TERMS) expectClose([actual[term] / expected[term]], [1], 1e-6);
        actual.grads.forEach((grad, s) => expectClose(grad, expected.grads[s], 1e-5));
      }
    }
  });

  test('a target on the border of a cell, or outside the image', () => {
    const grid = { height: 2, width: 2, anchors: floats(0.4, 0.4) };
    const places = [0, 0.5, 1, -0.25, 1.5];
    for (const box of BOX_KINDS) {
      for (const y of places) {
        for (const x of places) {
          const call: Call = {
            ...oneObject([], []),
            box,
            scales: [
              {
                ...grid,
                features: Float32Array.from({ length: 24 }, (_, k) => Math.sin(k)),
                target: {
                  box: floats(...[1, 2, 3, 4].flatMap(() => [y, x, 0.3, 0.6])),
                  objectness: floats(1, 1, 1, 1),
                  labels: new Int32Array(4),
                },
              },
            ],
          };
          const [actual, expected] = [lossOf(call), referenceLoss(call)];
          expectClose([actual.box / expected.box], [1], 1e-6);
          const { box: error } = gradientErrors(call, actual.grads, expected.grads);
          expect([box, y, x, error <= BOUNDS.gradient]).toEqual([box, y, x, true]);
        }
      }
    }
  });

  test('the box that is looked for is at 0, with a gradient of 0', () => {
    // σ(0) = ½ and e^0 = 1: the middle of the cell, and the anchor.
    for (const box of BOX_KINDS) {
      const call = oneObject([0, 0, 0, 0, 0, 0], [0.5, 0.5, 0.5, 0.5], { box });
      const { grads, ...result } = lossOf(call);
      expectClose([result.box, ...grads[0].subarray(0, 4)], [0, 0, 0, 0, 0], 0);
    }
  });

  test('about the same centre the gradient does not move it', () => {
    for (const box of BOX_KINDS) {
      const call = oneObject([0, 0, 0, 0, 0, 0], [0.5, 0.5, 0.5, 1], { box });
      expectClose(lossOf(call).grads[0].subarray(0, 2), [0, 0], 0);
    }
  });

  test('a small target deep inside a large box keeps the digits of its gradient', () => {
    for (const box of BOX_KINDS) {
      for (const size of [0.1, 0.02, 0.004]) {
        const call = oneObject([0.3, -0.2, 0.5, 0.4, 0, 0], [0.52, 0.47, size, 1.3 * size], {
          box,
        });
        const { box: error } = gradientErrors(call, lossOf(call).grads, referenceLoss(call).grads);
        expect([box, size, error <= BOUNDS.gradient ? 'exact' : error]).toEqual([
          box,
          size,
          'exact',
        ]);
      }
    }
  });

  test('a target without height or width', () => {
    for (const [h, w] of [
      [0, 0.3],
      [0.3, 0],
      [0, 0],
      [-1, 0.3],
    ]) {
      for (const box of BOX_KINDS) {
        const call = oneObject([0.3, -0.2, 0.5, 0.4, 0, 0], [0.5, 0.4, h, w], { box });
        const [actual, expected] = [lossOf(call), referenceLoss(call)];
        expectClose([actual.box / expected.box], [1], 1e-6);
        const { box: error } = gradientErrors(call, actual.grads, expected.grads);
        expect([box, h, w, error <= BOUNDS.gradient]).toEqual([box, h, w, true]);
      }
    }
  });

  test('a term of weight 0 has no gradient and no part in the total', () => {
    for (const call of CALLS) {
      for (const term of TERMS) {
        const { grads, ...result } = lossOf({ ...call, weights: { [term]: 0 } });
        const whole = lossOf(call);
        expect(result[term]).toBe(whole[term]);
        expectClose([result.total], [whole.total - whole[term]], 1e-6 * whole.total);
        call.scales.forEach((scale, s) => {
          const without = whole.grads[s].slice();
          for (let row = 0; row < rowsIn(call, scale); row++) {
            for (const place of placesOf(call, scale, row, term)) without[place] = 0;
          }
          expectClose(grads[s], without, 0);
        });
      }
    }
  });
});
