/** The argument errors of `yoloV1.loss`. */
import { loss } from '../../../lib/detectors/yolo-v1';
import { floats } from '../../support/random';
import { detached, NO_FLOATS, thrownBy } from '../../support/refusals';

/** 2 × 2 cells, two predictors, two classes; the object is in cell 1. */
function example() {
  const target = {
    box: new Float32Array(16),
    objectness: floats(0, 1, 0, 0),
    labels: Int32Array.of(9, 0, -9, 9),
  };
  return { batch: 1, grid: 2, boxes: 2, classes: 2, predictions: new Float32Array(48), target };
}

/** What a call with some arguments changed throws; it must not touch the gradient. */
function call(changes: object, targetChanges: object = {}): string {
  const args = example();
  const grad = new Float32Array(48).fill(7);
  const target = { ...args.target, ...targetChanges };
  const message = thrownBy(() => loss({ ...args, target, grad, ...changes }));
  expect(grad).toEqual(new Float32Array(48).fill(7));
  return message;
}

test('an example without errors', () => {
  expect(thrownBy(() => loss(example()))).toBe('nothing');
});

test('arguments as a whole', () => {
  for (const [value, words] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
  ]) {
    const expected = `TypeError: yoloV1.loss: expected options to be an object, got ${words}`;
    expect(thrownBy(() => (loss as (args: unknown) => unknown)(value))).toBe(expected);
  }
  for (const [wrong, right] of [
    ['cord', 'coord'],
    ['noobject', 'noObject'],
    ['prediction', 'predictions'],
    ['gird', 'grid'],
  ]) {
    expect(call({ [wrong]: 1 })).toBe(
      `TypeError: yoloV1.loss: unknown option '${wrong}', did you mean '${right}'?`,
    );
  }
});

test.each([
  ['batch', 'a whole number of at least 0', [-1, 0.5, NaN, Infinity]],
  ['grid', 'a whole number of at least 1', [0, -1, 0.5, NaN, Infinity]],
  ['boxes', 'a whole number of at least 1', [0, -1, 0.5, NaN, Infinity]],
  ['classes', 'a whole number of at least 1', [0, -1, 0.5, NaN, Infinity]],
  ['coord', 'a finite number of at least 0', [-1, NaN, Infinity]],
  ['noObject', 'a finite number of at least 0', [-1, NaN, Infinity]],
  ['threads', 'a whole number of at least 1', [0, -1, 0.5, NaN, Infinity]],
])('%s', (name, rule, wrong) => {
  for (const value of wrong) {
    const expected = `RangeError: yoloV1.loss: expected ${name} to be ${rule}, got ${value}`;
    expect(call({ [name]: value })).toBe(expected);
  }
  for (const [value, words] of [
    [null, 'null'],
    ['1', "'1'"],
  ]) {
    const expected = `TypeError: yoloV1.loss: expected ${name} to be a number, got ${words}`;
    expect(call({ [name]: value })).toBe(expected);
  }
});

test.each([
  ['confidence', "'iou' or 'objectness'"],
  ['format', "'yxhw' or 'cxcywh'"],
])('%s', (name, choices) => {
  expect(call({ [name]: 'xyxy' })).toBe(
    `RangeError: yoloV1.loss: expected ${name} to be ${choices}, got 'xyxy'`,
  );
  const expected = `TypeError: yoloV1.loss: expected ${name} to be a string, got 1`;
  expect(call({ [name]: 1 })).toBe(expected);
});

test.each([
  ['predictions', 'batch × grid × grid × (5 × boxes + classes) (48)'],
  ['target.box', '4 × batch × grid × grid (16)'],
  ['target.objectness', 'batch × grid × grid (4)'],
  ['target.categories', 'classes × batch × grid × grid (8)'],
  ['grad', 'predictions.length (48)'],
])('%s', (name, length) => {
  const key = name.replace('target.', '');
  const change = (value: unknown) =>
    key === name ? call({ [key]: value }) : call({}, { labels: undefined, [key]: value });
  for (const [value, words] of NO_FLOATS) {
    if (name === 'grad' && (typeof value !== 'object' || value === null)) continue;
    if (name === 'target.categories' && value === undefined) continue;
    const expected = `TypeError: yoloV1.loss: expected ${name} to be a Float32Array, got ${words}`;
    expect(change(value)).toBe(expected);
  }
  for (const count of [0, 47]) {
    expect(change(new Float32Array(count))).toBe(
      `RangeError: yoloV1.loss: expected ${name}.length to equal ${length}, got ${count}`,
    );
  }
  expect(change(detached())).toBe(
    `TypeError: yoloV1.loss: expected ${name} to have memory, got a detached array`,
  );
});

test('target', () => {
  for (const value of [undefined, null, 5]) {
    const expected = `TypeError: yoloV1.loss: expected target to be an object, got ${value}`;
    expect(call({ target: value })).toBe(expected);
  }
  expect(call({}, { labels: undefined })).toBe(
    'TypeError: yoloV1.loss: expected target.labels to be an Int32Array (or categories given), ' +
      'got undefined',
  );
  expect(call({}, { labels: floats(0, 0, 0, 0) })).toBe(
    'TypeError: yoloV1.loss: expected target.labels to be an Int32Array, got Float32Array',
  );
  expect(call({}, { labels: new Int32Array(3) })).toBe(
    'RangeError: yoloV1.loss: expected target.labels.length to equal batch × grid × grid (4), ' +
      'got 3',
  );
  for (const label of [-1, 2]) {
    expect(call({}, { labels: Int32Array.of(0, label, 0, 0) })).toBe(
      `RangeError: yoloV1.loss: expected target.labels to be from 0 to 1 in row 1, got ${label}`,
    );
  }
});

test('grad', () => {
  for (const [value, words] of [
    [1, '1'],
    ['yes', "'yes'"],
  ]) {
    expect(call({ grad: value })).toBe(
      `TypeError: yoloV1.loss: expected grad to be a boolean or a Float32Array, got ${words}`,
    );
  }
  const args = example();
  const memory = new Float32Array(60);
  const grad = memory.subarray(0, 48);
  const { buffer } = memory;
  const overlapping = (name: string, changes: object, targetChanges: object = {}) => {
    const target = { ...args.target, ...targetChanges };
    expect(thrownBy(() => loss({ ...args, grad, target, ...changes }))).toBe(
      `RangeError: yoloV1.loss: expected grad not to overlap ${name}, got views of the same memory`,
    );
  };
  overlapping('predictions', { predictions: memory.subarray(12) });
  overlapping('target.box', {}, { box: memory.subarray(44) });
  overlapping('target.objectness', {}, { objectness: memory.subarray(47, 51) });
  overlapping('target.labels', {}, { labels: new Int32Array(buffer, 0, 4) });
  const categories = memory.subarray(40, 48);
  overlapping('target.categories', {}, { labels: undefined, categories });
});
