/**
 * Changes to the arguments of a call that is right.
 */
import type { Random } from '../support/random';
import { MEMORIES, parts, type ArrayRecipe, type ObjectRecipe, type Recipe } from './recipe';

export function pick<T>(next: Random, choices: readonly T[]): T {
  return choices[Math.floor(next() * choices.length)];
}

const NUMBERS = [0, -0, 1, 2, 3, 4, 5, 7, 13, -1, 0.5, 1e-3, 1e-40, 2 ** 53, 1e300, -1e300];
const NO_NUMBERS = [NaN, Infinity, -Infinity];
const JUNK = [undefined, null, true, false, '', 'mean', 4n, Symbol('mean'), () => 4, [], {}];
const KINDS = [
  'Float32Array',
  'Float64Array',
  'Int32Array',
  'Uint8Array',
  'BigInt64Array',
] as const;
const LENGTHS = [0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 64, 68, 252, 1000];
/** No call's arrays grow beyond so many numbers. */
const MOST = 4096;

/** The words of all seeds: what else an option may be, and how else a property may be called. */
export interface Vocabulary {
  strings: readonly string[];
  names: readonly string[];
}

export function vocabularyOf(recipes: readonly Recipe[]): Vocabulary {
  const all = recipes.flatMap(parts);
  const strings = all.flatMap((part) =>
    'value' in part && typeof part.value === 'string' ? [part.value] : [],
  );
  const names = all.flatMap((part) => ('object' in part ? Object.keys(part.object) : []));
  return { strings: [...new Set(strings)], names: [...new Set(names)] };
}

function anyNumber(next: Random): number {
  return pick(next, next() < 0.8 ? NUMBERS : NO_NUMBERS);
}

/** Numbers of one kind of sense: fractions, of any size, logits, labels, or none. */
function numbers(next: Random, length: number): number[] {
  const draw = pick<() => number>(next, [
    next,
    () => (next() - 0.5) * 10 ** Math.floor(next() * 80 - 40),
    () => (next() - 0.5) * 200,
    () => Math.floor(next() * 4) - (next() < 0.05 ? 1 : 0),
    () => anyNumber(next),
    () => pick(next, NO_NUMBERS),
  ]);
  return Array.from({ length }, draw);
}

function changeArray(next: Random, recipe: ArrayRecipe): void {
  const { length } = recipe.numbers;
  switch (Math.floor(next() * 6)) {
    case 0:
      recipe.numbers = numbers(next, length);
      break;
    case 1:
      recipe.memory = pick(next, MEMORIES);
      break;
    case 2:
      recipe.memory = 'amid';
      break;
    case 3:
      if (length > 0) recipe.numbers[Math.floor(next() * length)] = anyNumber(next);
      break;
    case 4:
      recipe.array = pick(next, KINDS);
      break;
    default:
      recipe.numbers = numbers(next, next() < 0.5 ? pick(next, LENGTHS) : Math.max(0, length - 1));
  }
}

function anything(next: Random, words: Vocabulary): Recipe {
  const draw = next();
  if (draw < 0.3) return { value: anyNumber(next) };
  if (draw < 0.5 && words.strings.length > 0) return { value: pick(next, words.strings) };
  if (draw < 0.7) return { value: pick(next, JUNK) };
  if (draw < 0.75) return { object: {} };
  const length = pick(next, LENGTHS);
  const kind = next() < 0.6 ? 'Float32Array' : pick(next, KINDS);
  return { array: kind, numbers: numbers(next, length), memory: pick(next, MEMORIES) };
}

function changeObject(next: Random, recipe: ObjectRecipe, words: Vocabulary): void {
  const names = Object.keys(recipe.object);
  const draw = next();
  if (draw < 0.2 && names.length > 0) recipe.trap = pick(next, names);
  else if (draw < 0.35 && names.length > 0)
    Reflect.deleteProperty(recipe.object, pick(next, names));
  else if (words.names.length > 0) recipe.object[pick(next, words.names)] = anything(next, words);
}

/** Repeats the numbers of all arrays, which gives most calls more rows. */
function lengthen(next: Random, args: readonly Recipe[]): void {
  const arrays = args.flatMap(parts).filter((part): part is ArrayRecipe => 'array' in part);
  const longest = Math.max(1, ...arrays.map((array) => array.numbers.length));
  const times = 1 + Math.floor(next() * Math.min(70, MOST / longest));
  for (const array of arrays) {
    const { length } = array.numbers;
    const repeated = Array.from({ length: length * times }, (_, k) => array.numbers[k % length]);
    array.numbers = repeated;
  }
}

/** The arguments of a call: a seed's, changed in a few places or in none, or any. */
export function mutate(next: Random, seeds: readonly Recipe[][], words: Vocabulary): Recipe[] {
  if (seeds.length === 0 || next() < 0.05) {
    return Array.from({ length: Math.floor(next() * 12) }, () => anything(next, words));
  }
  const args = pick(next, seeds).map(copy);
  if (next() < 0.4) lengthen(next, args);
  for (let changes = Math.floor(next() * 4); changes > 0; changes--) {
    const part = pick(next, args.flatMap(parts));
    if (part === undefined || next() < 0.1) {
      args[Math.floor(next() * (args.length + 1))] = anything(next, words);
    } else if ('array' in part) changeArray(next, part);
    else if ('object' in part) changeObject(next, part, words);
    else if ('list' in part) part.list.push(...part.list.slice(0, 1).map(copy));
    else Object.assign(part, { value: changed(next, part.value, words) });
  }
  return args;
}

function changed(next: Random, value: unknown, words: Vocabulary): unknown {
  if (next() < 0.1) return pick(next, JUNK);
  if (typeof value === 'string' && words.strings.length > 0) return pick(next, words.strings);
  if (typeof value === 'boolean') return !value;
  return anyNumber(next);
}

/** A recipe that can be changed by itself. */
function copy(recipe: Recipe): Recipe {
  if ('array' in recipe) return { ...recipe, numbers: [...recipe.numbers] };
  if ('list' in recipe) return { list: recipe.list.map(copy) };
  if ('value' in recipe) return { ...recipe };
  const entries = Object.entries(recipe.object).map(([name, part]) => [name, copy(part)]);
  return { ...recipe, object: Object.fromEntries(entries) as Record<string, Recipe> };
}
