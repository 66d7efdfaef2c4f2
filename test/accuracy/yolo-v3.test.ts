/**
 * How far the loss of YOLO v3 is from the reference, with every box term, on every instruction set, as
 * docs/accuracy.json states.
 */
import { yoloV3 } from '../../lib';
import { native } from '../../lib/binding';
import { BOUNDS } from '../support/agreement';
import { settle } from '../support/figures';
import { random } from '../support/random';
import { relativeErrors, worstOf, type Errors } from '../support/terms';
import {
  BOX_KINDS,
  gradientErrors,
  placeIn,
  randomCall,
  referenceLoss,
  rowsIn,
  TERMS,
  type Call,
  type Reach,
} from '../support/yolo-v3-calls';

jest.setTimeout(300_000);

// Once one is used, it is the only one there is.
const targets = native.targets();

/** Calls as networks make them, and with features of any size. */
const KINDS: [count: number, given: Partial<Call>, most?: Reach][] = [
  [60, {}],
  [30, {}, { box: 4, logits: 30 }],
  [15, { classes: 1, labelSmoothing: 0.001 }, { box: 1.5, logits: 15 }],
  [15, { classes: 2, labelSmoothing: 0.05 }, { box: 1.5, logits: 15 }],
];

/** The call with a network that is sure of the first class: the loss is what smoothing leaves. */
function sure(call: Call): Call {
  for (const scale of call.scales) {
    const place = placeIn(call, scale);
    for (let row = 0; row < rowsIn(call, scale); row++) {
      const at = place(row, 5);
      scale.features[at] = Math.abs(scale.features[at]);
    }
  }
  return call;
}

const NAMES = ['total', ...TERMS] as const;

const numbersOf = (loss: yoloV3.YoloV3Loss) =>
  Object.fromEntries(NAMES.map((name) => [name, loss[name]]));

/** A call, and its errors on the instruction set in use. */
function comparisonOf(call: Call): () => Errors {
  const expected = referenceLoss(call);
  return () => {
    const actual = yoloV3.loss({ ...call, grad: true });
    const gradients = gradientErrors(call, actual.grads, expected.grads);
    return {
      total: relativeErrors(numbersOf(actual), numbersOf(expected as never)),
      gradient: Math.max(...Object.values(gradients)),
    };
  };
}

test('yoloV3.loss', () => {
  const calls = BOX_KINDS.flatMap((box) =>
    KINDS.flatMap(([count, given, most], kind) =>
      Array.from({ length: count }, (_, i) => {
        const call = randomCall(random(967 + 1000 * kind + i), { ...given, box }, most);
        return given.labelSmoothing === undefined ? call : sure(call);
      }),
    ),
  );
  const comparisons = calls.map(comparisonOf);
  const figures = targets.map((target) => {
    native.useTarget(target);
    return [target, worstOf(comparisons.map((errorsOf) => errorsOf()))] as const;
  });
  native.useTarget();
  for (const [, { total, gradient }] of figures) {
    expect(total).toBeLessThanOrEqual(BOUNDS.reduced);
    expect(gradient).toBeLessThanOrEqual(BOUNDS.gradient);
  }
  const rows = calls.flatMap((call) => call.scales.map((scale) => rowsIn(call, scale)));
  settle('yoloV3.loss', {
    sample: 'cells of raw features',
    rows: rows.reduce((a, b) => a + b, 0),
    targets: Object.fromEntries(figures),
  });
});
