/**
 * The process that makes random calls: arguments are the seed, the first call, how many seconds, and
 * the file that says which call is under way.
 */
import { openSync, writeSync } from 'node:fs';
import { inspect } from 'node:util';
import { random } from '../support/random';
import { mutate, pick, vocabularyOf } from './mutate';
import { Kitchen, type Recipe } from './recipe';
import { targets, type Target } from './seeds';

const [seed, start, seconds] = process.argv.slice(2, 5).map(Number);
const file = openSync(process.argv[5], 'w');
const now = Buffer.alloc(8);

/** Makes one call; returns whether it returned. */
async function make(
  { call, name }: Target,
  recipes: Recipe[],
  transfer: boolean,
): Promise<boolean> {
  const kitchen = new Kitchen();
  const args = recipes.map((recipe) => kitchen.make(recipe));
  let returned = true;
  try {
    const result = call(...args);
    if (result instanceof Promise) {
      if (transfer) kitchen.transfer();
      await result;
    }
  } catch {
    returned = false;
  }
  if (!kitchen.intact) throw new Error(`${name} wrote outside its arrays`);
  return returned;
}

function print(name: string, recipes: Recipe[]): void {
  console.log(name, inspect(recipes, { depth: 8, maxArrayLength: 12, breakLength: 120 }));
}

async function main() {
  const all = await targets();
  const words = vocabularyOf(all.flatMap(({ seeds }) => seeds.flat()));
  const returns = new Map(all.map(({ name }) => [name, 0]));
  const end = performance.now() + 1000 * seconds;
  let call = start;
  do {
    // Each call's arguments follow from the seed and its number alone.
    const next = random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(call, 0x85ebca6b));
    const target = pick(next, all);
    const recipes = mutate(next, target.seeds, words);
    if (seconds < 0) return print(target.name, recipes);
    now.writeDoubleLE(call);
    writeSync(file, now, 0, 8, 0);
    const returned = await make(target, recipes, next() < 0.25);
    if (returned) returns.set(target.name, returns.get(target.name)! + 1);
    call++;
  } while (performance.now() < end);
  const calls = call - start;
  const returned = [...returns.values()].reduce((sum, count) => sum + count, 0);
  console.log(`${calls} calls of ${all.length} functions, seed ${seed}: ${returned} returned`);
  const never = [...returns].filter(([, count]) => count === 0).map(([name]) => name);
  if (never.length > 0 && calls > 1) console.log(`always threw: ${never.join(', ')}`);
}

void main();
