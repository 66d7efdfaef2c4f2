/** What a call throws, as `Class: message`, with what it advises. */
export function adviceOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  return 'nothing';
}

/** What a call throws, without its advice on what to pass instead. */
export function thrownBy(call: () => unknown): string {
  return adviceOf(call).replace(/; (pass [^']*|did you mean '[^']*'\?)$/, '');
}

/** Expects a call to throw such an error, and to leave whatever it could write as it is. */
export function expectRefused(call: () => unknown, outputs: readonly unknown[], error: RegExp) {
  const arrays = outputs.filter(
    (output) =>
      (output instanceof Float32Array || output instanceof Float64Array) && output.length > 0,
  ) as Float32Array[];
  const before = arrays.map((array) => array.slice());
  expect(thrownBy(call)).toMatch(error);
  expect(arrays).toEqual(before);
}

/** Transfers an array's memory away, and lets go of it. */
export function takeMemory({ buffer }: ArrayBufferView): void {
  structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
}

/** An array whose memory has been transferred away. */
export function detached(length = 4): Float32Array {
  const array = new Float32Array(length);
  takeMemory(array);
  return array;
}

/** What errors of the addon begin with. */
export const TYPE_ERROR = /^TypeError: /;
export const RANGE_ERROR = /^RangeError: /;
export const ANY_ERROR = /^(Type|Range)Error: /;

/** What JavaScript makes no number of, and so never gets as far as the addon. */
export const NO_NUMBERS = [1n, Symbol('mean')];

/** What is no number of things, or becomes none. */
export const NO_QUANTITIES = [
  undefined,
  {},
  'mean',
  () => 4,
  -1,
  NaN,
  Infinity,
  -Infinity,
  2 ** 53,
];

/** Values that are no `Float32Array`, and how errors word them. */
export const NO_FLOATS: [value: unknown, words: string][] = [
  [undefined, 'undefined'],
  [null, 'null'],
  [5, '5'],
  [NaN, 'NaN'],
  [true, 'true'],
  ['boxes', "'boxes'"],
  [[1, 2, 3, 4], 'Array'],
  [{ length: 4 }, 'Object'],
  [Object.create(null), 'Object'],
  [new Float64Array(4), 'Float64Array'],
  [new Int32Array(4), 'Int32Array'],
  [new DataView(new ArrayBuffer(16)), 'DataView'],
  [() => 4, 'a function'],
  [4n, '4'],
  [Symbol('boxes'), 'Symbol(boxes)'],
];

/** Values that are not `undefined`, which stands for an absent option. */
export const NO_OPTION_FLOATS = NO_FLOATS.slice(1);
