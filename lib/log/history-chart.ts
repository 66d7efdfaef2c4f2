import type { TopLevelSpec } from 'vega-lite' with { 'resolution-mode': 'import' };
import { checkNumber } from '../check';
import { wrongKind, wrongValue } from '../words';
import { checkColumns } from './columns';
import type { HistoryRow } from './history-csv';

/** The size of a panel, and how many letters of a name go beside one another above it. */
const [WIDTH, HEIGHT, LETTERS] = [220, 140, 20];

const COLOURS = { train: '#2563eb', validation: '#ea580c' } as const;

interface Point {
  epoch: number;
  column: string;
  data: keyof typeof COLOURS;
  /** `null` breaks the curve. */
  value: number | null;
}

/**
 * A chart of a training run: one panel for each column, with the curves of the training and of the
 * validation data over the epochs.
 *
 * @param rows The rows of a history, as `HistoryFile.read` returns them.
 * @returns The text of an SVG file.
 * @throws TypeError where the rows are of the wrong kind, RangeError where they hold no number;
 * Error where the packages `vega` and `vega-lite` are not installed, which only this function
 * needs: `npm install vega vega-lite`. All of them reject the promise.
 *
 * @edges
 * A curve has a gap where its number is NaN or infinite, and passes over epochs without a number.
 *
 * @example
 * const history = new HistoryFile('run/history.csv');
 * history.save(1, { total_loss: 2.5 }, { total_loss: 3 });
 * history.save(2, { total_loss: 1.5 }, { total_loss: 2 });
 * const svg = await historyChart(history.read());
 * svg.slice(0, 4); // '<svg'
 */
export async function historyChart(rows: readonly HistoryRow[]): Promise<string> {
  const where = 'historyChart';
  if (!Array.isArray(rows)) throw wrongKind(where, 'rows', 'an array', rows);
  const points = rows.flatMap((row, i) => pointsOf(where, `rows[${i}]`, row));
  if (points.length === 0) {
    throw wrongValue(where, 'the count of numbers in rows to be at least 1', 0);
  }
  const { vega, vegaLite } = await loadVega(where);
  const { spec } = vegaLite.compile(chartOf(points));
  const view = new vega.View(vega.parse(spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  // In a narrow page it shrinks.
  return `${svg.replace('<svg ', '<svg style="max-width: 100%; height: auto" ')}\n`;
}

/** The two packages, which are ES modules and may not be there. */
async function loadVega(where: string) {
  try {
    const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
    return { vega, vegaLite };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    const message = `${where}: needs the packages vega and vega-lite: npm install vega vega-lite`;
    throw new Error(message, { cause });
  }
}

function pointsOf(where: string, name: string, row: unknown): Point[] {
  if (typeof row !== 'object' || row === null) throw wrongKind(where, name, 'an object', row);
  const { epoch, train, validation } = row as HistoryRow;
  checkNumber(where, `${name}.epoch`, epoch, 'a finite number', () => true);
  const curves = [
    ['train', checkColumns(where, `${name}.train`, train)],
    ['validation', checkColumns(where, `${name}.validation`, validation)],
  ] as const;
  return curves.flatMap(([data, columns]) =>
    columns.map(([column, number]) => {
      const value = Number.isFinite(number) ? number : null;
      return { epoch, column, data, value };
    }),
  );
}

/** A name in lines of the panel's width. */
function linesOf(name: string): string[] {
  const letters = [...name];
  const count = Math.max(Math.ceil(letters.length / LETTERS), 1);
  return Array.from({ length: count }, (_, k) =>
    letters.slice(k * LETTERS, (k + 1) * LETTERS).join(''),
  );
}

function chartOf(points: Point[]): TopLevelSpec {
  const columns = [...new Set(points.map(({ column }) => column))];
  const series = (['train', 'validation'] as const).filter((one) =>
    points.some(({ data }) => data === one),
  );
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 16,
    data: { values: points },
    columns: Math.min(columns.length, 3),
    concat: columns.map((column) => ({
      title: { text: linesOf(column), limit: WIDTH },
      width: WIDTH,
      height: HEIGHT,
      transform: [{ filter: { field: 'column', equal: column } }],
      mark: { type: 'line', point: { size: 12 } },
      encoding: {
        x: {
          field: 'epoch',
          type: 'quantitative',
          axis: { tickMinStep: 1, labelFlush: false, labelOverlap: true },
          scale: { zero: false, nice: false },
        },
        y: { field: 'value', type: 'quantitative', title: null, scale: { zero: false } },
        color: {
          field: 'data',
          type: 'nominal',
          title: null,
          scale: { domain: series, range: series.map((one) => COLOURS[one]) },
        },
      },
    })),
  };
}
