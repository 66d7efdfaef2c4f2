/** yoloV3.loss against the reference, over random calls, on every instruction set. */
import { yoloV3 } from '../../../lib';
import { BOUNDS } from '../../support/agreement';
import { expectSame } from '../../support/close';
import { amidNaN, Guarded } from '../../support/guarded';
import { random, uniform } from '../../support/random';
import { onEveryTarget } from '../../support/targets';
import {
  BOX_KINDS,
  gradientErrors,
  LAYOUTS,
  placeIn,
  randomCall,
  randomScale,
  referenceLoss,
  rowsIn,
  TERMS,
  type Call,
} from '../../support/yolo-v3-calls';

const CALLS = Array.from({ length: 300 }, (_, i) => randomCall(random(701 + i)));

/** A few hundred rows and more, for the blocks that objectness is computed in. */
const LARGE = LAYOUTS.map((layout, i) =>
  randomCall(random(4001 + i), { batch: 16, classes: 3, layout }),
);

/** More anchors than a block of rows has. */
const MANY_ANCHORS = LAYOUTS.map((layout) => {
  const call: Call = { batch: 2, classes: 2, scales: [], layout };
  const grid = { height: 3, width: 7, anchors: uniform(random(4003), 2 * 150, 0.1, 0.7) };
  return { ...call, scales: [randomScale(random(4005), call, grid)] };
});

/** The call with every array in other memory. */
function moveArrays(call: Call, move: (array: Float32Array) => Float32Array): Call {
  const scales = call.scales.map(({ target, ...scale }) => ({
    ...scale,
    features: move(scale.features),
    anchors: move(scale.anchors),
    target: {
      ...target,
      box: move(target.box),
      objectness: move(target.objectness),
      ...(target.categories && { categories: move(target.categories) }),
    },
  }));
  return { ...call, scales };
}

/** Expects the same terms, total and gradients to the last bit. */
function expectSameLoss(
  actual: yoloV3.YoloV3Loss & Partial<yoloV3.YoloV3Gradients>,
  expected: yoloV3.YoloV3Loss & Partial<yoloV3.YoloV3Gradients>,
) {
  const numbers = ({ total, scales, ...loss }: yoloV3.YoloV3Loss) => [
    total,
    ...[loss, ...scales].flatMap((part) => TERMS.map((term) => part[term])),
  ];
  expectSame(numbers(actual), numbers(expected));
  actual.grads?.forEach((grad, s) => expectSame(grad, expected.grads![s]));
}

test('the random calls are of every sort', () => {
  const having = (found: (call: Call) => boolean) => CALLS.filter(found).length;
  for (const kind of BOX_KINDS) expect(having(({ box }) => box === kind)).toBeGreaterThan(20);
  for (const layout of LAYOUTS) {
    expect(having((call) => call.layout === layout)).toBeGreaterThan(20);
  }
  const sorts: ((call: Call) => boolean)[] = [
    ({ box }) => box === undefined,
    ({ batch }) => batch === 0,
    ({ batch }) => batch === 3,
    ({ classes }) => classes === 1,
    ({ format }) => format === 'cxcywh',
    ({ labelSmoothing }) => labelSmoothing === 1,
    ({ weights }) => Array.isArray(weights!.category),
    ({ weights }) => weights!.box === 0,
    ({ scales }) => scales.length === 3,
    ({ scales }) => scales.some(({ height, width }) => height === 1 && width === 3),
    ({ scales }) => scales.some(({ anchors }) => anchors.length === 10),
    ({ scales }) => scales.some(({ target }) => target.categories !== undefined),
    ({ scales }) => scales.some(({ target }) => target.ignore?.every((ignored) => ignored > 0)),
    ({ scales }) => scales.some(({ target }) => target.objectness.every((o) => o === 0)),
    ({ scales }) => scales.some(({ target }) => target.objectness.some((o) => o > 0 && o < 1)),
  ];
  for (const sort of sorts) expect(having(sort)).toBeGreaterThan(5);
});

const calls = [...CALLS, ...LARGE, ...MANY_ANCHORS];
const expected = new Map(calls.map((call) => [call, referenceLoss(call)]));

onEveryTarget(() => {
  const actual = new Map<Call, yoloV3.YoloV3Loss & yoloV3.YoloV3Gradients>();
  beforeAll(() => {
    for (const call of calls) actual.set(call, yoloV3.loss({ ...call, grad: true }));
  });

  test('the terms and the total', () => {
    const wrong: string[] = [];
    calls.forEach((call, i) => {
      const [result, double] = [actual.get(call)!, expected.get(call)!];
      expect(result.scales.map(({ positives }) => positives)).toEqual(
        double.scales.map(({ positives }) => positives),
      );
      const pairs = [
        [result.total, double.total],
        ...TERMS.map((term) => [result[term], double[term]]),
        ...double.scales.flatMap((part, s) => TERMS.map((t) => [result.scales[s][t], part[t]])),
      ];
      for (const [value, exact] of pairs) {
        if (Math.abs(value - exact) <= 1e-6 * exact) continue;
        wrong.push(`call ${i}: ${value} instead of ${exact}`);
      }
    });
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  test('the gradients', () => {
    const wrong: string[] = [];
    calls.forEach((call, i) => {
      const errors = gradientErrors(call, actual.get(call)!.grads, expected.get(call)!.grads);
      for (const term of TERMS) {
        if (errors[term] <= BOUNDS.gradient) continue;
        wrong.push(`call ${i}, ${call.box}, ${term}: relative error ${errors[term]}`);
      }
    });
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  test('what takes no part has the gradient 0', () => {
    let idle = 0;
    let wrong = 0;
    for (const call of calls) {
      call.scales.forEach((scale, s) => {
        const [grad, place] = [actual.get(call)!.grads[s], placeIn(call, scale)];
        const { objectness, ignore } = scale.target;
        for (let row = 0; row < rowsIn(call, scale); row++) {
          for (let channel = 0; channel < 5 + call.classes; channel++) {
            const part = channel === 4 ? !ignore?.[row] : objectness[row] > 0;
            if (part) continue;
            idle++;
            if (grad[place(row, channel)] !== 0) wrong++;
          }
        }
      });
    }
    expect(idle).toBeGreaterThan(1000);
    expect(wrong).toBe(0);
  });

  test('the same call has the same result, with a gradient and without, in any arrays', () => {
    for (const call of calls) {
      const whole = actual.get(call)!;
      expectSameLoss(yoloV3.loss(call), whole);
      expectSameLoss(yoloV3.loss({ ...call, grad: false, threads: 1 }), whole);
      expectSameLoss(yoloV3.loss({ ...call, grad: true }), whole);
      for (const stale of [NaN, 7]) {
        const grad = call.scales.map(({ features }) => features.map(() => stale));
        const result = yoloV3.loss({ ...call, grad });
        expect(result.grads).toBe(grad);
        expectSameLoss(result, whole);
      }
    }
  });

  test('every alignment, and nothing beside the gradients', () => {
    for (const [i, call] of CALLS.entries()) {
      const offset = 1 + (i % 3);
      const grads = call.scales.map(({ features }) => new Guarded(features.length, offset, -77.25));
      const moved = moveArrays(call, (array) => amidNaN(array, offset));
      const result = yoloV3.loss({ ...moved, grad: grads.map(({ view }) => view) });
      expectSameLoss(result, actual.get(call)!);
      expect(grads.every(({ intact }) => intact)).toBe(true);
    }
  });

  test('memory that threads share', () => {
    const shared = (array: Float32Array) => {
      const view = new Float32Array(new SharedArrayBuffer(4 * array.length + 4), 4);
      view.set(array);
      return view;
    };
    for (const call of CALLS.slice(0, 50)) {
      const grad = call.scales.map(({ features }) => shared(features));
      const { target } = call.scales[0];
      const inputs = [target.labels, target.ignore].map((array) => array?.slice());
      const result = yoloV3.loss({ ...moveArrays(call, shared), grad });
      expectSameLoss(result, actual.get(call)!);
      expect([target.labels, target.ignore]).toEqual(inputs);
    }
  });

  test('the arrays are left as they are', () => {
    for (const call of CALLS.slice(0, 50)) {
      const before = structuredClone(call.scales);
      yoloV3.loss({ ...call, grad: true });
      expect(call.scales).toEqual(before);
    }
  });
});
