/**
 * The checks of arguments whose mistakes would become NaN in silence: arrays that end too soon, and
 * labels.
 */

type Numbers = ArrayLike<number>;

/** Numbers of a row, by the name of the array, of which the first is the prediction. */
export type Widths = Readonly<Record<string, number>>;

function lengthOf(where: string, name: string, array: unknown): number {
  const length: unknown = (array as Partial<Numbers> | null | undefined)?.length;
  if (typeof array === 'object' && typeof length === 'number') return length;
  throw new TypeError(`${where}: expected ${name} to be an array of numbers`);
}

/** Throws unless an array is that long, which `rule` words. What is beyond is not read. */
export function checkLength(
  where: string,
  name: string,
  array: unknown,
  expected: number,
  rule: string,
): void {
  const length = lengthOf(where, name, array);
  if (length >= expected) return;
  throw new RangeError(
    `${where}: expected ${name}.length to equal ${rule} (${expected}), got ${length}`,
  );
}

/** Throws unless an array is of whole rows; returns how many. */
export function checkRows(where: string, name: string, array: unknown, width: number): number {
  const length = lengthOf(where, name, array);
  if (length % width === 0) return length / width;
  throw new RangeError(
    `${where}: expected ${name}.length to be a multiple of ${width}, got ${length}`,
  );
}

/** Throws unless all arrays of a loss, and the weight, have the rows that predictions have. */
export function checkArrays(
  where: string,
  widths: Widths,
  arrays: readonly unknown[],
  weight: unknown,
): void {
  const names = Object.keys(widths);
  if (names.length === 0) return;
  const rows = checkRows(where, names[0], arrays[0], widths[names[0]]);
  names.forEach((name, i) => {
    checkLength(where, name, arrays[i], rows * widths[name], `the numbers of ${rows} rows`);
  });
  if (weight !== undefined) checkLength(where, 'weight', weight, rows, 'the number of rows');
}

/** Throws where the label of a row with weight is not one of `classes`. */
export function checkLabels(
  where: string,
  name: string,
  labels: Numbers,
  classes: number,
  weightOf: (row: number) => number,
): void {
  Array.from(labels).forEach((label, row) => {
    if (weightOf(row) === 0 || (Number.isInteger(label) && label >= 0 && label < classes)) return;
    const rule = `${name} to be from 0 to ${classes - 1} in row ${row}`;
    throw new RangeError(`${where}: expected ${rule}, got ${label}`);
  });
}
