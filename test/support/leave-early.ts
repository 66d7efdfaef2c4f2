/** Leaves, in the way its argument names, while promised calls and helpers of a call are at work. */
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { box } from '../../lib';
import { box as promised } from '../../lib/promises';

/** What a worker runs: this file, in TypeScript. */
const CODE = `require('tsx/cjs'); require(${JSON.stringify(__filename)});`;

const boxes = new Float32Array(4_000_000).map((_, k) => (k % 7) / 7);
const others = boxes.map((number) => number + 0.1);

function startCalls(): Promise<unknown> {
  const pending = Array.from({ length: 6 }, () => promised.ciou(boxes, others, { grad: true }));
  box.ciou(boxes, others, { threads: 2 });
  return Promise.all(pending);
}

/** Starts workers that begin the same calls, and ends each as soon as it says that it has. */
async function terminateWorkers() {
  for (let round = 0; round < 5; round++) {
    const workers = [1, 2].map(() => new Worker(CODE, { eval: true }));
    await Promise.all(
      workers.map(async (worker) => {
        await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
        await worker.terminate();
      }),
    );
  }
}

if (!isMainThread) {
  void startCalls();
  parentPort!.postMessage('begun');
} else if (process.argv[2] === 'terminate') {
  void terminateWorkers().then(() => console.log('left'));
} else {
  const pending = startCalls();
  console.log('left');
  if (process.argv[2] === 'exit') process.exit(3);
  if (process.argv[2] === 'throw') throw new Error('thrown in mid-call');
  void pending.then(() => console.log('settled'));
}
