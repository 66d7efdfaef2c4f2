// A process that can make no more threads, or too few, before Node's pool has any: of memory or of
// number, as its argument says. Calls compute all the same, and with threads again once it can.
'use strict';
const { spawnSync } = require('node:child_process');
const { createHook } = require('node:async_hooks');
const { readFileSync, readdirSync } = require('node:fs');
const path = require('node:path');
const dist = path.join(__dirname, '..', '..', 'dist');
const { box } = require(dist);
const promised = require(path.join(dist, 'promises')).box;

const PAGE = 4096;
const MEGABYTE = 2 ** 20;

/** Sets a limit of this process; returns what sets it back. */
function limit(resource, number) {
  const prlimit = (...options) => {
    const all = [`--pid=${process.pid}`, ...options];
    const { status, error, stdout, stderr } = spawnSync('prlimit', all, { encoding: 'utf8' });
    if (error || status !== 0) throw error ?? new Error(stderr);
    return stdout.trim();
  };
  const before = prlimit(`--${resource}`, '--output=SOFT', '--noheadings', '--raw');
  prlimit(`--${resource}=${number}:`);
  return () => prlimit(`--${resource}=${before}:`);
}

const LIMITS = {
  // Room for one stack of 8 MB, of the four that the pool has.
  memory() {
    const pages = Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[0]);
    return limit('as', pages * PAGE + 10 * MEGABYTE);
  },
  // As anyone but root, whom this limit does not bind.
  number() {
    if (process.getuid() === 0) {
      process.setgid(65534);
      process.setuid(65534);
    }
    return limit('nproc', readdirSync('/proc/self/task').length + 2);
  },
};

const numbers = new Float32Array(4_000_000).map((_, k) => ((k * 7919) % 1000) / 1000);
const others = numbers.map((number) => number + 0.01);
// A promised call takes memory for copies of its arrays.
const [some, someOthers] = [numbers, others].map((array) => array.subarray(0, 40_000));
const call = (options) => box.ciou(numbers, others, options).loss;
const promise = async () => (await promised.ciou(some, someOthers)).loss;

let tasks = 0;
const hook = createHook({ init: (_, type) => (tasks += Number(type === 'detloss')) });

async function main() {
  const expected = call({ threads: 1 });
  const expectedLater = box.ciou(some, someOthers, { threads: 1 }).loss;
  const lift = LIMITS[process.argv[2]]();
  hook.enable();
  const results = [call(), call({ threads: 4 })];
  const later = [await promise()];
  const tasksThen = tasks;
  lift();
  results.push(call({ threads: 4 }));
  later.push(await promise());
  if (results.some((loss) => loss !== expected) || later.some((loss) => loss !== expectedLater)) {
    throw new Error('another result');
  }
  console.log(`${tasksThen} tasks, then ${tasks > 0 ? 'some' : 'none'}`);
}

void main();
