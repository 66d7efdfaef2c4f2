import fc from 'fast-check';
import { objectnessQuality, type ObjectnessQualityOptions } from '../../lib/log';
import { expectClose } from '../support/close';
import { floats, random, uniform } from '../support/random';
import { detached, NO_FLOATS, NO_OPTION_FLOATS, thrownBy } from '../support/refusals';

test('the example of the documentation', () => {
  const quality = objectnessQuality(floats(0.75, 0.25, 0.5, 0), floats(1, 0, 0, 0), { top: 2 });
  expect(quality).toEqual({ pos_obj: 0.75, neg_obj: 0.375 });
});

test('the 50 highest by default', () => {
  const pred = Float32Array.from({ length: 200 }, (_, i) => ((i * 7) % 200) / 256);
  const target = new Float32Array(200);
  // 150 to 199, over 256.
  expect(objectnessQuality(pred, target).neg_obj).toBe(174.5 / 256);
});

test('objects are where the target is above 0, and count alike', () => {
  const quality = objectnessQuality(floats(0.5, 1, 0.25), floats(0.001, 1, 0), {});
  expect(quality).toEqual({ pos_obj: 0.75, neg_obj: 0.25 });
});

test.each([
  ['no rows', floats(), floats(), { pos_obj: 0, neg_obj: 0 }],
  ['no objects', floats(0.5, 0.25), floats(0, -0), { pos_obj: 0, neg_obj: 0.375 }],
  ['nothing but objects', floats(0.5, 0.25), floats(1, 1), { pos_obj: 0.375, neg_obj: 0 }],
])('%s', (_, pred, target, expected) => {
  expect(objectnessQuality(pred, target)).toEqual(expected);
});

test('a side whose rows have no weight is absent', () => {
  const weight = floats(0, 1);
  expect(objectnessQuality(floats(0.5, 0.25), floats(1, 0), { weight }).pos_obj).toBe(0);
  expect(objectnessQuality(floats(0.5, 0.25), floats(0, 1), { weight }).neg_obj).toBe(0);
});

test('rows without weight take no part, whatever they hold', () => {
  const pred = floats(0.5, NaN, 0.75, NaN, 0.25, Infinity, 0.125);
  const target = floats(1, 1, 0, 0, 1, NaN, -1);
  const weight = floats(1, 0, 2, -0, 0.5, 0, 0);
  expect(objectnessQuality(pred, target, { weight })).toEqual({ pos_obj: 0.375, neg_obj: 0.75 });
});

test('NaN and Infinity stay on their side', () => {
  const target = floats(1, 1, 0, 0, 0);
  const dirty = objectnessQuality(floats(0.5, NaN, 0.5, 0.25, 1), target, { top: 2 });
  expect(dirty).toEqual({ pos_obj: NaN, neg_obj: 0.75 });
  for (const pred of [floats(0.5, 1, NaN, 1, 1), floats(0.5, 1, 1, 1, NaN)]) {
    expect(objectnessQuality(pred, target, { top: 1 })).toEqual({ pos_obj: 0.75, neg_obj: NaN });
  }
  const infinite = objectnessQuality(floats(0.5, 1, -Infinity, 0.5, -Infinity), target, { top: 2 });
  expect(infinite).toEqual({ pos_obj: 0.75, neg_obj: -Infinity });
});

test('a top that is beyond all rows', () => {
  const options = { top: Number.MAX_SAFE_INTEGER };
  expect(objectnessQuality(floats(0.5, 0.25), floats(0, 0), options).neg_obj).toBe(0.375);
});

test('agrees with sorting', () => {
  const number = fc.oneof(
    fc.float({ min: -1, max: 1, noNaN: true }),
    fc.constantFrom(0, -0, 0.5, 1),
  );
  const row = fc.record({ pred: number, target: fc.nat(2), weight: fc.nat(2) });
  const rows = fc.array(row, { maxLength: 200 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 40 }), (all, top) => {
      const column = (name: 'pred' | 'target' | 'weight') =>
        Float32Array.from(all, (one) => one[name]);
      const evaluated = all.filter(({ weight }) => weight !== 0);
      const mean = (numbers: number[]) =>
        numbers.length && numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
      const side = (holds: (target: number) => boolean) =>
        evaluated.filter(({ target }) => holds(target)).map(({ pred }) => pred);
      const highest = side((target) => target === 0).sort((a, b) => b - a);
      const options = { top, weight: column('weight') };
      const quality = objectnessQuality(column('pred'), column('target'), options);
      const expected = [mean(side((target) => target > 0)), mean(highest.slice(0, top))];
      expectClose([quality.pos_obj, quality.neg_obj], expected, 1e-12);
    }),
    { numRuns: 300 },
  );
});

test('rising, falling and equal predictions', () => {
  for (const count of [1, 49, 50, 51, 99, 100, 101, 1000]) {
    const target = new Float32Array(count);
    const rising = Float32Array.from({ length: count }, (_, i) => i / 1024);
    const taken = Math.min(50, count);
    const expected = (count - 1 - (taken - 1) / 2) / 1024;
    expect(objectnessQuality(rising, target).neg_obj).toBe(expected);
    expect(objectnessQuality(rising.slice().reverse(), target).neg_obj).toBe(expected);
    expect(objectnessQuality(target.slice().fill(0.5), target).neg_obj).toBe(0.5);
  }
});

test('the inputs stay as they are', () => {
  const [pred, target] = [uniform(random(3), 500), new Float32Array(500)];
  const before = pred.slice();
  objectnessQuality(pred, target, { top: 10 });
  expect(pred).toEqual(before);
});

describe('errors', () => {
  const thrown = (...args: unknown[]) =>
    thrownBy(() =>
      objectnessQuality(...(args as [Float32Array, Float32Array, ObjectnessQualityOptions])),
    ).replace('objectnessQuality: ', '');
  const row = () => floats(0.5, 0);

  test('of the arrays', () => {
    for (const [value, words] of NO_FLOATS) {
      const expected = `to be a Float32Array, got ${words}`;
      expect(thrown(value, row())).toBe(`TypeError: expected pred ${expected}`);
      expect(thrown(row(), value)).toBe(`TypeError: expected target ${expected}`);
    }
    for (const [value, words] of NO_OPTION_FLOATS) {
      expect(thrown(row(), row(), { weight: value })).toBe(
        `TypeError: expected weight to be a Float32Array, got ${words}`,
      );
    }
    expect(thrown(detached(), floats())).toBe(
      'TypeError: expected pred to have memory, got a detached array',
    );
    expect(thrown(row(), floats(1))).toBe(
      'RangeError: expected target.length to equal pred.length (2), got 1',
    );
    expect(thrown(row(), row(), { weight: floats(1) })).toBe(
      'RangeError: expected weight.length to equal pred.length (2), got 1',
    );
  });

  test('of a target', () => {
    for (const value of [NaN, -1]) {
      expect(thrown(row(), floats(0, value))).toBe(
        `RangeError: expected target[1] to be at least 0, got ${value}`,
      );
    }
  });

  test('of the options', () => {
    for (const top of [0, -1, 1.5, NaN, Infinity]) {
      expect(thrown(row(), row(), { top })).toBe(
        `RangeError: expected top to be a whole number of at least 1, got ${top}`,
      );
    }
    expect(thrown(row(), row(), { top: '50' })).toBe(
      "TypeError: expected top to be a number, got '50'",
    );
    expect(thrown(row(), row(), { tops: 3 })).toBe(
      "TypeError: unknown option 'tops', did you mean 'top'?",
    );
    expect(thrown(row(), row(), null)).toBe(
      'TypeError: expected options to be an object, got null',
    );
  });
});
