import fc from 'fast-check';
import { EpochLog } from '../../lib/log';
import { thrownBy } from '../support/refusals';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A log with one batch of each of the values. */
function logOf(...batches: Record<string, number>[]): EpochLog {
  const log = new EpochLog();
  for (const values of batches) log.append(values);
  return log;
}

test('the mean of every column', () => {
  const log = logOf({ total_loss: 3, ciou: 0.5 }, { total_loss: 2, ciou: 0.25 });
  expect(log.summary()).toEqual({ total_loss: 2.5, ciou: 0.375, time_m: 0 });
});

test('the columns keep their order, time_m is last', () => {
  const columns = ['total_loss', 'ciou', 'object', 'category', 'pos_obj', 'neg_obj'];
  const batch = Object.fromEntries(columns.map((name, k) => [name, k]));
  const reversed = Object.fromEntries(Object.entries(batch).reverse());
  expect(Object.keys(logOf(batch, reversed).summary())).toEqual([...columns, 'time_m']);
  expect(logOf(batch, reversed).summary()).toEqual({ ...batch, time_m: 0 });
});

test('time_m are the minutes since the log was made, up to the summary', () => {
  const log = new EpochLog();
  jest.advanceTimersByTime(30_000);
  log.append({ loss: 1 });
  jest.advanceTimersByTime(60_000);
  expect(log.summary()).toEqual({ loss: 1, time_m: 1.5 });
  jest.advanceTimersByTime(15_000);
  expect(log.summary()).toEqual({ loss: 1, time_m: 1.75 });
});

test('time_m does not follow the clock on the wall', () => {
  const log = logOf({ loss: 1 });
  jest.setSystemTime(Date.now() - 3_600_000);
  expect(log.summary().time_m).toBe(0);
});

test('before the first batch there is the time alone', () => {
  expect(new EpochLog().summary()).toEqual({ time_m: 0 });
});

test('the summary is of the batches so far', () => {
  const log = logOf({ loss: 1 });
  const first = log.summary();
  log.append({ loss: 3 });
  expect(first.loss).toBe(1);
  expect(log.summary().loss).toBe(2);
});

test('batches are copied', () => {
  const batch = { loss: 1 };
  const log = logOf(batch);
  batch.loss = 100;
  expect(log.summary().loss).toBe(1);
});

test('NaN and Infinity stay in their columns', () => {
  const log = logOf({ a: NaN, b: Infinity, c: 1 }, { a: 1, b: 1, c: 1 });
  expect(log.summary()).toEqual({ a: NaN, b: Infinity, c: 1, time_m: 0 });
});

test('any name can be a column, those of an object among them', () => {
  const batch = JSON.parse('{ "__proto__": 1, "toString": 2, "constructor": 3, "": 4 }');
  const { time_m, ...means } = logOf(batch, batch).summary();
  expect(time_m).toBe(0);
  expect(Object.entries(means)).toEqual(Object.entries(batch));
});

test('the means of any batches', () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const batches = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(batches, (rows) => {
      const mean = logOf(...rows.map(([a, b]) => ({ a, b }))).summary();
      const expected = (k: 0 | 1) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length;
      expect(mean).toEqual({ a: expected(0), b: expected(1), time_m: 0 });
    }),
  );
});

describe('errors', () => {
  const error = (log: EpochLog, values: unknown) =>
    thrownBy(() => log.append(values as Record<string, number>));

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    ['loss', "'loss'"],
    [[1, 2], 'Array'],
    [() => 1, 'a function'],
  ])('of a batch that is no object: %p', (values, words) => {
    expect(error(new EpochLog(), values)).toBe(
      `TypeError: EpochLog.append: expected values to be an object, got ${words}`,
    );
  });

  test.each([
    ['3', "'3'"],
    [undefined, 'undefined'],
    [null, 'null'],
    [3n, '3'],
    [true, 'true'],
    [{ loss: 3 }, 'Object'],
  ])('of a value that is no number: %p', (value, words) => {
    expect(error(new EpochLog(), { ciou: 1, object: value })).toBe(
      `TypeError: EpochLog.append: expected column 'object' of values to be a number, got ${words}`,
    );
  });

  test('of a batch without columns', () => {
    expect(error(new EpochLog(), {})).toBe(
      'RangeError: EpochLog.append: expected the number of columns to be at least 1, got 0',
    );
  });

  test('of a column called time_m', () => {
    expect(error(new EpochLog(), { loss: 1, time_m: 2 })).toBe(
      "RangeError: EpochLog.append: expected no column 'time_m', which summary() adds, got 'time_m'",
    );
  });

  test('of columns other than those of the first batch', () => {
    const log = logOf({ total_loss: 1, ciou: 2, object: 3 });
    expect(error(log, { total_loss: 1, cuio: 2, object: 3 })).toBe(
      "TypeError: EpochLog.append: unknown column 'cuio', not among those of the first batch, " +
        "did you mean 'ciou'?",
    );
    expect(error(log, { total_loss: 1, object: 3 })).toBe(
      "TypeError: EpochLog.append: expected column 'ciou', which the first batch had, got none",
    );
    expect(error(log, { total_loss: 1, ciou: 2, object: 3, category: 4 })).toContain('category');
    expect(error(log, {})).toContain('at least 1');
    expect(log.summary()).toEqual({ total_loss: 1, ciou: 2, object: 3, time_m: 0 });
  });

  test('after which the log goes on as if nothing had been appended', () => {
    const log = logOf({ a: 1, b: 1 });
    error(log, { a: 100, b: 'b' });
    error(log, { a: 100, c: 100 });
    error(log, { a: 100 });
    log.append({ a: 3, b: 2 });
    expect(log.summary()).toEqual({ a: 2, b: 1.5, time_m: 0 });
    const fresh = new EpochLog();
    error(fresh, { a: 1, time_m: 1 });
    fresh.append({ other: 1 });
    expect(fresh.summary()).toEqual({ other: 1, time_m: 0 });
  });
});
