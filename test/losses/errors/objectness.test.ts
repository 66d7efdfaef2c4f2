/** The argument errors of single losses of objectness; shared.test.ts has those they share. */
import { objectness } from '../../../lib';
import { floats } from '../../support/random';
import { thrownBy } from '../../support/refusals';

type Call = (...args: unknown[]) => unknown;

/** What `loss` says of an option, having written nothing. */
function refusal(loss: unknown, options: object): string {
  const grad = floats(7, 7);
  const thrown = thrownBy(() =>
    (loss as Call)(floats(0.5, 0.5), floats(1, 0), { ...options, grad }),
  );
  expect(grad).toEqual(floats(7, 7));
  return thrown;
}

test('objectness.yoloV1: noObject', () => {
  for (const value of [-1, -1e-9, NaN, Infinity]) {
    expect(refusal(objectness.yoloV1, { noObject: value })).toBe(
      'RangeError: objectness.yoloV1: expected noObject to be a finite number of at least 0, ' +
        `got ${value}`,
    );
  }
  for (const [value, words] of [
    ['1', "'1'"],
    [null, 'null'],
    [true, 'true'],
    [[], 'Array'],
  ]) {
    expect(refusal(objectness.yoloV1, { noObject: value })).toBe(
      `TypeError: objectness.yoloV1: expected noObject to be a number, got ${words}`,
    );
  }
});

test('objectness.yoloV3: input', () => {
  for (const value of ['logits', 'Probability', '']) {
    expect(refusal(objectness.yoloV3, { input: value })).toBe(
      "RangeError: objectness.yoloV3: expected input to be 'probability' or 'logit', " +
        `got '${value}'`,
    );
  }
  expect(refusal(objectness.yoloV3, { input: 1 })).toBe(
    'TypeError: objectness.yoloV3: expected input to be a string, got 1',
  );
  expect(refusal(objectness.yoloV3, { input: null })).toBe(
    'TypeError: objectness.yoloV3: expected input to be a string, got null',
  );
});

test("only objectness.yoloV3 has the reduction 'balanced', and it has no rows to put out", () => {
  for (const name of ['fasterRcnn', 'yoloV1'] as const) {
    const target = name === 'yoloV1' ? floats(1, 0) : floats(1);
    const call = objectness[name] as Call;
    expect(thrownBy(() => call(floats(0.5, 0.5), target, { reduction: 'balanced' }))).toBe(
      `RangeError: objectness.${name}: expected reduction to be 'mean', 'sum' or 'none', ` +
        "got 'balanced'",
    );
  }
  for (const options of [{}, { reduction: 'balanced' }]) {
    expect(refusal(objectness.yoloV3, { ...options, out: floats(0, 0) })).toBe(
      "RangeError: objectness.yoloV3: expected reduction to be 'none' when out is given, " +
        "got 'balanced'",
    );
  }
});

test.each([
  ['fasterRcnn', 'Weight', 'weight'],
  ['yoloV1', 'noobject', 'noObject'],
  ['yoloV1', 'no_object', 'noObject'],
  ['yoloV3', 'inputs', 'input'],
  ['yoloV3', 'reducton', 'reduction'],
] as const)('objectness.%s: unknown option %s', (name, wrong, right) => {
  const arrays = [floats(0.5, 0.5), name === 'fasterRcnn' ? floats(1) : floats(1, 0)];
  expect(thrownBy(() => (objectness[name] as Call)(...arrays, { [wrong]: 1 }))).toBe(
    `TypeError: objectness.${name}: unknown option '${wrong}', did you mean '${right}'?`,
  );
});
