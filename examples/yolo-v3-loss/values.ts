/**
 * The values in an annotation file. Some exporters write numbers as texts, `"10"` for 10, whose
 * meaning is certain; what is not is refused, with the place in the file.
 */

/** Ids may be numbers or texts: an image `"11"` is the image 11. */
export type Id = string;

export type Entry = Readonly<Record<string, unknown>>;

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export function wrong(place: string, expected: string, got: unknown): Error {
  const text = String(JSON.stringify(got));
  return new Error(
    `${place}: expected ${expected}, got ${text.length > 80 ? `${text.slice(0, 80)}…` : text}`,
  );
}

/** The list called `name`; `undefined` where there is none. */
export function listOf(place: string, name: string, value: unknown): Entry[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw wrong(place, `'${name}' to be a list`, value);
  value.forEach((entry, k) => {
    if (isObject(entry)) return;
    throw wrong(`${place}: ${name}[${k}]`, 'an object', entry);
  });
  return value as Entry[];
}

export function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function idOf(place: string, name: string, value: unknown): Id {
  if (typeof value === 'number' || (typeof value === 'string' && value !== '')) {
    return String(value);
  }
  throw wrong(place, `${name} to be a number or a text`, value);
}

/** A finite number, or a text of one; otherwise `undefined`. */
export function numberOf(value: unknown): number | undefined {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && DECIMAL.test(value));
  return isNumber && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

/** A length of an image, in pixels. */
export function lengthOf(place: string, name: string, value: unknown): number {
  const length = numberOf(value);
  if (length === undefined || length <= 0) throw wrong(place, `${name} to be above 0`, value);
  return length;
}

/** Flags are 0 and 1; absent is 0. */
export function flagOf(place: string, name: string, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  const flag = typeof value === 'boolean' ? Number(value) : numberOf(value);
  if (flag !== 0 && flag !== 1) throw wrong(place, `${name} to be 0 or 1`, value);
  return flag === 1;
}

/** A box as it is in the file: left, top, width and height in pixels. */
export function boxOf(place: string, value: unknown): number[] {
  const numbers = Array.isArray(value) ? value.map(numberOf) : [];
  if (numbers.length !== 4 || numbers.includes(undefined)) {
    throw wrong(place, 'bbox to be 4 numbers, [left, top, width, height]', value);
  }
  const box = numbers as number[];
  if (box[2] < 0 || box[3] < 0) {
    throw wrong(place, 'width and height of bbox to be at least 0', value);
  }
  return box;
}
