/**
 * Losses of some rows of a network's output: the rows are gathered for the kernels, which take them
 * one after another, and their gradient goes back to where they came from. A row's start is the
 * place of its first number.
 */
import { awaited, type Computed } from '../threads';
import type { AnyLoss } from '../types';

/** The starts of `rows` in an array of rows of `width` numbers. */
export function startsOf(rows: readonly number[], width: number): number[] {
  return rows.map((row) => row * width);
}

/** The `width` numbers from each of `starts` on, one row after another. */
export function gatherRows(
  from: Float32Array,
  starts: ArrayLike<number>,
  width: number,
): Float32Array {
  const rows = new Float32Array(starts.length * width);
  for (let row = 0, to = 0; row < starts.length; row++) {
    const start = starts[row];
    for (let k = 0; k < width; k++) rows[to++] = from[start + k];
  }
  return rows;
}

/** Adds `factor` times every number of `rows` to its place in `into`. */
function scatterRows(
  into: Float32Array,
  starts: ArrayLike<number>,
  width: number,
  rows: Float32Array,
  factor: number,
): void {
  for (let row = 0, from = 0; row < starts.length; row++) {
    const start = starts[row];
    for (let k = 0; k < width; k++) into[start + k] += factor * rows[from++];
  }
}

/**
 * The loss of the rows of `output` at `starts`. `lossOf` computes it, and writes its derivative to
 * the array it gets, if any; `factor` times that is added to `grad`, the whole output's. Without
 * rows the loss is 0. For {@link follow}, as the loss may be promised.
 */
export function* lossOfRows(
  output: Float32Array,
  starts: ArrayLike<number>,
  width: number,
  grad: Float32Array | undefined,
  factor: number,
  lossOf: (rows: Float32Array, grad: Float32Array | undefined) => Computed<AnyLoss>,
): Generator<unknown, number> {
  if (starts.length === 0) return 0;
  const rows = gatherRows(output, starts, width);
  const rowsGrad = grad && new Float32Array(rows.length);
  const { loss } = yield* awaited(lossOf(rows, rowsGrad));
  if (grad !== undefined) scatterRows(grad, starts, width, rowsGrad!, factor);
  return loss!;
}
