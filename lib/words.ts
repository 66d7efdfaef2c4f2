/**
 * The wording of every argument error. To describe a value runs no code of its own: it may be a
 * Proxy, or have getters that throw.
 */
import { types } from 'node:util';
import { distance } from 'fastest-levenshtein';
import { kindOf } from './kinds';

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;

/** The property of that name, of the object or of what it inherits from. */
function propertyOf(value: object, name: string): PropertyDescriptor | undefined {
  let object: object | null = value;
  while (object !== null && !types.isProxy(object)) {
    const property = getOwnPropertyDescriptor(object, name);
    if (property !== undefined) return property;
    object = getPrototypeOf(object) as object | null;
  }
  return undefined;
}

/** The name of an object's class. */
function classOf(value: object): string {
  const made: unknown = propertyOf(value, 'constructor')?.value;
  if (typeof made !== 'function' || types.isProxy(made)) return 'Object';
  const name: unknown = getOwnPropertyDescriptor(made, 'name')?.value;
  return typeof name === 'string' && name !== '' ? name : 'Object';
}

export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > 60 ? `'${value.slice(0, 60)}…'` : `'${value}'`;
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : describeObject(value);
    default:
      return String(value);
  }
}

function describeObject(value: object): string {
  if (types.isProxy(value)) return 'a Proxy';
  const kind = kindOf(value);
  if (kind !== undefined) return kind;
  const name = classOf(value);
  return /^(Big)?(Int|Uint|Float)\d+(Clamped)?Array$/.test(name)
    ? `an object with the prototype of a ${name}`
    : name;
}

export function list(names: readonly string[], last = 'or'): string {
  const quoted = names.map((name) => `'${name}'`);
  if (quoted.length < 2) return quoted.join('');
  return `${quoted.slice(0, -1).join(', ')} ${last} ${quoted.at(-1)}`;
}

/** Whether one of two names begins with the other. */
function isBeginning(name: string, other: string): boolean {
  const [short, long] = [name, other].sort((a, b) => a.length - b.length);
  return short.length >= 3 && long.startsWith(short);
}

/** Which of the known names is meant by a misspelled one, if it can be told. */
function likely(name: string, known: readonly string[]): string | undefined {
  const wrong = name.slice(0, 40).toLowerCase();
  const candidates = known.map((right) => {
    const lower = right.toLowerCase();
    return { right, lower, far: distance(wrong, lower) };
  });
  candidates.sort((a, b) => a.far - b.far);
  return candidates.find(
    ({ lower, far }) =>
      far <= 0.5 * Math.max(wrong.length, lower.length) || isBeginning(wrong, lower),
  )?.right;
}

/** How to make what is expected, as an addition to an error; nothing where it cannot be told. */
function remedy(name: string, expected: string, got: unknown): string {
  const kinds = expected.match(/\b\w+32Array\b|\bUint8Array\b/g);
  if (kinds === null || typeof got !== 'object' || got === null || types.isProxy(got)) return '';
  const ways = (way: (kind: string) => string) => `; pass ${kinds.map(way).join(' or ')}`;
  const kind = kindOf(got);
  if (Array.isArray(got) || (kind !== undefined && !kind.startsWith('Big'))) {
    return ways((wanted) => `${wanted}.from(${name})`);
  }
  if (types.isAnyArrayBuffer(got)) return ways((wanted) => `new ${wanted}(${name})`);
  if (propertyOf(got, 'dataSync') !== undefined) {
    return `; pass await ${name}.data() or ${name}.dataSync()`;
  }
  return propertyOf(got, 'data') === undefined ? '' : `; pass ${name}.data`;
}

export function wrongKind(where: string, name: string, expected: string, got: unknown): TypeError {
  const hint = remedy(name, expected, got);
  return new TypeError(`${where}: expected ${name} to be ${expected}, got ${describe(got)}${hint}`);
}

/** `hint` may add what to do. */
export function wrongValue(where: string, what: string, got: unknown, hint = ''): RangeError {
  return new RangeError(`${where}: expected ${what}, got ${describe(got)}${hint && `; ${hint}`}`);
}

export function wrongLength(
  where: string,
  name: string,
  { length }: ArrayLike<number>,
  expected: number,
  expectedName: string,
): RangeError {
  return wrongValue(where, `${name}.length to equal ${expectedName} (${expected})`, length);
}

export function wrongChoice(
  where: string,
  name: string,
  value: string,
  choices: readonly string[],
): RangeError {
  const meant = likely(value, choices);
  const hint = meant && `did you mean '${meant}'?`;
  return wrongValue(where, `${name} to be ${list(choices)}`, value, hint);
}

export function unknownOption(where: string, name: string, known: readonly string[]): TypeError {
  const meant = likely(name, known);
  const hint =
    meant === undefined ? `; the options are ${list(known, 'and')}` : `, did you mean '${meant}'?`;
  return new TypeError(`${where}: unknown option '${name}'${hint}`);
}

export function wrongShape(where: string, what: string, shape: readonly number[]): RangeError {
  return new RangeError(`${where}: expected ${what}, got [${shape.join(', ')}]`);
}

/** Of an array that no longer has its memory when a promised call comes to it. */
export function lostMemory(where: string): TypeError {
  return new TypeError(
    `${where}: expected the memory of all arrays to stay until the promise settles, got an array ` +
      'that has been detached or resized',
  );
}

/** An error that a call of a function ends with, in that function's name if it has another. */
export function inTheNameOf(where: string, error: unknown): unknown {
  if (!types.isNativeError(error) || error.message.startsWith(`${where}: `)) return error;
  const Kind = [TypeError, RangeError].find(({ name }) => name === error.name) ?? Error;
  return new Kind(`${where}: ${error.message}`, { cause: error });
}
