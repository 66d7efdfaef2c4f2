/** The GPU's addon called without the facade: it throws, and neither crashes nor writes. */
import { cudaAddon, native } from '../../lib/binding';
import { FAMILIES, KERNELS, someHyper, takes } from '../support/cards';
import { floats } from '../support/random';
import { thrownBy } from '../support/refusals';

type Call = (...args: unknown[]) => unknown;

const addon = cudaAddon();
const [allocate, upload, download, dispose] = [
  addon.allocate,
  addon.upload,
  addon.download,
  addon.dispose,
] as Call[];

const [BYTES, INTEGERS, FLOATS] = [1, 5, 7];
const handleOf = (array: Float32Array | Int32Array) => {
  const handle = allocate(array instanceof Int32Array ? INTEGERS : FLOATS, array.length) as object;
  upload(handle, array);
  return handle;
};
const disposed = () => {
  const handle = handleOf(floats(1, 2, 3, 4));
  dispose(handle);
  return handle;
};
/** What is no array of the device, not even if it looks like one. */
const NO_HANDLES = (): unknown[] => {
  const handle = handleOf(floats(1, 2, 3, 4));
  return [
    null,
    5,
    'array',
    {},
    [],
    () => 4,
    Symbol('array'),
    new Float32Array(4),
    { ...handle },
    Object.create(handle),
    new Proxy(handle, {}),
    disposed(),
  ];
};
const ERROR = /^(Type|Range)Error: /;

test('arrays', () => {
  for (const kind of [-1, 0, 2, 3, 4, 6, 8, 9, 10, 11, NaN, 'seven', undefined, null]) {
    expect(thrownBy(() => allocate(kind, 4))).toMatch(ERROR);
  }
  for (const length of [-1, NaN, Infinity, 2 ** 53, 'four', undefined, {}]) {
    expect(thrownBy(() => allocate(FLOATS, length))).toMatch(ERROR);
  }
  for (const call of [allocate, upload, download, dispose]) {
    expect(thrownBy(() => call())).toMatch(ERROR);
  }
  const host = floats(7, 7, 7, 7);
  for (const wrong of NO_HANDLES()) {
    expect(thrownBy(() => upload(wrong, host))).toMatch(ERROR);
    expect(thrownBy(() => download(wrong, host))).toMatch(ERROR);
  }
  for (const wrong of NO_HANDLES().slice(0, -1)) {
    expect(thrownBy(() => dispose(wrong))).toMatch(ERROR);
  }
  const handle = handleOf(floats(1, 2, 3, 4));
  for (const wrong of [undefined, null, [1, 2, 3, 4], floats(1, 2), new Int32Array(4), handle]) {
    expect(thrownBy(() => upload(handle, wrong))).toMatch(ERROR);
    expect(thrownBy(() => download(handle, wrong))).toMatch(ERROR);
  }
  expect(host).toEqual(floats(7, 7, 7, 7));
  expect(thrownBy(() => allocate(BYTES, 0))).toBe('nothing');
});

test('more memory than there is', () => {
  expect(thrownBy(() => allocate(FLOATS, 2 ** 47))).toMatch(
    /^Error: cuda: cannot allocate 562949953421312 bytes on the device: /,
  );
});

describe.each(Object.keys(FAMILIES) as (keyof typeof FAMILIES)[])('%s', (family) => {
  test.each(Object.keys(addon[family]))('%s', (name) => {
    const kernel = addon[family][name] as Call;
    const { card } = KERNELS.find((each) => each.family === family && each.name === name)!;
    const numbers = () => handleOf(floats(1, 2, 3, 4, 1, 2, 3, 4));
    const labelled = takes(card, 'labels');
    const ofClasses = card.rows.width === 'classes';
    const width = card.rows.width === 'classes' ? 4 : card.rows.width;
    const each = (length: number) => handleOf(new Float32Array(length).fill(1));
    // In the orders of ClassKernel and LossKernel of lib/binding.ts.
    const right = (): unknown[] =>
      ofClasses
        ? [
            numbers(),
            labelled ? handleOf(Int32Array.of(0, 1)) : undefined,
            labelled ? undefined : each(8),
            ...[each(2), numbers(), each(2)],
            ...[1, 1, 4, someHyper(card, 0)],
          ]
        : [
            numbers(),
            each(takes(card, 'one per row') ? 8 / width : 8),
            ...[1, 1, 0, someHyper(card)],
            ...[numbers(), each(8 / width), each(8 / width)],
            ...[numbers(), 2, 1],
          ];
    const call = (position?: number, wrong?: unknown) => {
      const args = right();
      if (position !== undefined) args[position] = wrong;
      return thrownBy(() => kernel(...args));
    };
    expect(call()).toBe('nothing');
    // Anchors are not read by all losses, nor is a target beside labels.
    const anchored = takes(card, 'grid') || 'anchors' in card.rows.arguments;
    const unread = ofClasses ? [labelled ? 2 : 1] : anchored ? [] : [9];
    right().forEach((value, position) => {
      for (const wrong of NO_HANDLES()) {
        if (typeof value !== 'object') call(position, wrong);
        else if (!unread.includes(position)) expect(call(position, wrong)).toMatch(ERROR);
      }
    });
    // Promises are of the processor: arrays of the device may be disposed before they settle.
    expect(call(ofClasses ? 6 : 2, -1)).toMatch(ERROR);
    expect(thrownBy(() => kernel())).toMatch(ERROR);
  });
});

test('yoloV3', () => {
  const kernel = addon.yoloV3 as Call;
  const arrays = () => [
    handleOf(new Float32Array(8)),
    handleOf(new Float32Array(8).fill(7)),
    handleOf(floats(0.5, 0.5)),
    handleOf(floats(0.5, 0.5, 0.5, 0.5)),
    handleOf(floats(1)),
    handleOf(Int32Array.of(0)),
    undefined,
    undefined,
  ];
  const numbers = Float64Array.of(1, 1, 1, 1, 1);
  const { ciou } = native.yoloV3BoxTerms;
  const call = (given: unknown, settings: unknown[] = [1, ciou, 1, 3, 0, 1, 0]) => {
    const parts = new Float64Array(4);
    return thrownBy(() => kernel(given, numbers, parts, ...settings));
  };
  expect(call(arrays())).toBe('nothing');
  for (let position = 0; position < 8; position++) {
    for (const wrong of NO_HANDLES()) {
      const given = arrays();
      given[position] = wrong as object;
      // Categories beside labels are not read.
      if (position !== 6) expect(call(given)).toMatch(ERROR);
    }
  }
  for (const wrong of [undefined, null, 5, [], {}, [undefined]]) {
    expect(call(wrong)).toMatch(ERROR);
  }
  expect(call(arrays(), [-1, ciou, 1, 3, 0, 1, 0])).toMatch(ERROR);
  for (let other = 0; other < 100; other++) {
    if (Object.values(native.yoloV3BoxTerms).includes(other)) continue;
    expect(call(arrays(), [1, other, 1, 3, 0, 1, 0])).toMatch(ERROR);
  }
  expect(call(arrays(), [1, ciou, 2, 3, 0, 1, 0])).toMatch(ERROR);
  const [, grad] = arrays();
  expect(call([grad, grad, ...arrays().slice(2)])).toMatch(ERROR);
});
