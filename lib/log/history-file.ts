import path from 'node:path';
import { checkNumber, choose } from '../check';
import { checkSettings } from '../options';
import { wrongKind, wrongValue } from '../words';
import { checkColumns, type Columns } from './columns';
import {
  EPOCH,
  formatHistory,
  parseHistory,
  VALIDATION,
  withoutRows,
  type History,
  type HistoryRow,
} from './history-csv';
import { readText } from './regular-file';
import { updateFile } from './update-file';

export type { HistoryRow };

const LATER_ROWS = ['keep', 'drop', 'refuse'] as const;

/** Options of {@link HistoryFile}. */
export interface HistoryFileOptions {
  /**
   * What {@link HistoryFile.save} does with rows of later epochs that another object has saved,
   * mostly that of a run before. `'keep'` replaces the epoch's row alone. `'drop'` removes them, for
   * a run that goes on from an earlier epoch, or starts anew. `'refuse'` throws where an epoch that is
   * there is saved again, so that the rows of two runs are never mixed. Default `'keep'`.
   */
  laterRows?: (typeof LATER_ROWS)[number];
}

/**
 * The history of a training run in a CSV file, one row per epoch: `epoch`, the columns of the
 * training data, and the same of the validation data with `val_` before their names.
 *
 * The file is written whole and put in the old one's place: whatever happens in the middle of
 * {@link save}, on a full disk too, it has all the rows of before or all of after. Processes and
 * threads that save into one file at the same time wait for one another, in `<file>.lock` beside
 * it; what a killed one leaves there the next save removes.
 *
 * @example
 * const history = new HistoryFile('run/history.csv');
 * history.save(1, { total_loss: 2.5, ciou: 0.375 }, { total_loss: 3, ciou: 0.5 });
 * // The file: epoch,total_loss,ciou,val_total_loss,val_ciou
 * //           1,2.5,0.375,3,0.5
 * history.read().length; // 1
 */
export class HistoryFile {
  /** The file, as an absolute path. */
  readonly path: string;
  private readonly laterRows: (typeof LATER_ROWS)[number];
  /** The epochs that this object has saved. */
  private readonly saved = new Set<number>();

  /**
   * @param file The file's path. Neither the file nor its folder has to exist yet.
   * @param options See {@link HistoryFileOptions}: `laterRows` (default `'keep'`).
   * @throws TypeError where the path is not a string or an option is unknown, RangeError where the
   * path is empty or the option is none of its values.
   */
  constructor(file: string, options: HistoryFileOptions = {}) {
    const where = 'HistoryFile';
    if (typeof file !== 'string') throw wrongKind(where, 'path', 'a string', file);
    if (file === '') throw wrongValue(where, 'path not to be empty', file);
    const { laterRows } = checkSettings(where, options, ['laterRows']);
    this.path = path.resolve(file);
    this.laterRows = LATER_ROWS[choose(where, 'laterRows', laterRows, LATER_ROWS)];
  }

  /**
   * Adds an epoch's row, or replaces the one there is. The rows are in the order of the epochs.
   *
   * @param epoch A whole number of at least 0.
   * @param train The numbers of the training data, such as `EpochLog`'s summary.
   * @param validation Those of the validation data, where there are any.
   * @throws TypeError where a value is not a number; RangeError where the epoch is wrong, or a
   * column's name is empty, holds half a surrogate pair, or in `train` is `epoch` or begins with
   * `val_`; Error where `laterRows` refuses the epoch, where the file is not a regular one, and
   * where others have kept it from its turn for two minutes; the errors of {@link read} and of the
   * file system. The file is as before then.
   *
   * @edges
   * A column that is new is added after the others of its kind; cells without a number are empty.
   * NaN, Infinity and −0 are written as such. A name that a spreadsheet would take for a formula,
   * such as `=SUM(A1)` or `@0.5`, is written with `'` before it, and read without.
   *
   * A link to a file is followed; of a hard link the other names keep the rows of before. The new
   * file has the old one's permissions. One that was deleted begins anew.
   */
  save(epoch: number, train: Columns, validation: Columns = {}): void {
    const where = 'HistoryFile.save';
    const isEpoch = (value: number) => Number.isSafeInteger(value) && value >= 0;
    checkNumber(where, 'epoch', epoch, 'a whole number of at least 0', isEpoch);
    const row = {
      epoch,
      train: Object.fromEntries(checkNames(where, 'train', train)),
      validation: Object.fromEntries(checkNames(where, 'validation', validation)),
    };
    updateFile(this.path, (text) => {
      const history = this.before(epoch, parseHistory(text, this.path));
      const others = history.rows.filter((other) => other.epoch !== epoch);
      return formatHistory({ ...history, rows: [...others, row] });
    });
    this.saved.add(epoch);
  }

  /**
   * The rows of the file, in the order of the epochs, with the very numbers that were saved. No
   * rows where there is no file.
   *
   * @throws Error where the file is not such a history: it names the file, the line and what is
   * wrong there.
   */
  read(): HistoryRow[] {
    return parseHistory(readText(this.path), this.path).rows;
  }

  /** The history that an epoch's row comes to, by the option `laterRows`. */
  private before(epoch: number, history: History): History {
    const others = history.rows.filter((row) => row.epoch >= epoch && !this.saved.has(row.epoch));
    if (this.laterRows === 'keep' || others.length === 0) return history;
    if (this.laterRows === 'drop') return withoutRows(history, others);
    const later = others.filter((row) => row.epoch > epoch);
    if (later.length === 0 || !history.rows.some((row) => row.epoch === epoch)) return history;
    const [first, last] = [later[0], later[later.length - 1]].map((row) => row.epoch);
    throw new Error(
      `HistoryFile.save: ${this.path}: expected no later rows of another run where epoch ${epoch} ` +
        `is saved again, got epochs ${first} to ${last}; for a new run take another file, and to ` +
        `go on from here new HistoryFile(path, { laterRows: 'drop' })`,
    );
  }
}

function checkNames(where: string, name: string, value: unknown): [string, number][] {
  const columns = checkColumns(where, name, value);
  for (const [column] of columns) {
    if (column === '') throw wrongValue(where, `columns of ${name} to have names`, column);
    if (/\p{Surrogate}/u.test(column)) {
      // UTF-8 has no bytes for one: two such names would be the same in the file.
      throw wrongValue(where, `columns of ${name} to have no half of a surrogate pair`, column);
    }
    if (name === 'train' && (column === EPOCH || column.startsWith(VALIDATION))) {
      const rule = `no column of train to be '${EPOCH}' or to begin with '${VALIDATION}'`;
      throw wrongValue(where, rule, column);
    }
  }
  return columns;
}
