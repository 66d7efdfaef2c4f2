/** The same results to the last bit on pools of any size, while the pool has other work. */
import { spawnSync } from 'node:child_process';
import { createHash, pbkdf2 } from 'node:crypto';
import { readFile } from 'node:fs';
import * as library from 'detloss';
import * as promises from 'detloss/promises';
import { random, randomBoxes, uniform } from '../support/random';
import { extent } from '../support/extent';

type Library = typeof library | typeof promises;
const ROWS = 150_000;

/** Calls of each kind of kernel, on one set of arrays. */
function callsOf(): ((library: Library, threads?: number) => unknown)[] {
  const next = random(1);
  const [pred, target] = [randomBoxes(next, ROWS), randomBoxes(next, ROWS)];
  const weight = uniform(next, ROWS);
  const logits = uniform(next, 10 * ROWS, -5, 5);
  const labels = Int32Array.from({ length: ROWS }, () => Math.floor(10 * next()));
  const some = pred.subarray(0, 4 * 700);
  return [
    ({ box }, threads) => box.ciou(pred, target, { grad: true, weight, threads }),
    ({ box }, threads) => box.giou(pred, target, { reduction: 'none', threads }),
    ({ regression }, threads) => regression.smoothL1(pred, target, { grad: true, threads }),
    ({ category }, threads) => category.fasterRcnn(logits, labels, { grad: true, threads }),
    ({ overlap }, threads) => overlap.iou(some, some, { metric: 'giou', threads }),
    ({ codec }, threads) => codec.fasterRcnn.encode(pred, target, { threads }),
  ];
}

/** Keeps the pool at work until it is told to end. */
function otherWork(): () => void {
  let ended = false;
  const derive = () => {
    if (!ended) pbkdf2('word', 'salt', 2000, 64, 'sha512', derive);
  };
  const read = () => {
    if (!ended) readFile(__filename, read);
  };
  for (let k = 0; k < 3; k++) [derive, read].forEach((begin) => begin());
  return () => (ended = true);
}

function digest(result: unknown): string {
  const hash = createHash('sha256');
  const add = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) hash.update(new Uint8Array(value.buffer as ArrayBuffer));
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(add);
    else hash.update(String(value));
  };
  add(result);
  return hash.digest('hex');
}

/** In a process with a pool of some size: prints the hash of each result. */
async function compute() {
  const calls = callsOf();
  const end = otherWork();
  const expected = calls.map((call) => digest(call(library, 1)));
  for (let round = 0; round < extent(3, 20); round++) {
    for (const [k, call] of calls.entries()) {
      const here = [undefined, 2, 5, 200].map((threads) => call(library, threads));
      const later = await Promise.all(
        [undefined, 2, 200].map((threads) => call(promises, threads)),
      );
      for (const result of [...here, ...later]) {
        if (digest(result) !== expected[k]) throw new Error(`call ${k} has another result`);
      }
    }
  }
  end();
  console.log(expected.join());
}

function main() {
  const sizes = ['1', '2', '4', '16', '128'];
  const options = process.argv.slice(2);
  const results = sizes.map((size) => {
    const env = { ...process.env, UV_THREADPOOL_SIZE: size, DETLOSS_POOL: size };
    const command = ['--import', 'tsx', __filename, ...options];
    const run = spawnSync(process.execPath, command, { env, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`a pool of ${size}: ${run.signal ?? run.stderr}`);
    return run.stdout;
  });
  if (new Set(results).size !== 1) throw new Error('results differ between pools');
  console.log(`the same bits on pools of ${sizes.join(', ')}`);
}

if (process.env.DETLOSS_POOL === undefined) main();
else void compute();
