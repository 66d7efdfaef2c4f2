/** Anchors of a grid: fractions of the image, height before width. */
import { assign, box, codec, yoloV3 } from '../../lib';
import * as promises from '../../lib/promises';
import { floats } from '../support/random';
import { thrownBy } from '../support/refusals';

const four = floats(0.5, 0.5, 0.2, 0.3);
const target = { box: four, objectness: floats(1), labels: Int32Array.of(0) };

/** Every function that takes anchors of a grid, of one cell and one anchor. */
const CALLS: [name: string, anchors: string, call: (anchors: Float32Array) => unknown][] = [
  [
    'box.yoloV3',
    'grid.anchors',
    (anchors) => box.yoloV3(four, four, { height: 1, width: 1, anchors }),
  ],
  [
    'codec.yoloV3.encode',
    'grid.anchors',
    (anchors) => codec.yoloV3.encode(four, { height: 1, width: 1, anchors }),
  ],
  [
    'codec.yoloV3.decode',
    'grid.anchors',
    (anchors) => codec.yoloV3.decode(four, { height: 1, width: 1, anchors }),
  ],
  [
    'assign.yoloV3',
    'scales[0].anchors',
    (anchors) =>
      assign.yoloV3(
        { boxes: four, labels: Int32Array.of(0), images: Int32Array.of(0) },
        { batch: 1, scales: [{ height: 1, width: 1, anchors }] },
      ),
  ],
  [
    'yoloV3.loss',
    'scales[0].anchors',
    (anchors) =>
      yoloV3.loss({
        batch: 1,
        classes: 1,
        scales: [{ height: 1, width: 1, anchors, features: new Float32Array(6), target }],
      }),
  ],
];

describe.each(CALLS)('%s', (where, name, call) => {
  test.each([90, 10.000001, 116, 3.4e38])('a size of %p is none of an image', (size) => {
    expect(thrownBy(() => call(floats(0.5, size)))).toBe(
      `RangeError: ${where}: expected ${name}[1] to be a height or width in fractions of the image, ` +
        `at most 10, got ${Math.fround(size)}; divide anchors in pixels by the image's size`,
    );
  });

  test.each([0, -0.5, NaN, Infinity, -Infinity])('nor is %p', (size) => {
    expect(thrownBy(() => call(floats(size, 0.5)))).toBe(
      `RangeError: ${where}: expected ${name}[0] to be a finite number above 0, got ${size}`,
    );
  });

  test.each([10, 1, 1e-45])('%p is one', (size) => {
    expect(thrownBy(() => call(floats(size, 0.5)))).toBe('nothing');
  });
});

test('promises are rejected', async () => {
  const grid = { height: 1, width: 1, anchors: floats(116, 90) };
  await expect(promises.codec.yoloV3.decode(four, grid)).rejects.toThrow('fractions of the image');
});

test('height comes before width, whatever the format', () => {
  const anchors = floats(0.25, 0.5);
  const grid = { height: 1, width: 1, anchors };
  expect(codec.yoloV3.decode(new Float32Array(4), grid)).toEqual(floats(0.5, 0.5, 0.25, 0.5));
  const decoded = codec.yoloV3.decode(new Float32Array(4), grid, { format: 'cxcywh' });
  expect(decoded).toEqual(floats(0.5, 0.5, 0.5, 0.25));
});
