/**
 * The text of a history file.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** The numbers of one epoch. */
export interface HistoryRow {
  /** A whole number of at least 0. */
  epoch: number;
  /** Of the training data. */
  train: Record<string, number>;
  /** Of the validation data; empty where there were none. */
  validation: Record<string, number>;
}

/** The rows of a file, and its columns, which may all be empty. */
export interface History {
  trainColumns: readonly string[];
  validationColumns: readonly string[];
  rows: HistoryRow[];
}

export const EPOCH = 'epoch';
/** What the names of validation columns begin with in a file. */
export const VALIDATION = 'val_';

const NUMBER = /^(NaN|[+-]?(Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?))$/;

/**
 * Where a spreadsheet may begin a cell, and what it may take for a formula there; it may split the
 * line at another character than the comma, and not see the quotes then. A `'` makes it text.
 */
const [START, FORMULA] = ['(?<=^|[;,|"\\t\\r\\n])', "(?='*[=+\\-@＝＋－＠\\t\\r\\n])"];
const FORMULA_START = new RegExp(START + FORMULA, 'g');
const QUOTED_FORMULA_START = new RegExp(`${START}'${FORMULA}`, 'g');

/** A history without some of its rows, nor the columns that only these have. */
export function withoutRows(history: History, dropped: readonly HistoryRow[]): History {
  const rows = history.rows.filter((row) => !dropped.includes(row));
  const left = (names: readonly string[], part: 'train' | 'validation') =>
    names.filter((name) => rows.some((row) => Object.hasOwn(row[part], name)));
  return {
    trainColumns: left(history.trainColumns, 'train'),
    validationColumns: left(history.validationColumns, 'validation'),
    rows,
  };
}

/** The text of a history, with the columns that its rows have beside the given ones. */
export function formatHistory(history: History): string {
  const rows = [...history.rows].sort((a, b) => a.epoch - b.epoch);
  const columnsOf = (known: readonly string[], part: 'train' | 'validation') => [
    ...new Set([...known, ...rows.flatMap((row) => Object.keys(row[part]))]),
  ];
  const trainColumns = columnsOf(history.trainColumns, 'train');
  const validationColumns = columnsOf(history.validationColumns, 'validation');
  const header = [EPOCH, ...trainColumns, ...validationColumns.map((name) => VALIDATION + name)];
  const cells = rows.map(({ epoch, train, validation }) => [
    String(epoch),
    ...trainColumns.map((name) => cellOf(train, name)),
    ...validationColumns.map((name) => cellOf(validation, name)),
  ]);
  return stringify([header.map((name) => name.replace(FORMULA_START, "'")), ...cells]);
}

/** The shortest text that reads back as the same number. */
function cellOf(numbers: Record<string, number>, name: string): string {
  if (!Object.hasOwn(numbers, name)) return '';
  return Object.is(numbers[name], -0) ? '-0' : String(numbers[name]);
}

/** The history in a text; one without any line has no rows. The errors name `file` and the line. */
export function parseHistory(text: string, file: string): History {
  const [header, ...lines] = parseLines(text, file);
  if (header === undefined) return { trainColumns: [], validationColumns: [], rows: [] };
  const names = header.cells.map((name) => name.replace(QUOTED_FORMULA_START, ''));
  checkHeader(names, (expected, got) => wrongLine(file, header.line, expected, got));
  const seen = new Set<number>();
  const rows = lines.map(({ cells, line }) => {
    const wrong = (expected: string, got: string) => wrongLine(file, line, expected, got);
    if (cells.length !== names.length) {
      throw wrong(`${names.length} cells, one for each column`, String(cells.length));
    }
    const row = rowOf(names, cells, wrong);
    if (seen.has(row.epoch)) throw wrong('an epoch that no line before has', cells[0]);
    seen.add(row.epoch);
    return row;
  });
  rows.sort((a, b) => a.epoch - b.epoch);
  return {
    trainColumns: names.slice(1).filter((name) => !name.startsWith(VALIDATION)),
    validationColumns: names
      .filter((name) => name.startsWith(VALIDATION))
      .map((name) => name.slice(VALIDATION.length)),
    rows,
  };
}

interface Line {
  cells: string[];
  /** From 1. */
  line: number;
}

function parseLines(text: string, file: string): Line[] {
  if (text !== '' && !text.endsWith('\n')) {
    const last = text.split('\n');
    throw wrongLine(file, last.length, 'a whole line', `'${last.at(-1)}' and the file's end`);
  }
  try {
    const records = parse(text, {
      bom: true,
      info: true,
      record_delimiter: ['\n', '\r\n'],
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { lines: number };
    throw new Error(`HistoryFile: ${file}:${lines}: ${error.message}`, { cause: error });
  }
}

type Wrong = (expected: string, got: string) => Error;

function checkHeader(names: readonly string[], wrong: Wrong): void {
  if (names[0] !== EPOCH) throw wrong(`the first column to be '${EPOCH}'`, `'${names[0]}'`);
  names.forEach((name, k) => {
    if (name === '' || name === VALIDATION) throw wrong('columns to have names', `'${name}'`);
    if (names.indexOf(name) !== k) throw wrong('one column of each name', `two '${name}'`);
  });
}

function rowOf(names: readonly string[], cells: readonly string[], wrong: Wrong): HistoryRow {
  const epoch = Number(cells[0]);
  if (!/^\d+$/.test(cells[0]) || !Number.isSafeInteger(epoch)) {
    throw wrong(`a whole number in column '${EPOCH}'`, `'${cells[0]}'`);
  }
  const train: [string, number][] = [];
  const validation: [string, number][] = [];
  for (let k = 1; k < names.length; k++) {
    const [name, cell] = [names[k], cells[k]];
    if (cell === '') continue;
    if (!NUMBER.test(cell)) throw wrong(`a number in column '${name}'`, `'${cell}'`);
    if (name.startsWith(VALIDATION)) {
      validation.push([name.slice(VALIDATION.length), Number(cell)]);
    } else {
      train.push([name, Number(cell)]);
    }
  }
  return { epoch, train: Object.fromEntries(train), validation: Object.fromEntries(validation) };
}

function wrongLine(file: string, line: number, expected: string, got: string): Error {
  return new Error(`HistoryFile: ${file}:${line}: expected ${expected}, got ${got}`);
}
