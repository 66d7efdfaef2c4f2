import { expectClose, expectSame, type Numbers } from './close';

type Parts = Record<string, number>;
type Gradients<Values> = Record<'logits' | 'deltas', Values>;
type Result<Values> = { grads: Gradients<Values> } & object;

const largest = (numbers: Numbers) =>
  Array.from(numbers).reduce((most, number) => Math.max(most, Math.abs(number)), 0);

/** The numbers of a result. */
const partsOf = (result: object): Parts =>
  Object.fromEntries(Object.entries(result).filter(([name]) => name !== 'grads'));

const isNaNs = (numbers: Numbers) => Array.from(numbers, Number.isNaN);

/** Expects the numbers and gradients of the reference. */
export function expectAgreement(actual: Result<Float32Array>, expected: Result<Float64Array>) {
  const [parts, wanted] = [partsOf(actual), partsOf(expected)];
  expect(Object.keys(parts)).toEqual(Object.keys(wanted));
  for (const name in wanted) expectClose([parts[name]], [wanted[name]], 5e-6 * wanted[name]);
  for (const name of ['logits', 'deltas'] as const) {
    const slopes = expected.grads[name];
    expect(actual.grads[name]).toBeInstanceOf(Float32Array);
    expectClose(actual.grads[name], slopes, 1e-5 * largest(slopes));
  }
}

/** Expects NaN in the same places as in the reference, and no change but in a row. */
export function expectContained(
  actual: Result<Float32Array>,
  expected: Result<Float64Array>,
  clean: Result<Float32Array>,
  row: number,
  rows: number,
) {
  const [parts, wanted] = [partsOf(actual), partsOf(expected)];
  expect(isNaNs(Object.values(parts))).toEqual(isNaNs(Object.values(wanted)));
  for (const name of ['logits', 'deltas'] as const) {
    const [grad, before] = [actual.grads[name], clean.grads[name]];
    expect(isNaNs(grad)).toEqual(isNaNs(expected.grads[name]));
    const isOther = (_: number, k: number) => Math.floor((k * rows) / grad.length) !== row;
    expectSame(grad.filter(isOther), before.filter(isOther));
  }
}

/** Expects gradient arrays to be filled whatever they held, and nothing to be written beside them. */
export function expectReuse<Arguments extends Gradients<Float32Array>>(
  loss: (args: Arguments & { grad: true | Gradients<Float32Array> }) => Result<Float32Array>,
  args: Arguments,
) {
  const before = structuredClone(args);
  const fresh = loss({ ...args, grad: true });
  const memory = new Float32Array(args.logits.length + args.deltas.length + 9).fill(NaN);
  const logits = memory.subarray(3, 3 + args.logits.length);
  const deltas = memory.subarray(6 + args.logits.length, -3);
  for (let time = 0; time < 2; time++) {
    const result = loss({ ...args, grad: { logits, deltas } });
    expect(result).toEqual(fresh);
    expect(result.grads.logits).toBe(logits);
    expect(result.grads.deltas).toBe(deltas);
  }
  expect(memory.filter(Number.isNaN)).toHaveLength(9);
  expect(args).toEqual(before);
}
