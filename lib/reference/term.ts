/** The terms of a whole detector's loss, each a loss of some of the numbers of the network's output. */
import { checkLabels } from './arguments';
import type { AnyLoss } from './reduce';

/** What an object's cell or anchor is to be classified as: by `labels` or by multi-hot `categories`. */
export interface CategoryTarget {
  /** One class per row. */
  labels?: ArrayLike<number>;
  /** K numbers per row. */
  categories?: ArrayLike<number>;
}

/** A term's value, and its gradient on the way back to where its numbers came from. */
export interface Term {
  loss: number;
  /** Adds `factor` times the term's gradient to the gradient of the whole output. */
  addGradient(gradient: Float64Array, factor: number): void;
}

/** The places of the numbers 0…width−1 of each of `rows`. */
export function placesOf(
  rows: readonly number[],
  width: number,
  place: (row: number, k: number) => number,
): number[] {
  return rows.flatMap((row) => Array.from({ length: width }, (_, k) => place(row, k)));
}

/** The numbers at `places`. */
export function gather(array: ArrayLike<number>, places: readonly number[]): Float64Array {
  return Float64Array.from(places, (place) => array[place]);
}

/** The rows of `width` numbers that `rows` picks from a row-major array. */
export function gatherRows(
  array: ArrayLike<number>,
  rows: readonly number[],
  width: number,
): Float64Array {
  return gather(
    array,
    placesOf(rows, width, (row, k) => row * width + k),
  );
}

/** The labels or multi-hot targets of `rows`, as the losses of `category` take them. */
export function gatherCategories(
  where: string,
  { labels, categories }: CategoryTarget,
  rows: readonly number[],
  classes: number,
): Int32Array | Float64Array {
  if (labels) {
    const isGathered = new Set(rows);
    const weightOf = (row: number) => Number(isGathered.has(row));
    checkLabels(where, 'target.labels', labels, classes, weightOf);
    return Int32Array.from(rows, (row) => labels[row]);
  }
  return gatherRows(categories!, rows, classes);
}

/** The term `lossOf` the numbers at `places`. */
export function termOf(
  output: ArrayLike<number>,
  places: readonly number[],
  lossOf: (numbers: Float64Array) => AnyLoss,
): Term {
  const { loss, grad } = lossOf(gather(output, places));
  return {
    loss: loss!,
    addGradient(gradient, factor) {
      grad?.forEach((partial, k) => {
        gradient[places[k]] += factor * partial;
      });
    },
  };
}
