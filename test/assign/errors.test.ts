/** The argument errors of assignment, and that a wrong row of ground truth is named. */
import { rpn, yoloV1, yoloV3 } from '../../lib/assign';
import type { BoxFormat } from '../../lib/types';
import { floats, FORMATS, toFormat } from '../support/random';
import { detached, NO_FLOATS, thrownBy } from '../support/refusals';

type Call = (...args: unknown[]) => unknown;

const ints = (...numbers: number[]) => Int32Array.from(numbers);
const grid = { height: 2, width: 2, anchors: floats(0.5, 0.5) };

/** Three sound objects in a batch of two. */
const instances = () => ({
  boxes: floats(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 0, 1, 1),
  labels: ints(0, 5, 2),
  images: ints(0, 1, 1),
});

const FUNCTIONS: [name: string, call: Call, options: object][] = [
  ['assign.yoloV1', yoloV1 as Call, { batch: 2, grid: 7 }],
  ['assign.yoloV3', yoloV3 as Call, { batch: 2, scales: [grid] }],
];

describe.each(FUNCTIONS)('%s', (name, call, options) => {
  const thrown = (changed: object, changedOptions: object = {}) =>
    thrownBy(() => call({ ...instances(), ...changed }, { ...options, ...changedOptions }));

  test('sound arguments', () => expect(thrown({})).toBe('nothing'));

  test('instances', () => {
    for (const value of [undefined, null, 5]) {
      expect(thrownBy(() => call(value, options))).toBe(
        `TypeError: ${name}: expected instances to be an object, got ${value}`,
      );
    }
    for (const [value, words] of NO_FLOATS) {
      expect(thrown({ boxes: value })).toBe(
        `TypeError: ${name}: expected instances.boxes to be a Float32Array, got ${words}`,
      );
    }
    expect(thrown({ boxes: detached(12) })).toBe(
      `TypeError: ${name}: expected instances.boxes to have memory, got a detached array`,
    );
    expect(thrown({ boxes: floats(1, 2, 3) })).toBe(
      `RangeError: ${name}: expected instances.boxes.length to be a multiple of 4, got 3`,
    );
    for (const array of ['labels', 'images']) {
      expect(thrown({ [array]: floats(1, 2, 3) })).toBe(
        `TypeError: ${name}: expected instances.${array} to be an Int32Array, got Float32Array`,
      );
      expect(thrown({ [array]: [1, 2, 3] })).toBe(
        `TypeError: ${name}: expected instances.${array} to be an Int32Array, got Array`,
      );
      expect(thrown({ [array]: ints(1, 2) })).toBe(
        `RangeError: ${name}: expected instances.${array}.length to equal ` +
          'instances.boxes.length / 4 (3), got 2',
      );
    }
  });

  test.each([
    [4, "centre's y", 'from 0 to 1', [-1e-30, 1.0000001, 416, NaN, Infinity, -Infinity]],
    [5, "centre's x", 'from 0 to 1', [-1e-30, 1.0000001, 416, NaN, Infinity, -Infinity]],
    [6, 'height', 'a finite number above 0', [0, -0, -0.5, NaN, Infinity, -Infinity]],
    [7, 'width', 'a finite number above 0', [0, -0, -0.5, NaN, Infinity, -Infinity]],
  ] as const)('number %i of the boxes, a %s', (k, part, rule, values) => {
    for (const value of values) {
      const boxes = instances().boxes;
      boxes[k] = value;
      expect(thrown({ boxes })).toBe(
        `RangeError: ${name}: expected the ${part} of row 1 of instances.boxes to be ${rule}, ` +
          `got ${boxes[k]}`,
      );
    }
  });

  test("a part of a box in 'cxcywh'", () => {
    const boxes = floats(0.5, 0.5, 0.1, 0.1, 2, 0.5, 0.1, 0.1, 0.5, 0.5, 0.1, 0.1);
    const format = { format: 'cxcywh' };
    expect(thrown({ boxes }, format)).toContain("centre's x of row 1");
    boxes.set([0.5, 0.5, 0], 4);
    expect(thrown({ boxes }, format)).toContain('width of row 1');
  });

  test('labels and images', () => {
    expect(thrown({ labels: ints(0, 1, -1) })).toBe(
      `RangeError: ${name}: expected instances.labels[2] to be at least 0, got -1`,
    );
    for (const image of [-1, 2]) {
      expect(thrown({ images: ints(0, image, 0) })).toBe(
        `RangeError: ${name}: expected instances.images[1] to be from 0 to batch − 1 (1), ` +
          `got ${image}`,
      );
    }
  });

  test('options', () => {
    expect(thrownBy(() => call(instances()))).toBe(
      `TypeError: ${name}: expected options to be an object, got undefined`,
    );
    expect(thrownBy(() => call(instances(), null))).toBe(
      `TypeError: ${name}: expected options to be an object, got null`,
    );
    expect(thrown({}, { batches: 2 })).toBe(
      `TypeError: ${name}: unknown option 'batches', did you mean 'batch'?`,
    );
    for (const batch of [0, -1, 1.5, NaN, Infinity]) {
      expect(thrown({}, { batch })).toBe(
        `RangeError: ${name}: expected batch to be a whole number of at least 1, got ${batch}`,
      );
    }
    expect(thrown({}, { batch: undefined })).toBe(
      `TypeError: ${name}: expected batch to be a number, got undefined`,
    );
    for (const format of ['xyxy', 'tlbr', 'xywh', 'yxwh']) {
      expect(thrown({}, { format })).toBe(
        `RangeError: ${name}: expected format to be 'yxhw' or 'cxcywh', got '${format}'`,
      );
    }
    expect(thrown({}, { format: 1 })).toBe(
      `TypeError: ${name}: expected format to be a string, got 1`,
    );
  });
});

test('assign.yoloV1: grid', () => {
  const thrown = (value: unknown) =>
    thrownBy(() => (yoloV1 as Call)(instances(), { batch: 2, grid: value }));
  for (const value of [0, -7, 3.5, NaN]) {
    expect(thrown(value)).toBe(
      `RangeError: assign.yoloV1: expected grid to be a whole number of at least 1, got ${value}`,
    );
  }
  expect(thrown(grid)).toBe('TypeError: assign.yoloV1: expected grid to be a number, got Object');
});

test('assign.yoloV3: scales', () => {
  const thrown = (scales: unknown) =>
    thrownBy(() => (yoloV3 as Call)(instances(), { batch: 2, scales })).replace(
      'assign.yoloV3: expected ',
      '',
    );
  expect(thrown(undefined)).toBe('TypeError: scales to be an array, got undefined');
  expect(thrown(grid)).toBe('TypeError: scales to be an array, got Object');
  expect(thrown([])).toBe('RangeError: scales.length to be at least 1, got 0');
  expect(thrown([grid, null])).toBe('TypeError: scales[1] to be an object, got null');
  expect(thrown([grid, { ...grid, height: 0 }])).toBe(
    'RangeError: scales[1].height to be a whole number of at least 1, got 0',
  );
  expect(thrown([{ ...grid, width: '2' }])).toBe(
    "TypeError: scales[0].width to be a number, got '2'",
  );
  expect(thrown([{ ...grid, anchors: [0.5, 0.5] }])).toBe(
    'TypeError: scales[0].anchors to be a Float32Array, got Array',
  );
  expect(thrown([{ ...grid, anchors: floats() }])).toBe(
    'RangeError: scales[0].anchors.length to be at least 2, got 0',
  );
  for (const value of [0, -1, NaN, Infinity]) {
    expect(thrown([grid, { ...grid, anchors: floats(1, 1, 1, value) }])).toBe(
      `RangeError: scales[1].anchors[3] to be a finite number above 0, got ${value}`,
    );
  }
});

describe('assign.rpn', () => {
  const sound = () => floats(1, 1, 2, 2, 3, 3, 2, 2, 5, 5, 2, 2);
  const thrown = (...args: unknown[]) => thrownBy(() => (rpn as Call)(...args));

  test('arrays', () => {
    for (const [value, words] of NO_FLOATS) {
      expect(thrown(value, sound())).toBe(
        `TypeError: assign.rpn: expected anchors to be a Float32Array, got ${words}`,
      );
      expect(thrown(sound(), value)).toBe(
        `TypeError: assign.rpn: expected boxes to be a Float32Array, got ${words}`,
      );
    }
    expect(thrown(floats(1, 2), sound())).toBe(
      'RangeError: assign.rpn: expected anchors.length to be a multiple of 4, got 2',
    );
    expect(thrown(sound(), floats(1, 2))).toBe(
      'RangeError: assign.rpn: expected boxes.length to be a multiple of 4, got 2',
    );
  });

  test.each(FORMATS)('a wrong row, %s', (format: BoxFormat) => {
    for (const [part, k, values] of [
      ['height', 2, [0, -1]],
      ['width', 3, [0, -1]],
    ] as const) {
      for (const value of values) {
        const wrong = sound();
        wrong[8 + k] = value;
        const [good, bad] = [sound(), wrong].map((boxes) => toFormat(boxes, format));
        for (const [name, args] of [
          ['anchors', [bad, good]],
          ['boxes', [good, bad]],
        ] as const) {
          expect(thrown(...args, { format })).toBe(
            `RangeError: assign.rpn: expected the ${part} of row 2 of ${name} to be ` +
              `a finite number above 0, got ${value}`,
          );
        }
      }
    }
    for (const value of [NaN, Infinity, -Infinity]) {
      for (let k = 4; k < 8; k++) {
        const bad = toFormat(sound(), format);
        bad[k] = value;
        const expected =
          /^RangeError: assign.rpn: expected the .* of row 1 of boxes to be a finite/;
        expect(thrown(toFormat(sound(), format), bad, { format })).toMatch(expected);
      }
    }
  });

  test.each([
    ['positive', 'above 0 and up to 1', [0, -0.5, 1.01, NaN]],
    ['negative', 'above 0 and up to positive (0.7)', [0, -0.5, 0.71, NaN]],
    ['sampleSize', 'a whole number of at least 1', [0, -1, 2.5, NaN, Infinity]],
    ['positiveFraction', 'from 0 to 1', [-0.1, 1.1, NaN]],
    ['seed', 'a whole number from 0 to 2³² − 1', [-1, 0.5, 2 ** 32, NaN, Infinity]],
  ])('option %s', (option, rule, values) => {
    for (const value of values) {
      expect(thrown(sound(), sound(), { [option]: value })).toBe(
        `RangeError: assign.rpn: expected ${option} to be ${rule}, got ${value}`,
      );
    }
    expect(thrown(sound(), sound(), { [option]: '1' })).toBe(
      `TypeError: assign.rpn: expected ${option} to be a number, got '1'`,
    );
  });

  test('other options', () => {
    expect(thrown(sound(), sound(), { sample: 4 })).toBe(
      "TypeError: assign.rpn: unknown option 'sample', did you mean 'sampleSize'?",
    );
    expect(thrown(sound(), sound(), { format: 'yxyx' })).toMatch(
      /^RangeError: assign.rpn: expected format to be 'yxhw', .* got 'yxyx'$/,
    );
    expect(thrown(sound(), sound(), null)).toBe(
      'TypeError: assign.rpn: expected options to be an object, got null',
    );
    expect(thrown(sound(), sound(), undefined)).toBe('nothing');
  });
});
