/**
 * npm run test:leak: a million calls of the package and of the addon, right ones and wrong ones, after
 * which the process has to be no larger than after the first tenth of them.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Command } from 'commander';
import { Kitchen } from '../fuzz/recipe';
import { targets, type Target } from '../fuzz/seeds';

/** What memory that came and went may leave behind, of fragments and of pages kept for later. */
const MOST_MEGABYTES = 8;
const PARTS = 10;

const program = new Command('npm run test:leak --')
  .description('Call everything very often, and see that memory does not grow.')
  .option('--calls <number>', 'how often', '1000000');
const calls = Number(program.parse().opts<{ calls: string }>().calls);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function megabytes() {
  collect();
  collect();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const entries = Object.entries({ rss, heapUsed, external, arrayBuffers });
  return Object.fromEntries(entries.map(([name, bytes]) => [name, Math.round(bytes / 1e5) / 10]));
}

/** The calls of the examples, and each with its first argument left out, which throws. */
function callsOf({ name, call, seeds }: Target) {
  // What the reference computes and the training log writes allocates nothing outside of JavaScript.
  if (name.startsWith('reference') || /history/i.test(name)) return [];
  return seeds.slice(0, 4).flatMap((seed) => {
    const kitchen = new Kitchen();
    const args = seed.map((recipe) => kitchen.make(recipe));
    return [() => call(...args), () => call(undefined, ...args.slice(1))];
  });
}

async function main() {
  const all = (await targets()).flatMap(callsOf);
  const measured: ReturnType<typeof megabytes>[] = [];
  let threw = 0;
  for (let k = 1; k <= calls; k++) {
    try {
      const result = all[k % all.length]();
      if (result instanceof Promise) await result;
    } catch {
      threw++;
    }
    if (k % Math.floor(calls / PARTS) === 0) measured.push({ calls: k, ...megabytes() });
  }
  console.table(measured);
  const [first, last] = [measured[0], measured[measured.length - 1]];
  const grown = ['rss', 'heapUsed', 'external'].map((name) => last[name] - first[name]);
  console.log(`${all.length} different calls, ${threw} of ${calls} threw`);
  console.log(`grown by ${grown.map((mb) => mb.toFixed(1)).join(', ')} MB (rss, heap, external)`);
  if (grown.some((mb) => mb > MOST_MEGABYTES)) process.exitCode = 1;
}

void main();
