import { closest } from 'fastest-levenshtein';
import { wrongValue } from '../words';
import { checkColumns, type Columns } from './columns';

const TIME = 'time_m';

/**
 * The means of one epoch's batches: every number appended under a name, averaged, and the minutes
 * the epoch took.
 *
 * The names are free. A run of YOLO v3 has the columns
 *
 * | column | of a batch |
 * | --- | --- |
 * | `total_loss` | the loss that is minimized, with the weights of its parts |
 * | `ciou`, `object`, `category` | its parts, without weights: `box`, `objectness` and `category` of `yoloV3.loss` |
 * | `pos_obj` | the mean predicted objectness where there is an object |
 * | `neg_obj` | the mean of the 50 highest where there is none; both of `objectnessQuality` |
 * | `time_m` | added by {@link summary}: minutes |
 *
 * Make a new log for every epoch.
 *
 * @example
 * const log = new EpochLog();
 * log.append({ total_loss: 3, ciou: 0.5 });
 * log.append({ total_loss: 2, ciou: 0.25 });
 * log.summary(); // { total_loss: 2.5, ciou: 0.375, time_m: … }
 */
export class EpochLog {
  private readonly start = performance.now();
  private readonly sums = new Map<string, number>();
  private batches = 0;

  /**
   * Adds one batch.
   *
   * @param values The batch's number for each column. The first batch decides the columns.
   * @throws TypeError where a value is not a number, a column is missing or a column is new;
   * RangeError where there is no column, or one called `time_m`. Nothing has been added then.
   *
   * @edges
   * NaN and Infinity are numbers: the mean tells of them.
   */
  append(values: Columns): void {
    const where = 'EpochLog.append';
    const columns = checkColumns(where, 'values', values);
    if (columns.length === 0) {
      throw wrongValue(where, 'the number of columns to be at least 1', 0);
    }
    if (columns.some(([name]) => name === TIME)) {
      throw wrongValue(where, `no column '${TIME}', which summary() adds`, TIME);
    }
    if (this.batches > 0) this.checkSameColumns(where, columns);
    for (const [name, value] of columns) this.sums.set(name, (this.sums.get(name) ?? 0) + value);
    this.batches++;
  }

  /**
   * The mean of every column over the batches so far, in the order of the first batch, and last
   * `time_m`, the minutes since the log was made. Before the first batch, `time_m` alone.
   */
  summary(): Record<string, number> {
    const means = [...this.sums].map(([name, sum]) => [name, sum / this.batches] as const);
    const minutes = (performance.now() - this.start) / 60_000;
    return Object.fromEntries([...means, [TIME, minutes]]);
  }

  private checkSameColumns(where: string, columns: [name: string, value: number][]): void {
    const given = new Set(columns.map(([name]) => name));
    const known = [...this.sums.keys()];
    const unknown = columns.find(([name]) => !this.sums.has(name))?.[0];
    if (unknown !== undefined) {
      throw new TypeError(
        `${where}: unknown column '${unknown}', not among those of the first batch, ` +
          `did you mean '${closest(unknown, known)}'?`,
      );
    }
    const missing = known.find((name) => !given.has(name));
    if (missing !== undefined) {
      throw new TypeError(
        `${where}: expected column '${missing}', which the first batch had, got none`,
      );
    }
  }
}
