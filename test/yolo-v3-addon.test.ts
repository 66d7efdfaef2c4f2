/** The addon's yoloV3Scale without the facade: it throws, and neither crashes nor writes. */
import { native } from '../lib/binding';
import { floats } from './support/random';
import { detached, thrownBy } from './support/refusals';

const kernel = native.yoloV3Scale as (...args: unknown[]) => unknown;

const NO_ARRAYS = [null, 5, 'rows', [], {}, new DataView(new ArrayBuffer(8)), () => 4];
const TYPE_ERROR = /^TypeError: /;
const RANGE_ERROR = /^RangeError: /;

/** Two cells of one anchor and two classes. */
const rightCall = () => ({
  features: new Float32Array(14).fill(0.5) as unknown,
  grad: new Float32Array(14).fill(7) as unknown,
  anchors: floats(0.5, 0.5) as unknown,
  box: new Float32Array(8).fill(0.5) as unknown,
  objectness: floats(1, 0) as unknown,
  labels: Int32Array.of(1, 9) as unknown,
  categories: undefined as unknown,
  ignore: new Uint8Array(2) as unknown,
  // box term, batch, height, width, classes, channels first, y first
  sizes: Float64Array.of(0, 1, 1, 2, 2, 0, 1) as unknown,
  weights: Float64Array.of(1, 1, 1, 0) as unknown,
  parts: new Float64Array(4).fill(7) as unknown,
});
type Call = ReturnType<typeof rightCall>;

/** What a call throws; it must not have written anything. */
function refuse(change: Partial<Call>, error: RegExp) {
  const call = { ...rightCall(), ...change };
  const outputs = [call.grad, call.parts].filter(
    (output) =>
      (output instanceof Float32Array || output instanceof Float64Array) && output.length > 0,
  ) as Float32Array[];
  const before = outputs.map((output) => output.slice());
  expect(thrownBy(() => kernel(...Object.values(call)))).toMatch(error);
  expect(outputs).toEqual(before);
}

/** Changes one of the sizes. */
function sizesWith(index: number, value: number): Partial<Call> {
  const sizes = (rightCall().sizes as Float64Array).slice();
  sizes[index] = value;
  return { sizes };
}

test('the call that the others are wrong versions of', () => {
  const call = rightCall();
  expect(kernel(...Object.values(call))).toBeUndefined();
  expect(Array.from(call.grad as Float32Array)).not.toContain(7);
  expect(Array.from(call.parts as Float64Array)).not.toContain(7);
  const byClasses = {
    ...rightCall(),
    labels: undefined,
    categories: floats(0, 1, 0, 0),
    ignore: undefined,
    grad: undefined,
  };
  expect(kernel(...Object.values(byClasses))).toBeUndefined();
  expect(byClasses.parts).toEqual(call.parts);
  expect([...native.yoloV3BoxTerms].sort()).toEqual(['ciou', 'diou', 'giou', 'iou', 'l2']);
});

test('too few arguments, too many, and a call by new', () => {
  const all = Object.values(rightCall());
  for (let count = 0; count < all.length; count++) {
    expect(thrownBy(() => kernel(...all.slice(0, count)))).toMatch(TYPE_ERROR);
  }
  expect(thrownBy(() => kernel(...all, ...all))).toBe('nothing');
  expect(thrownBy(() => Reflect.construct(kernel, []))).toMatch(TYPE_ERROR);
});

test('what is no array, or one of other numbers', () => {
  for (const [name, right] of Object.entries(rightCall())) {
    if (name === 'categories') continue;
    const others = [new Float32Array(4), new Float64Array(4), new Int32Array(4), new Uint8Array(4)];
    const wrong = others.filter((other) => other.constructor !== right!.constructor);
    for (const value of [...NO_ARRAYS, ...wrong]) refuse({ [name]: value }, TYPE_ERROR);
    if (['grad', 'ignore'].includes(name)) continue;
    refuse({ [name]: undefined }, TYPE_ERROR);
  }
  for (const value of [...NO_ARRAYS, new Int32Array(4)]) {
    refuse({ labels: undefined, categories: value }, TYPE_ERROR);
  }
});

test('lengths', () => {
  for (const [name, right] of Object.entries(rightCall())) {
    if (right === undefined) continue;
    const array = right as Float32Array;
    for (const length of [0, 1, 3, 5, 13, 15, 1000]) {
      // An odd anchor is cut off: rows are counted by whole ones.
      if (length === array.length || (name === 'anchors' && length === 3)) continue;
      const other = new (array.constructor as typeof Float32Array)(length);
      refuse({ [name]: other }, RANGE_ERROR);
    }
  }
  for (const length of [0, 1, 3, 5]) {
    refuse({ labels: undefined, categories: new Float32Array(length) }, RANGE_ERROR);
  }
  refuse({ features: detached(14) }, RANGE_ERROR);
  refuse({ grad: detached(14) }, RANGE_ERROR);
  refuse({ box: detached(8) }, RANGE_ERROR);
});

test('sizes', () => {
  for (const wrong of [-1, -1e-9, NaN, Infinity, -Infinity, 2 ** 32, 2 ** 53, 1e300]) {
    for (let index = 0; index < 7; index++) refuse(sizesWith(index, wrong), RANGE_ERROR);
  }
  for (const wrong of [5, 6, 2 ** 31]) refuse(sizesWith(0, wrong), RANGE_ERROR);
  for (const index of [1, 2, 3, 4]) {
    for (const wrong of [0, 3, 2 ** 16, 2 ** 32 - 1]) {
      if (wrong !== 0 || index !== 4) refuse(sizesWith(index, wrong), RANGE_ERROR);
    }
  }
});

test('sizes whose product is no number of features never lead beyond them', () => {
  const most = 2 ** 32 - 1;
  const empty = {
    features: floats(),
    grad: floats(),
    box: floats(),
    objectness: floats(),
    labels: new Int32Array(0),
    ignore: new Uint8Array(0),
  };
  for (const sizes of [
    [0, 0, most, most, most, 0, 1],
    [0, 0, most, most, most, 1, 1],
    [0, most, 0, most, 3, 1, 1],
    [0, 0, 0, 0, 0, 1, 0],
  ]) {
    const call = { ...rightCall(), ...empty, sizes: Float64Array.from(sizes) };
    expect(thrownBy(() => kernel(...Object.values(call)))).toMatch(/^nothing|Error: /);
  }
  // 2 × 1½ cells, or 1½ classes, come to whole numbers of features.
  for (const [sizes, rows, count] of [
    [[0, 1, 1.5, 2, 2, 0, 1], 3, 21],
    [[0, 2, 1, 1, 1.5, 1, 1], 2, 13],
    [[0, 0.5, 2, 1, 2, 0, 1], 1, 7],
  ] as const) {
    for (const given of [rows, Math.floor(sizes[1]) * Math.floor(sizes[2]) * sizes[3]]) {
      const call = {
        ...rightCall(),
        features: new Float32Array(count),
        grad: new Float32Array(count),
        box: new Float32Array(4 * given),
        objectness: new Float32Array(given).fill(1),
        labels: new Int32Array(given),
        ignore: new Uint8Array(given),
        sizes: Float64Array.from(sizes),
      };
      expect(thrownBy(() => kernel(...Object.values(call)))).toMatch(/^nothing|Error: /);
    }
  }
});

test('labels that are no class, in rows with an object', () => {
  for (const label of [-1, 2, 2 ** 31 - 1, -(2 ** 31)]) {
    refuse({ labels: Int32Array.of(label, 0) }, RANGE_ERROR);
    const call = { ...rightCall(), labels: Int32Array.of(0, label) };
    expect(kernel(...Object.values(call))).toBeUndefined();
  }
});

test('any weights and smoothing', () => {
  for (const weight of [0, -1, NaN, Infinity, 1e300]) {
    for (let index = 0; index < 4; index++) {
      const weights = Float64Array.of(1, 1, 1, 0).fill(weight, index, index + 1);
      expect(kernel(...Object.values({ ...rightCall(), weights }))).toBeUndefined();
    }
  }
});

test('a gradient in the memory of another array', () => {
  const memory = new ArrayBuffer(256);
  const grad = new Float32Array(memory, 64, 14).fill(7);
  // The last of one is the first of the other.
  const end = 64 + 4 * 14;
  for (const change of [
    { features: new Float32Array(memory, end - 4, 14) },
    { anchors: new Float32Array(memory, 60, 2) },
    { box: new Float32Array(memory, 36, 8) },
    { objectness: new Float32Array(memory, end - 4, 2) },
    { labels: new Int32Array(memory, 60, 2) },
    { labels: undefined, categories: new Float32Array(memory, 52, 4) },
    { ignore: new Uint8Array(memory, 63, 2) },
    { ignore: new Uint8Array(memory, end - 1, 2) },
  ]) {
    refuse({ ...change, grad }, RANGE_ERROR);
  }
});
