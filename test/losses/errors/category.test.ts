/** The argument errors of the losses of classes, and that nothing has been written. */
import { category } from '../../../lib';
import { CASES } from '../table';
import { takes } from '../../support/cards';
import { floats } from '../../support/random';
import { detached, NO_FLOATS, NO_OPTION_FLOATS, thrownBy } from '../../support/refusals';

type Call = (...args: unknown[]) => unknown;

/** Each loss of classes once. */
const LOSSES = CASES.filter(
  ({ name, card }, k) => card.rows.width === 'classes' && CASES[k - 1]?.name !== name,
);
const OF_TARGETS = LOSSES.filter(({ card }) => takes(card, 'labels or like prediction'));

/** A call of three rows of two classes that is right but for what it is given. */
interface Given {
  pred?: unknown;
  target?: unknown;
  options?: Record<string, unknown>;
}

describe.each(LOSSES)('$name', ({ name, card, predName, call: loss }) => {
  const byLabels = takes(card, 'labels');
  const targetName = byLabels ? 'labels' : 'target';

  /** Expects an error, in the words that follow the function's name. */
  function refuse(expected: string, given: Given) {
    const [grad, out] = [new Float32Array(6).fill(7), new Float32Array(3).fill(7)];
    const options = { reduction: 'none', grad, out, ...given.options };
    const pred = 'pred' in given ? given.pred : new Float32Array(6).fill(0.5);
    const target = 'target' in given ? given.target : Int32Array.of(0, 1, 1);
    const [kind, message] = expected.split(/: (.*)/s);
    expect(thrownBy(() => loss(pred, target, options))).toBe(`${kind}: ${name}: ${message}`);
    expect(new Set([...grad, ...out])).toEqual(new Set([7]));
  }

  test('arrays of a wrong kind', () => {
    for (const [value, words] of NO_FLOATS) {
      refuse(`TypeError: expected ${predName} to be a Float32Array, got ${words}`, { pred: value });
      if (value instanceof Int32Array) continue;
      const kind = byLabels ? 'an Int32Array' : 'an Int32Array of labels or a Float32Array';
      refuse(`TypeError: expected ${targetName} to be ${kind}, got ${words}`, { target: value });
    }
    if (byLabels) {
      refuse('TypeError: expected labels to be an Int32Array, got Float32Array', {
        target: new Float32Array(6),
      });
    }
    refuse(`TypeError: expected ${predName} to have memory, got a detached array`, {
      pred: detached(6),
    });
  });

  test('lengths', () => {
    for (const length of [0, 1, 5, 7]) {
      refuse(
        `RangeError: expected ${predName}.length to be a multiple of the number of rows (3), ` +
          `got ${length}`,
        { pred: new Float32Array(length) },
      );
    }
    refuse(
      `RangeError: expected ${predName}.length to be a multiple of the number of rows (0), got 6`,
      { target: new Int32Array(0) },
    );
    for (const length of [0, 2, 4]) {
      const rule = `length to equal the number of rows (3), got ${length}`;
      const wrong = new Float32Array(length);
      refuse(`RangeError: expected weight.${rule}`, { options: { weight: wrong } });
      refuse(`RangeError: expected out.${rule}`, { options: { out: wrong } });
      refuse(`RangeError: expected grad.length to equal ${predName}.length (6), got ${length}`, {
        options: { grad: wrong },
      });
    }
  });

  test('labels that are no class', () => {
    for (const [label, row] of [
      [2, 0],
      [-1, 1],
      [2 ** 31 - 1, 2],
      [-(2 ** 31), 0],
    ]) {
      const target = Int32Array.of(0, 1, 1).fill(label, row, row + 1);
      const rule = `expected labels to be from 0 to 1 in row ${row}, got ${label}`;
      refuse(`RangeError: ${rule}`, { target });
      refuse(`RangeError: ${rule}`, { target, options: { weight: floats(1, 1, 1) } });
      refuse(`RangeError: ${rule}`, { target, options: { weight: floats(NaN, NaN, NaN) } });
      // A row of weight 0 has no label.
      const weight = floats(1, 1, 1).fill(0, row, row + 1);
      const result = loss(new Float32Array(6).fill(0.5), target, { weight }) as { loss: number };
      expect(result.loss).toBeGreaterThan(0);
    }
  });

  test('options', () => {
    for (const [value, words] of NO_OPTION_FLOATS) {
      for (const option of ['weight', 'out']) {
        refuse(`TypeError: expected ${option} to be a Float32Array, got ${words}`, {
          options: { [option]: value },
        });
      }
    }
    refuse('TypeError: expected grad to be a boolean or a Float32Array, got 1', {
      options: { grad: 1 },
    });
    refuse("RangeError: expected reduction to be 'mean', 'sum' or 'none', got 'balanced'", {
      options: { reduction: 'balanced' },
    });
    refuse("RangeError: expected reduction to be 'none' when out is given, got 'mean'", {
      options: { reduction: 'mean' },
    });
    refuse('RangeError: expected threads to be a whole number of at least 1, got 0', {
      options: { threads: 0 },
    });
    for (const [wrong, right] of [
      ['reduce', 'reduction'],
      ['weights', 'weight'],
      ['outs', 'out'],
      ...(byLabels ? [] : [['class', 'classes']]),
      ...(card.hyper && 'labelSmoothing' in card.hyper
        ? [['labelsmoothing', 'labelSmoothing']]
        : []),
    ]) {
      refuse(`TypeError: unknown option '${wrong}', did you mean '${right}'?`, {
        options: { [wrong]: 1 },
      });
    }
    for (const [value, words] of [
      [null, 'null'],
      ['mean', "'mean'"],
    ]) {
      expect(thrownBy(() => loss(floats(0.5, 0.5), Int32Array.of(0), value))).toBe(
        `TypeError: ${name}: expected options to be an object, got ${words}`,
      );
    }
  });

  test('outputs in the memory of another array', () => {
    const memory = new Float32Array(20).fill(7);
    const [first, second] = [memory.subarray(0, 6), memory.subarray(5, 11)];
    const labels = new Int32Array(memory.buffer, 0, 3);
    const apart = 'got views of the same memory';
    refuse(`RangeError: expected grad not to overlap ${predName}, ${apart}`, {
      pred: first,
      options: { grad: second },
    });
    refuse(`RangeError: expected out not to overlap ${predName}, ${apart}`, {
      pred: second,
      options: { out: memory.subarray(3, 6) },
    });
    refuse(`RangeError: expected grad not to overlap ${targetName}, ${apart}`, {
      target: labels,
      options: { grad: first },
    });
    refuse(`RangeError: expected out not to overlap grad, ${apart}`, {
      options: { grad: first, out: first.subarray(3) },
    });
    refuse(`RangeError: expected grad not to overlap weight, ${apart}`, {
      options: { grad: first, weight: memory.subarray(5, 8) },
    });
    expect(new Set(memory)).toEqual(new Set([7]));
  });
});

describe.each(OF_TARGETS)('$name of multi-hot targets', ({ name, card, predName, call: loss }) => {
  const call = (pred: number, target: number, options?: object) =>
    thrownBy(() => loss(new Float32Array(pred), new Float32Array(target), options));

  test('lengths', () => {
    expect(call(6, 4, { classes: 2 })).toBe(
      `RangeError: ${name}: expected target.length to equal ${predName}.length (6), got 4`,
    );
    expect(call(6, 6, { classes: 4 })).toBe(
      `RangeError: ${name}: expected ${predName}.length to be a multiple of 4, got 6`,
    );
    expect(call(6, 6, { classes: 2, weight: new Float32Array(2) })).toBe(
      `RangeError: ${name}: expected weight.length to equal the number of rows (3), got 2`,
    );
  });

  test('classes', () => {
    for (const classes of [0, -1, 1.5, NaN, Infinity]) {
      expect(call(6, 6, { classes })).toBe(
        `RangeError: ${name}: expected classes to be a whole number of at least 1, ` +
          `got ${classes}`,
      );
    }
    expect(call(6, 6, { classes: '2' })).toBe(
      `TypeError: ${name}: expected classes to be a number, got '2'`,
    );
  });

  test('a number of rows that nothing tells', () => {
    const untold =
      `RangeError: ${name}: expected the option classes, without which ${predName} and ` +
      'target do not tell the number of rows';
    for (const reduction of ['sum', 'none']) expect(call(6, 6, { reduction })).toBe(untold);
    // The mean of the classes' means is the same however they are divided into rows.
    expect(call(6, 6)).toBe(card.rows.over === 'sum' ? untold : 'nothing');
  });
});

test('category.yoloV3: input and labelSmoothing', () => {
  const call = (options: object) =>
    thrownBy(() => (category.yoloV3 as Call)(floats(0.5, 0.5), Int32Array.of(0), options));
  expect(call({ input: 'logits' })).toBe(
    "RangeError: category.yoloV3: expected input to be 'probability' or 'logit', got 'logits'",
  );
  expect(call({ input: 1 })).toBe(
    'TypeError: category.yoloV3: expected input to be a string, got 1',
  );
  for (const value of [-0.1, 1.1, NaN, Infinity]) {
    expect(call({ labelSmoothing: value })).toBe(
      'RangeError: category.yoloV3: expected labelSmoothing to be a number from 0 to 1, ' +
        `got ${value}`,
    );
  }
  for (const [value, words] of [
    ['0', "'0'"],
    [null, 'null'],
  ]) {
    expect(call({ labelSmoothing: value })).toBe(
      `TypeError: category.yoloV3: expected labelSmoothing to be a number, got ${words}`,
    );
  }
});
