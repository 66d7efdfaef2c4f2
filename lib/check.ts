/**
 * The checks of arguments: `TypeError` for the wrong kind, `RangeError` for the wrong length or
 * value, in the words of lib/words.ts.
 *
 * V8 compiles so and so much code into a caller, words included. For all checks of a small call to
 * be among it, those that every loss makes leave the words to functions of their own.
 */
import { isBytes, isFloats, isIntegers, numbersOf } from './device';
import { shareMemory } from './memory';
import { hasNoMemory, kindOf } from './kinds';
import { ownGrid } from './options';
import type { Grid } from './types';
import { wrongChoice, wrongKind, wrongLength, wrongShape, wrongValue } from './words';

const SMALLEST_FLOAT32 = 2 ** -149;
const LARGEST_FLOAT32 = 2 ** 128 - 2 ** 104;
/** The largest anchor, in images: those of pixels or of grid cells are larger. */
const LARGEST_ANCHOR = 10;
const MOST_CELLS = 2 ** 32 - 1;

type AnyArray = Float32Array | Int32Array | Uint8Array;

function wrongWidth(
  where: string,
  name: string,
  { length }: ArrayLike<number>,
  width: number,
): RangeError {
  return wrongValue(where, `${name}.length to be a multiple of ${width}`, length);
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

/** Whether a value is a `Float32Array` with elements, which {@link checkFloats} lets pass. */
export function isFilled(value: unknown): value is Float32Array {
  return kindOf(value) === 'Float32Array' && (value as Float32Array).length > 0;
}

/** Of an array without elements: throws unless it was made without. */
function checkMemory(where: string, name: string, value: AnyArray & { disposed?: boolean }): void {
  const onDevice = kindOf(value) === undefined;
  if (onDevice ? value.disposed !== true : !hasNoMemory(value)) return;
  const got = onDevice
    ? 'a disposed array'
    : isDetached(value.buffer)
      ? 'a detached array'
      : 'an array beyond the end of its memory';
  throw new TypeError(`${where}: expected ${name} to have memory, got ${got}`);
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

/** The same of a number that has to be one of float32's, too: it is multiplied or divided by. */
export function checkFloat(
  where: string,
  name: string,
  value: unknown,
  rule: string,
  allowed: (value: number) => boolean,
): number {
  const number = checkNumber(where, name, value, rule, allowed);
  if (Math.abs(number) > LARGEST_FLOAT32) {
    throw wrongValue(where, `${name} to be at most 3.4e38, the largest float32`, value);
  }
  return number;
}

/** A finite number above 0; where float32 has 0 for it, the smallest float32. */
export function checkPositive(where: string, name: string, value: unknown): number {
  const number = checkNumber(where, name, value, 'a finite number above 0', isPositive);
  return Math.max(number, SMALLEST_FLOAT32);
}

function isPositive(value: number): boolean {
  return value > 0;
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
  const { height, width, anchors } = ownGrid(value as Grid);
  checkSide(where, `${name}.height`, height);
  checkSide(where, `${name}.width`, width);
  const count = checkRows(where, `${name}.anchors`, anchors, 2);
  if (count === 0) throw wrongValue(where, `${name}.anchors.length to be at least 2`, 0);
  checkAnchors(where, `${name}.anchors`, numbersOf(anchors));
  return { height, width, anchors };
}

/** A number of cells in a row or column, as many as the addon counts. */
function checkSide(where: string, name: string, value: unknown): void {
  checkCount(where, name, value, MOST_CELLS);
}

function checkAnchors(where: string, name: string, anchors: Float32Array): void {
  for (let k = 0; k < anchors.length; k++) {
    const size = anchors[k];
    if (!(size > 0 && size <= LARGEST_ANCHOR)) throw wrongAnchor(where, `${name}[${k}]`, size);
  }
}

function wrongAnchor(where: string, name: string, size: number): RangeError {
  if (!(size > 0 && size < Infinity)) {
    return wrongValue(where, `${name} to be a finite number above 0`, size);
  }
  const rule = `${name} to be a height or width in fractions of the image, at most ${LARGEST_ANCHOR}`;
  return wrongValue(where, rule, size, "divide anchors in pixels by the image's size");
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

/** Throws unless `value` is an `Int32Array` of any length. */
export function checkLabelArray(
  where: string,
  name: string,
  value: unknown,
): asserts value is Int32Array {
  if (!isIntegers(value)) throw wrongKind(where, name, 'an Int32Array', value);
  if (value.length === 0) checkMemory(where, name, value);
}

/** Throws unless `value` is an `Int32Array` of `length` elements, which `lengthName` words. */
export function checkIntegers(
  where: string,
  name: string,
  value: unknown,
  length: number,
  lengthName: string,
): asserts value is Int32Array {
  checkLabelArray(where, name, value);
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
  if (value.length === 0) checkMemory(where, name, value);
  if (value.length !== length) throw wrongLength(where, name, value, length, lengthName);
}

/** A number of things there is at least one of, and at most so many. */
export function checkCount(where: string, name: string, value: unknown, most = Infinity): number {
  const count = checkNumber(where, name, value, 'a whole number of at least 1', isCount);
  if (count > most) throw wrongValue(where, `${name} to be at most ${most}`, count);
  return count;
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

/**
 * The properties that an object of options itself has. Throws where there is one that a loss has on
 * arrays, not on tensors.
 */
export function checkNeedless<T>(where: string, value: T, needless: readonly string[]): T & object {
  if (typeof value !== 'object' || value === null) {
    throw wrongKind(where, 'options', 'an object', value);
  }
  const own = Object.assign(Object.create(null) as object, value);
  const name = needless.find((option) => option in own);
  if (name === undefined) return own;
  throw new TypeError(`${where}: the option '${name}' is one of losses on arrays, not on tensors`);
}
