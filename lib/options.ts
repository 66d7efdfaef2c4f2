/**
 * Options and other settings as a call reads them: those that the object itself has. What it
 * inherits, and be it from an `Object.prototype` that other code has written to, is none.
 */
import { isCollection } from './kinds';
import { isRootClean } from './catalogue/option-names';
import { unknownOption, wrongKind } from './words';

type Properties = Record<PropertyKey, unknown>;

const ROOT = Object.prototype as unknown as Properties;
const { hasOwn } = Object;
const GRID = ['height', 'width', 'anchors'];

/** Whether an object inherits from `Object.prototype` and nothing else. */
function isPlain(value: object): boolean {
  // V8 compiles this to a comparison; Object.getPrototypeOf takes 10 ns.
  return READS_PROTOTYPES && (value as { __proto__: unknown }).__proto__ === ROOT;
}

/** Node can be told to do without `__proto__`. */
const READS_PROTOTYPES = (() => {
  try {
    return ({} as { __proto__: unknown }).__proto__ === ROOT;
  } catch {
    return false;
  }
})();

/** As `includes`, which takes V8 7 ns longer for the one name of most calls. */
function isOneOf(name: string, known: readonly string[]): boolean {
  let k = 0;
  while (k < known.length && known[k] !== name) k++;
  return k < known.length;
}

/** A copy of the known properties and of the symbols that an object itself has. */
function ownProperties<T extends object>(value: T, known: readonly string[]): T {
  const own = Object.create(null) as Properties;
  for (const key of [...known, ...Object.getOwnPropertySymbols(value)]) {
    if (hasOwn(value, key)) own[key] = (value as Properties)[key];
  }
  return own as T;
}

function throwIfUnknown(where: string, value: object, known: readonly string[]): void {
  for (const name of Object.keys(value)) throwUnlessKnown(where, value, name, known);
}

/** Of a property that the object itself has; a function of its own, as V8 compiles those of loops. */
function throwUnlessKnown(
  where: string,
  value: object,
  name: string,
  known: readonly string[],
): void {
  if (!isOneOf(name, known) && hasOwn(value, name)) throw unknownOption(where, name, known);
}

/**
 * The options of a small call: an object of `known` names, all of which {@link isRootClean} has, or
 * `undefined` for no options. It is the object itself wherever that cannot be told from a copy.
 */
export function checkOptions<T>(
  where: string,
  value: T,
  known: readonly string[],
  sought = known,
): T {
  if (value === undefined) return value;
  if (typeof value !== 'object' || value === null || !isRootClean() || !isPlain(value)) {
    return checkSettings(where, value, known);
  }
  for (const name in value) {
    if (!isOneOf(name, sought)) throwUnlessKnown(where, value, name, known);
  }
  return value;
}

/** Of a grid, which small calls take: what {@link ownOf} returns. */
export function ownGrid<T extends object>(value: T): T {
  return isRootClean() && isPlain(value) ? value : ownProperties(value, GRID);
}

/** The properties of those names that an object itself has, and maybe others. */
export function ownOf<T extends object>(value: T, names: readonly string[]): T {
  const clean = isPlain(value) && !names.some((name) => name in ROOT);
  return clean ? value : ownProperties(value, names);
}

/** The same of an object called `name`, with none but `known` names. */
export function checkSettings<T>(
  where: string,
  value: T,
  known: readonly string[],
  name = 'options',
): T & object {
  const isObject = typeof value === 'object' && value !== null;
  if (!isObject || (!isPlain(value) && isCollection(value))) {
    throw wrongKind(where, name, 'an object', value);
  }
  throwIfUnknown(where, value, known);
  return ownOf(value, known);
}
