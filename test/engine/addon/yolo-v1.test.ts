/** The addon's yoloV1 without the facade: it throws, and neither crashes nor writes. */
import { native } from '../../../lib/binding';
import { floats } from '../../support/random';
import {
  ANY_ERROR,
  NO_NUMBERS,
  NO_QUANTITIES,
  RANGE_ERROR,
  TYPE_ERROR,
  detached,
  expectRefused,
  takeMemory,
  thrownBy,
} from '../../support/refusals';

const kernel = native.yoloV1 as (...args: unknown[]) => unknown;

const NO_ARRAYS = [null, 5, 'rows', [], {}, new DataView(new ArrayBuffer(8)), () => 4];

/** Two cells of two predictors and two classes. */
const rightArrays = () => ({
  predictions: new Float32Array(24).fill(0.5) as unknown,
  grad: new Float32Array(24).fill(7) as unknown,
  objectness: floats(1, 0) as unknown,
  box: new Float32Array(8).fill(0.5) as unknown,
  labels: Int32Array.of(1, 9) as unknown,
  categories: undefined as unknown,
});
type Arrays = ReturnType<typeof rightArrays>;

const rightCall = () => ({
  parts: new Float64Array(3).fill(7) as unknown,
  threads: 1 as unknown,
  format: 0 as unknown,
  classes: 2 as unknown,
  grid: 1 as unknown,
  coord: 5 as unknown,
  noObject: 0.5 as unknown,
  confidence: 0 as unknown,
});
type Call = ReturnType<typeof rightCall>;

const compute = (arrays: Arrays, call: Call) =>
  kernel(Object.values(arrays), ...Object.values(call));

/** What a call throws; it must not have written anything. */
function refuse(arraysChange: Partial<Arrays>, error: RegExp, change: Partial<Call> = {}) {
  const arrays = { ...rightArrays(), ...arraysChange };
  const call = { ...rightCall(), ...change };
  expectRefused(() => compute(arrays, call), [arrays.grad, call.parts], error);
}

test('the call that the others are wrong versions of', () => {
  const [arrays, call] = [rightArrays(), rightCall()];
  expect(compute(arrays, call)).toBe(0);
  expect(Array.from(arrays.grad as Float32Array)).not.toContain(7);
  expect(Array.from(call.parts as Float64Array)).not.toContain(7);
  const byClasses = { ...rightArrays(), labels: undefined, categories: floats(0, 1, 9, 9) };
  const again = rightCall();
  expect(compute({ ...byClasses, grad: undefined }, again)).toBe(0);
  expect(again.parts).toEqual(call.parts);
});

test('too few arguments and too many', () => {
  const all = [Object.values(rightArrays()), ...Object.values(rightCall())];
  for (let count = 0; count < all.length - 3; count++) {
    expect(thrownBy(() => kernel(...all.slice(0, count)))).toMatch(ANY_ERROR);
  }
  expect(thrownBy(() => kernel(...all, ...all))).toBe('nothing');
});

test('what is no array, or one of other numbers', () => {
  for (const [name, right] of Object.entries(rightArrays())) {
    if (name === 'categories') continue;
    const others = [new Float64Array(4), new Int32Array(4), new Uint8Array(4)];
    // Integers of the size of floats are left to the facade.
    const wrong = others.filter((other) => !(name !== 'labels' && other instanceof Int32Array));
    const kinds = wrong.filter((other) => other.constructor !== right!.constructor);
    for (const value of [...NO_ARRAYS, ...kinds]) refuse({ [name]: value }, TYPE_ERROR);
    if (name !== 'grad') refuse({ [name]: undefined }, TYPE_ERROR);
  }
  for (const value of [...NO_ARRAYS, new Uint8Array(4)]) {
    refuse({ labels: undefined, categories: value }, TYPE_ERROR);
  }
  for (const value of [...NO_ARRAYS, new Float32Array(6), undefined]) {
    refuse({}, TYPE_ERROR, { parts: value });
  }
});

test('what is no number, and numbers out of range', () => {
  const scalars = ['threads', 'format', 'classes', 'confidence'] as const;
  for (const wrong of NO_NUMBERS) {
    for (const name of [...scalars, 'grid', 'coord', 'noObject']) {
      refuse({}, TYPE_ERROR, { [name]: wrong });
    }
  }
  for (const wrong of [...NO_QUANTITIES.filter((number) => number !== -1), -1e9, 2 ** 32]) {
    for (const name of scalars) refuse({}, RANGE_ERROR, { [name]: wrong });
  }
  for (const classes of [0, 1, 3, 11, 12, 13]) refuse({}, RANGE_ERROR, { classes });
  for (const [name, value] of [
    ['threads', 0],
    ['format', 2],
    ['confidence', 2],
  ] as const) {
    refuse({}, RANGE_ERROR, { [name]: value });
  }
});

test('any factors', () => {
  for (const value of [0, -1, NaN, Infinity, -Infinity, 1e300]) {
    for (const name of ['grid', 'coord', 'noObject']) {
      expect(compute(rightArrays(), { ...rightCall(), [name]: value })).toBe(0);
    }
  }
});

test('lengths', () => {
  for (const [name, right] of Object.entries(rightArrays())) {
    if (right === undefined) continue;
    const array = right as Float32Array;
    for (const length of [0, 1, 3, 5, 7, 9, 13, 23, 25, 1000]) {
      const other = new (array.constructor as typeof Float32Array)(length);
      refuse({ [name]: other }, RANGE_ERROR);
    }
  }
  for (const length of [0, 1, 3, 5]) {
    refuse({ labels: undefined, categories: new Float32Array(length) }, RANGE_ERROR);
    if (length !== 3) refuse({}, RANGE_ERROR, { parts: new Float64Array(length) });
  }
  refuse({ predictions: detached(24) }, RANGE_ERROR);
  refuse({ grad: detached(24) }, RANGE_ERROR);
  refuse({ objectness: detached(2) }, RANGE_ERROR);
});

test('no cells', () => {
  const nothing = { predictions: floats(), grad: floats(), objectness: floats(), box: floats() };
  const call = rightCall();
  expect(compute({ ...rightArrays(), ...nothing, labels: new Int32Array(0) }, call)).toBe(0);
  expect(call.parts).toEqual(new Float64Array(3));
  const huge = { ...rightCall(), classes: 2 ** 32 - 1 };
  expect(compute({ ...rightArrays(), ...nothing, labels: new Int32Array(0) }, huge)).toBe(0);
});

test('targets that are no class or out of range, of a cell with an object', () => {
  for (const label of [-1, 2, 2 ** 31 - 1, -(2 ** 31)]) {
    refuse({ labels: Int32Array.of(label, 0) }, RANGE_ERROR);
    expect(compute({ ...rightArrays(), labels: Int32Array.of(0, label) }, rightCall())).toBe(0);
  }
  refuse({ labels: undefined, categories: floats(0, 1.5, 0, 0) }, RANGE_ERROR);
  refuse({ objectness: floats(1, -1) }, RANGE_ERROR);
});

test('a gradient in the memory of another array', () => {
  const memory = new ArrayBuffer(512);
  const grad = new Float32Array(memory, 128, 24).fill(7);
  // The last of one is the first of the other.
  const end = 128 + 4 * 24;
  for (const change of [
    { predictions: new Float32Array(memory, end - 4, 24) },
    { objectness: new Float32Array(memory, end - 4, 2) },
    { box: new Float32Array(memory, 100, 8) },
    { labels: new Int32Array(memory, 124, 2) },
    { labels: undefined, categories: new Float32Array(memory, 116, 4) },
  ]) {
    refuse({ ...change, grad }, RANGE_ERROR);
  }
});

test('a promised call has copies of its arrays', async () => {
  const arrays = { ...rightArrays(), grad: undefined };
  const pending = compute(arrays, { ...rightCall(), threads: -1 });
  for (const array of Object.values(arrays) as (Float32Array | undefined)[]) {
    if (array !== undefined) takeMemory(array);
  }
  expect(await pending).toBe(0);
});
