import type { Arrays, LossCase } from '../losses/table';

/** Every row's loss, and the gradient of their sum. */
export interface Rows {
  losses: Float32Array;
  grad: Float32Array;
}

export function rowsOf(loss: LossCase, arrays: Arrays, options: object = {}): Rows {
  const { losses, grad } = loss.native(arrays, { ...options, reduction: 'none', grad: true });
  return { losses: losses!, grad: grad! };
}

/** `count` typical rows of a loss. */
export function typicalRows(
  loss: LossCase,
  ...[next, count, format]: Parameters<LossCase['inputs'][string]>
): Arrays {
  return Object.values(loss.inputs)[0](next, count, format);
}

/** The arrays with `change` made to those that have numbers for every row. */
export function mapRows(arrays: Arrays, change: (array: Float32Array) => Float32Array): Arrays {
  return arrays.map((array) => (array instanceof Float32Array ? change(array) : array)) as Arrays;
}

/** The arrays with `filth` in each of the rows that `dirty` picks. */
export function spoilRows(
  arrays: Arrays,
  rows: number,
  dirty: (row: number) => boolean,
  filth = NaN,
): Arrays {
  return mapRows(arrays, (array) =>
    array.map((number, k) => (dirty(Math.floor((k * rows) / array.length)) ? filth : number)),
  );
}
