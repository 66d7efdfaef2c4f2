/** The addon's yoloV3 without the facade: it throws, and neither crashes nor writes. */
import { box, codec } from '../../../lib';
import { native } from '../../../lib/binding';
import { expectClose } from '../../support/close';
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

const kernel = native.yoloV3 as (...args: unknown[]) => unknown;

const NO_ARRAYS = [null, 5, 'rows', [], {}, new DataView(new ArrayBuffer(8)), () => 4];

/** Two cells of one anchor and two classes. */
const rightScale = () => ({
  features: new Float32Array(14).fill(0.5) as unknown,
  grad: new Float32Array(14).fill(7) as unknown,
  anchors: floats(0.5, 0.5) as unknown,
  box: new Float32Array(8).fill(0.5) as unknown,
  objectness: floats(1, 0) as unknown,
  labels: Int32Array.of(1, 9) as unknown,
  categories: undefined as unknown,
  ignore: new Uint8Array(2) as unknown,
});
type ScaleArrays = ReturnType<typeof rightScale>;

const rightCall = () => ({
  // height, width, and the weights of box, objectness and category
  numbers: Float64Array.of(1, 2, 1, 1, 1) as unknown,
  parts: new Float64Array(4).fill(7) as unknown,
  threads: 1 as unknown,
  boxTerm: native.yoloV3BoxTerms.ciou as unknown,
  batch: 1 as unknown,
  classes: 2 as unknown,
  channelsFirst: 0 as unknown,
  yFirst: 1 as unknown,
  smoothing: 0 as unknown,
});
type Call = ReturnType<typeof rightCall>;

function compute(scale: Partial<ScaleArrays>, call: Partial<Call> = {}): unknown {
  return kernel(Object.values(scale), ...Object.values(call));
}

/** What a call throws; it must not have written anything. */
function refuse(scaleChange: Partial<ScaleArrays>, error: RegExp, change: Partial<Call> = {}) {
  const scale = { ...rightScale(), ...scaleChange };
  const call = { ...rightCall(), ...change };
  expectRefused(() => compute(scale, call), [scale.grad, call.parts], error);
}

test('the call that the others are wrong versions of', () => {
  const [scale, call] = [rightScale(), rightCall()];
  expect(compute(scale, call)).toBe(0);
  expect(Array.from(scale.grad as Float32Array)).not.toContain(7);
  expect(Array.from(call.parts as Float64Array)).not.toContain(7);
  const byClasses = {
    ...rightScale(),
    labels: undefined,
    categories: floats(0, 1, 0, 0),
    ignore: undefined,
    grad: undefined,
  };
  const again = rightCall();
  expect(compute(byClasses, again)).toBe(0);
  expect(again.parts).toEqual(call.parts);
});

test('a loss of boxes or of cells is the box term, and no other', () => {
  const names = ['ciou', 'ciouFull', 'diou', 'giou', 'iou', 'yoloV1', 'yoloV3'];
  expect(Object.keys(native.yoloV3BoxTerms).sort()).toEqual(names);
  const grid = { height: 1, width: 2, anchors: floats(0.5, 0.5) };
  const scale = rightScale();
  const truth = floats(0.4, 0.3, 0.2, 0.6);
  (scale.box as Float32Array).set(truth);
  const raw = (scale.features as Float32Array).subarray(0, 4);
  const decoded = codec.yoloV3.decode(floats(...raw, ...raw), grid).subarray(0, 4);
  for (const [name, boxTerm] of Object.entries(native.yoloV3BoxTerms)) {
    const call = { ...rightCall(), boxTerm };
    expect(compute(scale, call)).toBe(0);
    const loss =
      name === 'yoloV3'
        ? box.yoloV3(floats(...raw, 0, 0, 0, 0), scale.box as Float32Array, grid, {
            weight: floats(1, 0),
          }).loss
        : native.box[name](decoded, truth, 1, 0, 0, 0);
    expectClose((call.parts as Float64Array).subarray(0, 1), [loss as number], 1e-6);
  }
  for (let boxTerm = 0; boxTerm < 100; boxTerm++) {
    if (Object.values(native.yoloV3BoxTerms).includes(boxTerm)) continue;
    refuse({}, RANGE_ERROR, { boxTerm });
  }
});

test('too few arguments, too many, and a call by new', () => {
  const all = [Object.values(rightScale()), ...Object.values(rightCall())];
  for (let count = 0; count < all.length - 1; count++) {
    expect(thrownBy(() => kernel(...all.slice(0, count)))).toMatch(ANY_ERROR);
  }
  expect(thrownBy(() => kernel(...all, ...all))).toBe('nothing');
  expect(thrownBy(() => Reflect.construct(kernel, []))).toMatch(TYPE_ERROR);
});

test('what is no array, or one of other numbers', () => {
  for (const [name, right] of Object.entries(rightScale())) {
    if (name === 'categories') continue;
    const others = [new Float32Array(4), new Float64Array(4), new Int32Array(4), new Uint8Array(4)];
    const wrong = others.filter((other) => other.constructor !== right!.constructor);
    // Integers of the size of floats are left to the facade.
    if (right instanceof Float32Array) wrong.splice(1, 1);
    for (const value of [...NO_ARRAYS, ...wrong]) refuse({ [name]: value }, TYPE_ERROR);
    if (['grad', 'ignore'].includes(name)) continue;
    refuse({ [name]: undefined }, TYPE_ERROR);
  }
  for (const value of [...NO_ARRAYS, new Uint8Array(4)]) {
    refuse({ labels: undefined, categories: value }, TYPE_ERROR);
  }
  for (const value of [...NO_ARRAYS, new Float32Array(8), undefined]) {
    refuse({}, TYPE_ERROR, { numbers: value });
    refuse({}, TYPE_ERROR, { parts: value });
  }
  for (const list of [undefined, null, 5, 'list', {}, Array(8).fill(1), rightScale()]) {
    const args = Object.values(rightCall());
    expect(thrownBy(() => kernel(list, ...args))).toMatch(TYPE_ERROR);
  }
});

test('what is no number, and numbers out of range', () => {
  const scalars = ['threads', 'boxTerm', 'batch', 'classes', 'channelsFirst', 'yFirst'] as const;
  for (const wrong of NO_NUMBERS) {
    for (const name of [...scalars, 'smoothing']) refuse({}, TYPE_ERROR, { [name]: wrong });
  }
  for (const wrong of [...NO_QUANTITIES.filter((number) => number !== -1), -1e9, 2 ** 32]) {
    for (const name of scalars) refuse({}, RANGE_ERROR, { [name]: wrong });
  }
  refuse({}, RANGE_ERROR, { boxTerm: 1e6 });
  refuse({}, RANGE_ERROR, { classes: 0 });
  refuse({}, RANGE_ERROR, { threads: 0 });
  for (const wrong of [0, 3, 2 ** 16]) {
    refuse({}, RANGE_ERROR, { batch: wrong });
    if (wrong > 0) refuse({}, RANGE_ERROR, { classes: wrong });
  }
});

test('lengths', () => {
  for (const [name, right] of Object.entries(rightScale())) {
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

test('lists that are not those of the arrays', () => {
  const [scale, call] = [rightScale(), rightCall()];
  const arrays = Object.values(scale);
  const refused = (list: unknown, error: RegExp) =>
    expectRefused(() => kernel(list, ...Object.values(call)), [scale.grad, call.parts], error);
  for (const list of [[], arrays.slice(1), [...arrays, ...arrays]]) refused(list, RANGE_ERROR);
  for (const list of [null, 5, { length: 8 }, new Proxy(arrays, {}), floats(1)]) {
    refused(list, TYPE_ERROR);
  }
  // To read the last element takes the memory of the first away.
  const features = scale.features as Float32Array;
  Object.defineProperty(arrays, 7, { get: () => takeMemory(features) });
  refused(arrays, RANGE_ERROR);
});

test('a promised call has copies of its arrays, whatever becomes of the list', async () => {
  const scale = { ...rightScale(), grad: undefined };
  const arrays: unknown[] = Object.values(scale);
  const pending = kernel(arrays, ...Object.values({ ...rightCall(), threads: -1 }));
  for (const array of arrays.splice(0) as (Float32Array | undefined)[]) {
    if (array !== undefined) takeMemory(array);
  }
  expect(await pending).toBe(0);
});

test('grids', () => {
  const grid = (height: number, width: number) => ({
    numbers: Float64Array.of(height, width, 1, 1, 1),
  });
  const wrong = [0, -1, -1e-9, 0.5, NaN, Infinity, -Infinity, 3, 2 ** 16, 2 ** 32, 2 ** 53, 1e300];
  for (const size of wrong) {
    refuse({}, RANGE_ERROR, grid(size, 2));
    refuse({}, RANGE_ERROR, grid(1, size));
  }
  for (const length of [0, 1, 4, 6, 9]) {
    const error = length < 5 ? /Error/ : RANGE_ERROR;
    if (length >= 5) refuse({}, error, { parts: new Float64Array(length + 4) });
    else
      expect(
        thrownBy(() =>
          compute(rightScale(), { ...rightCall(), numbers: new Float64Array(length) }),
        ),
      ).toMatch(/Error/);
  }
});

test('no anchors, of which there are no rows', () => {
  const nothing = { features: floats(), grad: floats(), box: floats(), objectness: floats() };
  const empty = { ...nothing, labels: new Int32Array(0), ignore: new Uint8Array(0) };
  refuse({ ...empty, anchors: floats() }, RANGE_ERROR);
});

test('sizes whose product is no number of features never lead beyond them', () => {
  const most = 2 ** 32 - 1;
  const empty = {
    ...rightScale(),
    features: floats(),
    grad: floats(),
    box: floats(),
    objectness: floats(),
    labels: new Int32Array(0),
    ignore: new Uint8Array(0),
  };
  for (const channelsFirst of [0, 1]) {
    for (const batch of [0, 1, most]) {
      const numbers = Float64Array.of(most, most, 1, 1, 1);
      const call = { ...rightCall(), batch, classes: most, channelsFirst, numbers };
      expect(thrownBy(() => compute(empty, call))).toMatch(/^nothing|Error: /);
    }
  }
  // 2 × 1½ cells, or 1½ classes, come to whole numbers of features.
  for (const [batch, height, width, classes, rows, count] of [
    [1, 1.5, 2, 2, 3, 21],
    [2, 1, 1, 1.5, 2, 13],
    [0.5, 2, 1, 2, 1, 7],
  ] as const) {
    for (const given of [rows, Math.floor(batch) * Math.floor(height) * width]) {
      const scale = {
        ...rightScale(),
        features: new Float32Array(count),
        grad: new Float32Array(count),
        box: new Float32Array(4 * given),
        objectness: new Float32Array(given).fill(1),
        labels: new Int32Array(given),
        ignore: new Uint8Array(given),
      };
      const numbers = Float64Array.of(height, width, 1, 1, 1);
      const call = { ...rightCall(), numbers, batch, classes };
      expect(thrownBy(() => compute(scale, call))).toMatch(/^nothing|Error: /);
    }
  }
});

test('labels that are no class, in rows with an object', () => {
  for (const label of [-1, 2, 2 ** 31 - 1, -(2 ** 31)]) {
    refuse({ labels: Int32Array.of(label, 0) }, RANGE_ERROR);
    const scale = { ...rightScale(), labels: Int32Array.of(0, label) };
    expect(compute(scale, rightCall())).toBe(0);
  }
});

test('any weights and smoothing', () => {
  for (const weight of [0, -1, NaN, Infinity, 1e300]) {
    for (let index = 2; index < 5; index++) {
      const numbers = Float64Array.of(1, 2, 1, 1, 1).fill(weight, index, index + 1);
      expect(compute(rightScale(), { ...rightCall(), numbers })).toBe(0);
    }
    expect(compute(rightScale(), { ...rightCall(), smoothing: weight })).toBe(0);
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
  const scales = [
    { ...rightScale(), grad },
    { ...rightScale(), grad: grad.subarray(0) },
  ];
  const call = { ...rightCall(), numbers: Float64Array.of(1, 2, 1, 1, 1, 1, 2, 1, 1, 1) };
  const args = Object.values({ ...call, parts: new Float64Array(8) });
  expect(
    thrownBy(() =>
      kernel(
        scales.flatMap((scale) => Object.values(scale)),
        ...args,
      ),
    ),
  ).toMatch(RANGE_ERROR);
});
