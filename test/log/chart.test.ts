import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { historyChart, type HistoryRow } from '../../lib/log';

const SCRIPT = path.join(__dirname, '..', 'support', 'draw-history.ts');

/** The chart, drawn in a process of its own: vega is an ES module, which jest does not load. */
function chartOf(rows: HistoryRow[]): string {
  const args = ['--import', 'tsx', SCRIPT, JSON.stringify(rows)];
  return execFileSync(process.execPath, args, { encoding: 'utf8' });
}

const count = (svg: string, pattern: RegExp) => [...svg.matchAll(pattern)].length;
const LINE =
  /<path aria-label="[^"]*" role="graphics-symbol" aria-roledescription="line mark" d="([^"]*)"/g;

const train = { total_loss: 1, ciou: 0.5, pos_obj: 0.1 };
const none: HistoryRow['validation'] = {};
const rows: HistoryRow[] = [1, 2, 3, 4].map((epoch) => ({
  epoch,
  train: { ...train, ciou: epoch === 2 ? NaN : 1 / epoch },
  validation: epoch % 2 ? none : { total_loss: 2 },
}));

describe('the chart', () => {
  const svg = chartOf(rows);

  test('is an SVG', () => {
    expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(svg).not.toContain('NaN');
  });

  test('has a panel for each column, in their order, and the names of the curves', () => {
    const texts = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, words]) => words);
    const titles = texts.filter((words) => words in train);
    expect(titles).toEqual(['total_loss', 'ciou', 'pos_obj']);
    expect(texts).toEqual(expect.arrayContaining(['epoch', 'train', 'validation']));
  });

  test('has a curve for training and one for validation, where there are numbers', () => {
    const curves = [...svg.matchAll(LINE)].map(([, curve]) => curve);
    expect(curves).toHaveLength(4);
    const moves = curves.map((curve) => count(curve, /M/g));
    // NaN breaks one curve; the epochs without validation break none.
    expect(moves.sort()).toEqual([1, 1, 1, 2]);
    expect(count(svg, /stroke="#2563eb"/g)).toBeGreaterThanOrEqual(3);
    expect(count(svg, /stroke="#ea580c"/g)).toBeGreaterThanOrEqual(1);
  });
});

test('one epoch, and names that are no plain words', () => {
  const names = { 'a.b': 1, "it's": 2, '[0]': 3, '<b>': 4 };
  const svg = chartOf([{ epoch: 5, train: names, validation: {} }]);
  for (const name of ['a.b', "it's", '[0]', '&lt;b&gt;']) expect(svg).toContain(`>${name}</text>`);
  expect(count(svg, /aria-roledescription="point"/g)).toBe(4);
});

test.each(['train', 'validation'] as const)(
  'the legend has no series but %s, which is alone',
  (one) => {
    const numbers = { train: {}, validation: {}, [one]: { loss: 1 } };
    const svg = chartOf([{ epoch: 1, ...numbers }]);
    expect(svg).toContain(`>${one}</text>`);
    expect(svg).not.toContain(`>${one === 'train' ? 'validation' : 'train'}</text>`);
    const [own, other] = ['#2563eb', '#ea580c'].sort(() => (one === 'train' ? 0 : -1));
    expect(svg).toContain(`stroke="${own}"`);
    expect(svg).not.toContain(other);
  },
);

test('names and numbers of any length stay within the panels', () => {
  const name = 'a_name_of_many_letters_in_one_word'.repeat(2);
  const numbers = { loss: 1, [name]: 123456789 };
  const svg = chartOf([
    { epoch: 1, train: numbers, validation: {} },
    { epoch: 100_000, train: numbers, validation: {} },
  ]);
  const [width] = /<svg [^>]*width="(\d+)"/.exec(svg)!.slice(1).map(Number);
  expect(width).toBeLessThan(900);
  expect(svg).toMatch(/^<svg style="max-width: 100%; height: auto" /);
  const lines = svg.match(/<tspan[^>]*>[^<]*<\/tspan>/g)!.map((one) => one.replace(/<[^>]*>/g, ''));
  expect(lines.join('')).toBe(name);
});

describe('errors', () => {
  const rejection = (value: unknown) =>
    historyChart(value as HistoryRow[]).then(() => 'nothing', String);
  const row = { epoch: 1, train: { loss: 1 }, validation: {} };

  test.each([
    [undefined, 'TypeError: historyChart: expected rows to be an array, got undefined'],
    ['h.csv', "TypeError: historyChart: expected rows to be an array, got 'h.csv'"],
    [[], 'RangeError: historyChart: expected the count of numbers in rows to be at least 1, got 0'],
    [
      [{ epoch: 1, train: {}, validation: {} }],
      'RangeError: historyChart: expected the count of numbers in rows to be at least 1, got 0',
    ],
    [[row, null], 'TypeError: historyChart: expected rows[1] to be an object, got null'],
    [
      [{ ...row, epoch: '1' }],
      "TypeError: historyChart: expected rows[0].epoch to be a number, got '1'",
    ],
    [
      [{ ...row, validation: undefined }],
      'TypeError: historyChart: expected rows[0].validation to be an object, got undefined',
    ],
    [
      [{ ...row, train: { loss: 'low' } }],
      "TypeError: historyChart: expected column 'loss' of rows[0].train to be a number, got 'low'",
    ],
  ])('of %j', async (value, message) => expect(await rejection(value)).toBe(message));

  describe('where the packages', () => {
    const failing = (code: string) => () => {
      throw Object.assign(new Error('from the loader'), { code });
    };
    beforeEach(() => jest.resetModules());

    test.each(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'])(
      'are not installed: %s',
      async (code) => {
        jest.doMock('vega', failing(code));
        expect(await rejection([row])).toBe(
          'Error: historyChart: needs the packages vega and vega-lite: npm install vega vega-lite',
        );
      },
    );

    test('cannot be loaded', async () => {
      jest.doMock('vega', failing('ERR_INVALID_PACKAGE_CONFIG'));
      expect(await rejection([row])).toBe('Error: from the loader');
    });
  });
});
