import { isCollection } from '../kinds';
import { wrongKind } from '../words';

/** Numbers by the names of their columns. */
export type Columns = Readonly<Record<string, number>>;

/** Throws a TypeError unless `value` is an object of numbers; returns its columns. */
export function checkColumns(
  where: string,
  name: string,
  value: unknown,
): [name: string, value: number][] {
  if (typeof value !== 'object' || value === null || isCollection(value)) {
    throw wrongKind(where, name, 'an object', value);
  }
  const columns = Object.entries(value);
  for (const [column, number] of columns) {
    if (typeof number !== 'number') {
      throw wrongKind(where, `column '${column}' of ${name}`, 'a number', number);
    }
  }
  return columns;
}
