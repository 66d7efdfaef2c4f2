/** The argument errors of yoloV3.loss: its options, weights and grids. */
import { floats } from '../../../support/random';
import { call, refuse, rightScales, scalesWith } from '../../../support/yolo-v3-refusals';

test('the call that the others are wrong versions of', () => {
  expect(call({ batch: 1, classes: 3, scales: rightScales() })).toBe('nothing');
});

test('options', () => {
  for (const [value, words] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    ['NHWC', "'NHWC'"],
    [() => 0, 'a function'],
  ]) {
    expect(call(value)).toBe(
      `TypeError: yoloV3.loss: expected options to be an object, got ${words}`,
    );
  }
  for (const [wrong, right] of [
    ['bach', 'batch'],
    ['class', 'classes'],
    ['scale', 'scales'],
    ['boxes', 'box'],
    ['Layout', 'layout'],
    ['fromat', 'format'],
    ['labelsmoothing', 'labelSmoothing'],
    ['weight', 'weights'],
    ['grads', 'grad'],
    ['thread', 'threads'],
  ]) {
    refuse(`TypeError: unknown option '${wrong}', did you mean '${right}'?`, { [wrong]: 1 });
  }
});

test('numbers', () => {
  const rules: [option: string, rule: string, wrong: number[]][] = [
    ['batch', 'a whole number of at least 0', [-1, 1.5, NaN, Infinity]],
    ['classes', 'a whole number of at least 1', [0, -1, 1.5, NaN, Infinity]],
    ['threads', 'a whole number of at least 1', [0, -1, 1.5, NaN, Infinity]],
    ['labelSmoothing', 'a number from 0 to 1', [-0.1, 1.1, NaN, Infinity]],
  ];
  for (const [option, rule, wrong] of rules) {
    for (const value of wrong) {
      refuse(`RangeError: expected ${option} to be ${rule}, got ${value}`, { [option]: value });
    }
    for (const [value, words] of [
      ['1', "'1'"],
      [null, 'null'],
      [[1], 'Array'],
    ]) {
      refuse(`TypeError: expected ${option} to be a number, got ${words}`, { [option]: value });
    }
  }
  refuse('TypeError: expected batch to be a number, got undefined', { batch: undefined });
  refuse('TypeError: expected classes to be a number, got undefined', { classes: undefined });
});

test('choices', () => {
  const choices: [option: string, words: string][] = [
    ['box', "'ciou', 'iou', 'giou', 'diou' or 'l2'"],
    ['layout', "'NHWC' or 'NCHW'"],
    ['format', "'yxhw' or 'cxcywh'"],
  ];
  for (const [option, words] of choices) {
    for (const wrong of ['', 'xyxy', 'nhwc', 'CIoU']) {
      refuse(`RangeError: expected ${option} to be ${words}, got '${wrong}'`, { [option]: wrong });
    }
    refuse(`TypeError: expected ${option} to be a string, got 1`, { [option]: 1 });
    refuse(`TypeError: expected ${option} to be a string, got null`, { [option]: null });
  }
});

test('weights', () => {
  for (const [value, words] of [
    [null, 'null'],
    [2, '2'],
    ['box', "'box'"],
  ]) {
    refuse(`TypeError: expected weights to be an object, got ${words}`, { weights: value });
  }
  for (const [wrong, right] of [
    ['boxes', 'box'],
    ['object', 'objectness'],
    ['categories', 'category'],
  ]) {
    refuse(`TypeError: unknown option '${wrong}', did you mean '${right}'?`, {
      weights: { [wrong]: 1 },
    });
  }
  for (const term of ['box', 'objectness', 'category']) {
    for (const value of [NaN, Infinity]) {
      refuse(`RangeError: expected weights.${term} to be a finite number, got ${value}`, {
        weights: { [term]: value },
      });
      refuse(`RangeError: expected weights.${term}[1] to be a finite number, got ${value}`, {
        weights: { [term]: [1, value] },
      });
    }
    refuse(`TypeError: expected weights.${term} to be a number or an array, got '1'`, {
      weights: { [term]: '1' },
    });
    refuse(`TypeError: expected weights.${term} to be a number or an array, got null`, {
      weights: { [term]: null },
    });
    refuse(`TypeError: expected weights.${term}[0] to be a number, got undefined`, {
      weights: { [term]: [undefined, 1] },
    });
    for (const length of [0, 1, 3]) {
      refuse(
        `RangeError: expected weights.${term}.length to equal scales.length (2), got ${length}`,
        { weights: { [term]: Array(length).fill(1) } },
      );
    }
  }
});

test('scales and their grids', () => {
  for (const [value, words] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [{}, 'Object'],
    [floats(1), 'Float32Array'],
  ]) {
    refuse(`TypeError: expected scales to be an array, got ${words}`, { scales: value });
  }
  for (const [value, words] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [13, '13'],
  ]) {
    refuse(`TypeError: expected scales[1] to be an object, got ${words}`, {
      scales: [rightScales()[0], value],
    });
    refuse(`TypeError: expected scales[1].target to be an object, got ${words}`, {
      ...scalesWith({ target: value }),
    });
  }
  for (const side of ['height', 'width']) {
    for (const value of [0, -1, 1.5, NaN, Infinity]) {
      const rule = `scales[1].${side} to be a whole number of at least 1`;
      refuse(`RangeError: expected ${rule}, got ${value}`, scalesWith({ [side]: value }));
    }
    const rule = `scales[1].${side} to be a number`;
    refuse(`TypeError: expected ${rule}, got undefined`, scalesWith({ [side]: undefined }));
  }
  refuse(
    'RangeError: expected scales[1].anchors.length to be at least 2, got 0',
    scalesWith({ anchors: floats() }),
  );
  refuse(
    'RangeError: expected scales[1].anchors.length to be a multiple of 2, got 3',
    scalesWith({ anchors: floats(1, 2, 3) }),
  );
});

test('names of scales and targets', () => {
  for (const [wrong, right] of [
    ['anchor', 'anchors'],
    ['feature', 'features'],
    ['heigth', 'height'],
  ]) {
    refuse(
      `TypeError: unknown option '${wrong}', did you mean '${right}'?`,
      scalesWith({ [wrong]: 1 }),
    );
  }
  for (const [wrong, right] of [
    ['boxes', 'box'],
    ['ingore', 'ignore'],
    ['label', 'labels'],
    ['objectnes', 'objectness'],
  ]) {
    refuse(
      `TypeError: unknown option '${wrong}', did you mean '${right}'?`,
      scalesWith({}, { [wrong]: 1 }),
    );
  }
  refuse(
    "RangeError: expected scales[1].target to have labels or categories, got 'both'",
    scalesWith({}, { categories: new Float32Array(3) }),
  );
});
