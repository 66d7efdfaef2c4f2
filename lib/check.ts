/**
 * The wording of every argument error, and the checks that raise them: `TypeError` for the wrong
 * kind of argument, `RangeError` for the wrong length or value.
 *
 * V8 compiles so and so much code into a caller, words included. For all checks of a small call to
 * be among it, those that every loss makes leave the words to functions of their own.
 */
import { closest } from 'fastest-levenshtein';
import { isBytes, isFloats, isIntegers, numbersOf } from './device';
import { shareMemory } from './memory';
import type { Grid } from './types';

const SMALLEST_FLOAT32 = 2 ** -149;

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object') return (value.constructor as { name?: string })?.name || 'Object';
  if (typeof value === 'function') return 'a function';
  return String(value);
}

function list(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

export function wrongKind(where: string, name: string, expected: string, got: unknown): TypeError {
  return new TypeError(`${where}: expected ${name} to be ${expected}, got ${describe(got)}`);
}

export function wrongValue(where: string, what: string, got: unknown): RangeError {
  return new RangeError(`${where}: expected ${what}, got ${describe(got)}`);
}

function wrongLength(
  where: string,
  name: string,
  { length }: ArrayLike<number>,
  expected: number,
  expectedName: string,
): RangeError {
  return wrongValue(where, `${name}.length to equal ${expectedName} (${expected})`, length);
}

function wrongWidth(
  where: string,
  name: string,
  { length }: ArrayLike<number>,
  width: number,
): RangeError {
  return wrongValue(where, `${name}.length to be a multiple of ${width}`, length);
}

function wrongChoice(
  where: string,
  name: string,
  value: string,
  choices: readonly string[],
): RangeError {
  return wrongValue(where, `${name} to be ${list(choices)}`, value);
}

function unknownOption(where: string, name: string, known: readonly string[]): TypeError {
  const likely = closest(name, known);
  return new TypeError(`${where}: unknown option '${name}', did you mean '${likely}'?`);
}

/** Of an array that no longer has its memory when a promised call comes to it. */
export function lostMemory(where: string): TypeError {
  return new TypeError(
    `${where}: expected the memory of all arrays to stay until the promise settles, got an array ` +
      'that has been detached or resized',
  );
}

/** Throws unless `value` is a `Float32Array` whose memory has not been transferred away. */
export function checkFloats(
  where: string,
  name: string,
  value: unknown,
): asserts value is Float32Array {
  if (!isFloats(value)) throw wrongKind(where, name, 'a Float32Array', value);
  if (value.length === 0) checkMemory(where, name, value);
}

function checkMemory(where: string, name: string, value: Float32Array): void {
  const gone = isDisposed(value) ? 'disposed' : isDetached(value.buffer) ? 'detached' : undefined;
  if (gone !== undefined) {
    throw new TypeError(`${where}: expected ${name} to have memory, got a ${gone} array`);
  }
}

/** Whether an array of a device has been given up. */
function isDisposed(array: Float32Array & { disposed?: boolean }): boolean {
  return array.disposed === true;
}

function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** Throws unless `value` is a `Float32Array` of `length` elements, which `lengthName` words. */
export function checkLength(
  where: string,
  name: string,
  value: unknown,
  length: number,
  lengthName: string,
): asserts value is Float32Array {
  checkFloats(where, name, value);
  if (value.length !== length) throw wrongLength(where, name, value, length, lengthName);
}

/** Throws unless `value` is a `Float32Array` of whole rows of `width` elements; returns the rows. */
export function checkRows(where: string, name: string, value: unknown, width: number): number {
  checkFloats(where, name, value);
  const rows = value.length / width;
  if (!Number.isInteger(rows)) throw wrongWidth(where, name, value, width);
  return rows;
}

/** As `includes`, which takes V8 7 ns longer for the one name of most calls. */
function isOneOf(name: string, known: readonly string[]): boolean {
  let k = 0;
  while (k < known.length && known[k] !== name) k++;
  return k < known.length;
}

/** Throws unless `value` is an object of `known` names; `undefined` stands for no options. */
export function checkOptions(where: string, value: unknown, known: readonly string[]): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null) {
    throw wrongKind(where, 'options', 'an object', value);
  }
  for (const name in value) {
    if (!isOneOf(name, known)) throw unknownOption(where, name, known);
  }
}

/** The position of an option's value among its `choices`, or `byDefault`. */
export function choose(
  where: string,
  name: string,
  value: unknown,
  choices: readonly string[],
  byDefault = 0,
): number {
  if (value === undefined) return byDefault;
  if (typeof value !== 'string') throw wrongKind(where, name, 'a string', value);
  const index = choices.indexOf(value);
  if (index < 0) throw wrongChoice(where, name, value, choices);
  return index;
}

/** A hyperparameter: a finite number for which `allowed` holds; `rule` words that condition. */
export function checkNumber(
  where: string,
  name: string,
  value: unknown,
  rule: string,
  allowed: (value: number) => boolean,
): number {
  if (typeof value !== 'number') throw wrongKind(where, name, 'a number', value);
  if (!Number.isFinite(value) || !allowed(value)) {
    throw wrongValue(where, `${name} to be ${rule}`, value);
  }
  return value;
}

/** The option `delta` of a Huber loss: a finite number above 0, as a float32 that is above 0 too. */
export function checkDelta(where: string, value: unknown, byDefault: number): number {
  if (value === undefined) return byDefault;
  checkNumber(where, 'delta', value, 'a finite number above 0', (delta) => delta > 0);
  return Math.max(value as number, SMALLEST_FLOAT32);
}

/** A part of a whole: a number from 0 to 1. */
export function checkPart(where: string, name: string, value: unknown): number {
  return checkNumber(where, name, value, 'a number from 0 to 1', (part) => part >= 0 && part <= 1);
}

/** Throws unless `value`, the option `threads`, is absent or a whole number of at least 1. */
export function checkThreads(where: string, value: unknown): void {
  if (value === undefined) return;
  checkCount(where, 'threads', value);
}

/** Whether a number counts something there is at least one of. */
function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

/** Throws unless `value` is a {@link Grid}, which the errors call `name`. */
export function checkGrid(where: string, value: unknown, name = 'grid'): Grid {
  if (typeof value !== 'object' || value === null) {
    throw wrongKind(where, name, 'an object', value);
  }
  const { height, width, anchors } = value as Grid;
  checkCount(where, `${name}.height`, height);
  checkCount(where, `${name}.width`, width);
  const count = checkRows(where, `${name}.anchors`, anchors, 2);
  if (count === 0) throw wrongValue(where, `${name}.anchors.length to be at least 2`, 0);
  return { height, width, anchors };
}

/** A {@link Grid} of which `array` holds whole copies, a row of four numbers per anchor of a cell. */
export function checkGridRows(
  where: string,
  value: unknown,
  name: string,
  array: Float32Array,
): Grid {
  const grid = checkGrid(where, value);
  const numbers = 4 * grid.height * grid.width * (grid.anchors.length / 2);
  if (array.length % numbers !== 0) {
    const rule = `a multiple of height × width × anchors × 4 (${numbers})`;
    throw wrongValue(where, `${name}.length to be ${rule}`, array.length);
  }
  return grid;
}

/** Throws where `output` shares memory with `input`, which it would overwrite while it is read. */
export function checkDistinct(
  where: string,
  outputName: string,
  output: Float32Array,
  inputName: string,
  input: Float32Array | Int32Array | Uint8Array | undefined,
): void {
  if (input !== undefined && shareMemory(output, input)) {
    throw new RangeError(
      `${where}: expected ${outputName} not to overlap ${inputName}, got views of the same memory`,
    );
  }
}

/** Throws unless `value` is an `Int32Array` of `length` elements, which `lengthName` words. */
export function checkIntegers(
  where: string,
  name: string,
  value: unknown,
  length: number,
  lengthName: string,
): asserts value is Int32Array {
  if (!isIntegers(value)) throw wrongKind(where, name, 'an Int32Array', value);
  if (value.length !== length) throw wrongLength(where, name, value, length, lengthName);
}

/** Throws unless `value` is a `Uint8Array` of `length` elements, which `lengthName` words. */
export function checkBytes(
  where: string,
  name: string,
  value: unknown,
  length: number,
  lengthName: string,
): asserts value is Uint8Array {
  if (!isBytes(value)) throw wrongKind(where, name, 'a Uint8Array', value);
  if (value.length !== length) throw wrongLength(where, name, value, length, lengthName);
}

/** A number of things there is at least one of. */
export function checkCount(where: string, name: string, value: unknown): number {
  return checkNumber(where, name, value, 'a whole number of at least 1', isCount);
}

/** Throws where the label of a row with weight is not one of `classes`, naming the row. */
export function checkLabels(
  where: string,
  labels: Int32Array,
  classes: number,
  weight: ArrayLike<number> | undefined,
  name = 'labels',
): void {
  const [all, weights] = [numbersOf(labels), numbersOf(weight)];
  for (let row = 0; row < all.length; ++row) {
    if (weights !== undefined && weights[row] === 0) continue;
    if (all[row] < 0 || all[row] >= classes) {
      throw wrongValue(where, `${name} to be from 0 to ${classes - 1} in row ${row}`, all[row]);
    }
  }
}

/** As {@link checkOptions}, of options that cannot be left out. */
export function checkSettings(where: string, value: unknown, known: readonly string[]): void {
  if (value === undefined) throw wrongKind(where, 'options', 'an object', value);
  checkOptions(where, value, known);
}

export function wrongShape(where: string, what: string, shape: readonly number[]): RangeError {
  return new RangeError(`${where}: expected ${what}, got [${shape.join(', ')}]`);
}

/** Throws unless `shape` is `expected`, which `expectedName` words. */
export function checkShape(
  where: string,
  name: string,
  shape: readonly number[],
  expected: readonly number[],
  expectedName: string,
): void {
  if (shape.length !== expected.length || shape.some((size, axis) => size !== expected[axis])) {
    const rule = `${name}.shape to be ${expectedName}, [${expected.join(', ')}]`;
    throw wrongShape(where, rule, shape);
  }
}

/** Throws unless `value` is an object without options that a loss has on arrays, not on tensors. */
export function checkNeedless(
  where: string,
  value: unknown,
  needless: readonly string[],
): asserts value is object {
  if (typeof value !== 'object' || value === null) {
    throw wrongKind(where, 'options', 'an object', value);
  }
  const name = needless.find((option) => option in value);
  if (name === undefined) return;
  throw new TypeError(`${where}: the option '${name}' is one of losses on arrays, not on tensors`);
}
