/**
 * The addon in worker threads: several at once, many one after another, and memory that changes
 * while a kernel reads it.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import load from 'node-gyp-build';
import { native } from '../../lib/binding';
import { KERNELS, takes } from '../support/cards';
import { random, randomBoxes, uniform } from '../support/random';

const ROOT = path.join(__dirname, '..', '..');
const SUPPORT = path.join(__dirname, '..', 'support');
const addon = load(ROOT) as {
  numbers: Float64Array;
  slots: string[];
  computeRows: (...args: Float32Array[]) => unknown;
  box: Record<string, number>;
};
const ROWS = 1000;
const CLASSES = 8;

// A thread takes longer to start than jest's patience where the sanitizers watch.
jest.setTimeout(240_000);

interface Call {
  group: 'box';
  name: string;
  times: number;
  args: Float32Array[];
  /** threads, reduction, format, parameter, height, width */
  numbers: Record<string, number>;
}

interface Result {
  result: number;
  args: unknown[];
}

/** Of reduction 'none', on a grid where the loss takes one. */
const NUMBERS = { threads: 1, reduction: 2, height: 10, width: 10, hyper: 1 };

/** A call of each loss of boxes, with gradient and losses. */
function boxCalls(seed: number, times: number): Call[] {
  const next = random(seed);
  return KERNELS.filter(({ family }) => family === 'box').map(({ name, card }): Call => {
    const [pred, target, anchors] = Array.from({ length: 3 }, () => randomBoxes(next, ROWS));
    const [grad, losses] = [new Float32Array(4 * ROWS), new Float32Array(ROWS)];
    const where = takes(card, 'grid') ? anchors.subarray(0, 2) : anchors;
    const args = [pred, target, grad, where, uniform(next, ROWS), losses];
    return { group: 'box', name, times, args, numbers: NUMBERS };
  });
}

function run(calls: Call[]): Promise<Result[]> {
  const worker = new Worker(path.join(SUPPORT, 'worker.mjs'), {
    workerData: { root: ROOT, calls },
  });
  return new Promise((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
  });
}

function runHere(calls: Call[]): Result[] {
  return calls.map(({ group, name, args, numbers }) => {
    const all: Record<string, number> = { ...numbers, kernel: addon[group][name] };
    addon.numbers.set(addon.slots.map((slot) => all[slot] ?? 0));
    addon.computeRows(...args);
    return { result: addon.numbers[0], args };
  });
}

test('several at once get what one thread gets', async () => {
  const seeds = [1, 2, 3, 4];
  const results = await Promise.all(seeds.map((seed) => run(boxCalls(seed, 50))));
  expect(results).toEqual(seeds.map((seed) => runHere(boxCalls(seed, 1))));
});

test('many short ones, one after another, while this thread computes', async () => {
  const [call] = boxCalls(5, 1);
  const [expected] = runHere([call]);
  for (let k = 0; k < 25; k++) {
    const pending = run([call]);
    expect(runHere([call])).toEqual([expected]);
    expect(await pending).toEqual([expected]);
  }
});

test('a process can load and unload it, also in the middle of a call', async () => {
  const script = path.join(SUPPORT, 'load-and-unload.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, '40']);
  expect(stdout).toBe('loaded 40\n');
});

test('labels and predictions that another thread changes meanwhile lead nowhere else', async () => {
  const shared = (length: number) => new SharedArrayBuffer(4 * length);
  const [pred, labels] = [shared(ROWS * CLASSES), shared(ROWS)];
  const scribbler = new Worker(
    `const { workerData } = require('node:worker_threads');
     const [pred, labels] = workerData.map((buffer) => new Int32Array(buffer));
     for (;;) {
       const number = (Math.random() * 2 ** 32) | 0;
       labels[Math.abs(number % labels.length)] = Math.random() < 0.9 ? number & 7 : number;
       pred[Math.abs(number % pred.length)] = number;
     }`,
    { eval: true, workerData: [pred, labels] },
  );
  const kernels = Object.values(native.category) as ((...args: unknown[]) => number)[];
  const grad = new Float32Array(ROWS * CLASSES + 64).fill(7);
  const inside = grad.subarray(32, -32);
  let computed = 0;
  try {
    for (let k = 0; k < 20000; k++) {
      const args = [new Float32Array(pred), new Int32Array(labels), undefined, undefined, inside];
      try {
        kernels[k % kernels.length](...args, undefined, 1, 0, CLASSES, 0.1);
        computed++;
      } catch (error) {
        expect(String(error)).toMatch(/^RangeError: the label of .+ is no class/);
      }
      if (k % 50 === 0) new Int32Array(labels).fill(k % CLASSES);
    }
  } finally {
    await scribbler.terminate();
  }
  expect(computed).toBeGreaterThan(0);
  expect([...grad.subarray(0, 32), ...grad.subarray(-32)]).toEqual(Array(64).fill(7));
});
