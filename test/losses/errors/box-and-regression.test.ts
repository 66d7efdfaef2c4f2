/** The argument errors of single losses: hyperparameters, anchors and grids. */
import { box, regression } from '../../../lib';
import { floats } from '../../support/random';
import { detached, NO_FLOATS, thrownBy } from '../../support/refusals';

type Call = (...args: unknown[]) => unknown;

const pair = () => [floats(1, 1, 2, 2), floats(1, 2, 2, 2)];

describe('hyperparameters', () => {
  const anchors = floats(1, 1, 2, 2);
  const calls: [name: string, option: string, rule: string, call: Call, wrong: number[]][] = [
    ['regression.huber', 'delta', 'above 0', regression.huber as Call, [0, -1]],
    ['regression.smoothL1', 'beta', 'of at least 0', regression.smoothL1 as Call, [-1, -1e-9]],
    [
      'box.fasterRcnn',
      'delta',
      'above 0',
      (pred, target, options) => (box.fasterRcnn as Call)(pred, target, anchors, options),
      [0, -1],
    ],
  ];

  test.each(calls)('%s: %s', (name, option, rule, call, wrong) => {
    for (const value of [...wrong, NaN, Infinity, -Infinity]) {
      const grad = floats(7, 7, 7, 7);
      expect(thrownBy(() => call(...pair(), { [option]: value, grad }))).toBe(
        `RangeError: ${name}: expected ${option} to be a finite number ${rule}, got ${value}`,
      );
      expect(grad).toEqual(floats(7, 7, 7, 7));
    }
    for (const [value, words] of [
      ['1', "'1'"],
      [null, 'null'],
      [true, 'true'],
      [{}, 'Object'],
    ]) {
      expect(thrownBy(() => call(...pair(), { [option]: value }))).toBe(
        `TypeError: ${name}: expected ${option} to be a number, got ${words}`,
      );
    }
  });

  test('box.ciou: alpha', () => {
    const call = box.ciou as Call;
    expect(thrownBy(() => call(...pair(), { alpha: 'fixed' }))).toBe(
      "RangeError: box.ciou: expected alpha to be 'detached' or 'full', got 'fixed'",
    );
    expect(thrownBy(() => call(...pair(), { alpha: 0.5 }))).toBe(
      'TypeError: box.ciou: expected alpha to be a string, got 0.5',
    );
  });

  test.each([
    ['regression.l1', regression.l1 as Call, 'graad', 'grad'],
    ['regression.huber', regression.huber as Call, 'Delta', 'delta'],
    ['regression.smoothL1', regression.smoothL1 as Call, 'bta', 'beta'],
    ['box.iou', box.iou as Call, 'formatt', 'format'],
    ['box.ciou', box.ciou as Call, 'alfa', 'alpha'],
  ])('%s: unknown option', (name, call, wrong, right) => {
    expect(thrownBy(() => call(...pair(), { [wrong]: 1 }))).toBe(
      `TypeError: ${name}: unknown option '${wrong}', did you mean '${right}'?`,
    );
  });
});

describe('box.fasterRcnn: anchors', () => {
  const call = (anchors: unknown, options?: object) =>
    thrownBy(() => (box.fasterRcnn as Call)(...pair(), anchors, options));

  test('kind and length', () => {
    for (const [value, words] of NO_FLOATS) {
      expect(call(value)).toBe(
        `TypeError: box.fasterRcnn: expected anchors to be a Float32Array, got ${words}`,
      );
    }
    expect(call(detached())).toBe(
      'TypeError: box.fasterRcnn: expected anchors to have memory, got a detached array',
    );
    expect(call(floats(1, 2))).toBe(
      'RangeError: box.fasterRcnn: expected anchors.length to equal pred.length (4), got 2',
    );
  });

  test('outputs in their memory', () => {
    const anchors = floats(1, 1, 2, 2);
    expect(call(anchors, { grad: anchors })).toBe(
      'RangeError: box.fasterRcnn: expected grad not to overlap anchors, got views of the same memory',
    );
    const out = anchors.subarray(3);
    expect(call(anchors, { reduction: 'none', out })).toBe(
      'RangeError: box.fasterRcnn: expected out not to overlap anchors, got views of the same memory',
    );
    expect(anchors).toEqual(floats(1, 1, 2, 2));
  });
});

describe('box.yoloV3: grid', () => {
  const grid = { height: 2, width: 1, anchors: floats(0.5, 0.5) };
  const [raw, target] = [new Float32Array(8), new Float32Array(8)];
  const call = (changed: unknown, options?: object) =>
    thrownBy(() => (box.yoloV3 as Call)(raw, target, changed, options));

  test('what it is', () => {
    for (const [value, words] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [13, '13'],
    ]) {
      expect(call(value)).toBe(
        `TypeError: box.yoloV3: expected grid to be an object, got ${words}`,
      );
    }
  });

  test.each(['height', 'width'])('%s', (side) => {
    for (const value of [0, -1, 1.5, NaN, Infinity]) {
      expect(call({ ...grid, [side]: value })).toBe(
        `RangeError: box.yoloV3: expected grid.${side} to be a whole number of at least 1, got ${value}`,
      );
    }
    for (const [value, words] of [
      [undefined, 'undefined'],
      ['2', "'2'"],
      [null, 'null'],
    ]) {
      expect(call({ ...grid, [side]: value })).toBe(
        `TypeError: box.yoloV3: expected grid.${side} to be a number, got ${words}`,
      );
    }
  });

  test('anchors', () => {
    for (const [value, words] of NO_FLOATS) {
      expect(call({ ...grid, anchors: value })).toBe(
        `TypeError: box.yoloV3: expected grid.anchors to be a Float32Array, got ${words}`,
      );
    }
    expect(call({ ...grid, anchors: floats() })).toBe(
      'RangeError: box.yoloV3: expected grid.anchors.length to be at least 2, got 0',
    );
    expect(call({ ...grid, anchors: floats(1, 2, 3) })).toBe(
      'RangeError: box.yoloV3: expected grid.anchors.length to be a multiple of 2, got 3',
    );
    const memory = new Float32Array(9).fill(0.5);
    expect(call({ ...grid, anchors: memory.subarray(7) }, { grad: memory.subarray(0, 8) })).toBe(
      'RangeError: box.yoloV3: expected grad not to overlap anchors, got views of the same memory',
    );
  });

  test('a whole number of grids', () => {
    expect(call({ ...grid, height: 3 })).toBe(
      'RangeError: box.yoloV3: expected raw.length to be a multiple of height × width × anchors × 4 ' +
        '(12), got 8',
    );
  });
});
