// A process whose main thread never loads the addon, so that it is unloaded with the last worker
// that did: loads it so many times, one worker after another, some of them ended from outside.
import path from 'node:path';
import { setTimeout } from 'node:timers';
import { Worker } from 'node:worker_threads';

const SCRIPT = path.join(import.meta.dirname, 'worker.mjs');
const root = path.join(import.meta.dirname, '..', '..');

function callOf(times) {
  const [pred, target, grad] = [1, 2, 0].map((number) => new Float32Array(400).fill(number));
  const args = [pred, target, grad];
  return { group: 'box', name: 'ciou', times, args, numbers: { threads: 1 } };
}

async function load(times, terminate) {
  const worker = new Worker(SCRIPT, { workerData: { root, calls: [callOf(times)] } });
  if (terminate !== undefined) setTimeout(() => worker.terminate(), terminate);
  let message;
  worker.on('message', (results) => (message = results));
  await new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
  return message;
}

async function main(count) {
  for (let k = 0; k < count; k++) {
    const [{ result }] = await load(1);
    if (!(result > 0)) throw new Error(`got ${result}`);
    // While the thread starts, while it loads the addon, or in the middle of a call.
    await load(1e9, 2 * k);
  }
  console.log('loaded', count);
}

await main(Number(process.argv[2]));
