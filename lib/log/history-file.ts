import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { checkNumber } from '../check';
import { wrongKind, wrongValue } from '../words';
import { checkColumns, type Columns } from './columns';
import { EPOCH, formatHistory, parseHistory, VALIDATION, type HistoryRow } from './history-csv';

export type { HistoryRow };

/**
 * The history of a training run in a CSV file, one row per epoch: `epoch`, the columns of the
 * training data, and the same of the validation data with `val_` before their names.
 *
 * The file is written whole and put in the old one's place: whatever happens in the middle of
 * {@link save}, it has all the rows of before or all of after (a process killed in that moment
 * leaves its unfinished copy beside it). A run that is resumed goes on with the same file.
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

  /**
   * @param file The file's path. Neither the file nor its folder has to exist yet.
   * @throws TypeError where the path is not a string, RangeError where it is empty.
   */
  constructor(file: string) {
    if (typeof file !== 'string') throw wrongKind('HistoryFile', 'path', 'a string', file);
    if (file === '') throw wrongValue('HistoryFile', 'path not to be empty', file);
    this.path = path.resolve(file);
  }

  /**
   * Adds an epoch's row, or replaces the one there is. The rows are in the order of the epochs.
   *
   * @param epoch A whole number of at least 0.
   * @param train The numbers of the training data, such as `EpochLog`'s summary.
   * @param validation Those of the validation data, where there are any.
   * @throws TypeError where a value is not a number; RangeError where the epoch is wrong, or a
   * column's name empty, `epoch` or one that begins with `val_` in `train`; the errors of
   * {@link read}. The file is as before then.
   *
   * @edges
   * A column that is new is added after the others of its kind; cells without a number are empty.
   * NaN, Infinity and −0 are written as such.
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
    const history = this.parse();
    const rows = history.rows.filter((other) => other.epoch !== epoch);
    const text = formatHistory({ ...history, rows: [...rows, row] });
    mkdirSync(path.dirname(this.path), { recursive: true });
    writeFileAtomic.sync(this.path, text);
  }

  /**
   * The rows of the file, in the order of the epochs, with the very numbers that were saved. No
   * rows where there is no file.
   *
   * @throws Error where the file is not such a history: it names the file, the line and what is
   * wrong there.
   */
  read(): HistoryRow[] {
    return this.parse().rows;
  }

  private parse() {
    let text = '';
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return parseHistory(text, this.path);
  }
}

function checkNames(where: string, name: string, value: unknown): [string, number][] {
  const columns = checkColumns(where, name, value);
  for (const [column] of columns) {
    if (column === '') throw wrongValue(where, `columns of ${name} to have names`, column);
    if (name === 'train' && (column === EPOCH || column.startsWith(VALIDATION))) {
      const rule = `no column of train to be '${EPOCH}' or to begin with '${VALIDATION}'`;
      throw wrongValue(where, rule, column);
    }
  }
  return columns;
}
