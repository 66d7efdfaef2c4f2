/** Workers that are ended in mid-call: while they load, while they compute, while calls are promised. */
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { box } from 'detloss';
import { extent } from '../support/extent';

const DIST = path.join(__dirname, '..', '..', 'dist');

const CODE = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { box } = require(${JSON.stringify(DIST)});
  const promised = require(${JSON.stringify(path.join(DIST, 'promises'))}).box;
  const boxes = new Float32Array(1 << 20).map((_, k) => (k % 7) / 7);
  const others = boxes.map((number) => number + 0.1);
  const options = { grad: true, threads: 4 };
  if (workerData !== 'calls') for (let k = 0; k < 4; k++) promised.ciou(boxes, others, options);
  parentPort.postMessage('begun');
  if (workerData !== 'promises') for (;;) box.ciou(boxes, others, options);`;

async function end(kind: string, wait: number): Promise<void> {
  const worker = new Worker(CODE, { eval: true, workerData: kind });
  worker.on('error', (error) => {
    throw error;
  });
  if (kind === 'loading') await setTimeout(wait);
  else await new Promise((resolve) => worker.once('message', resolve));
  await setTimeout(wait % 5);
  await worker.terminate();
}

async function main() {
  const boxes = Float32Array.from({ length: 1 << 18 }, (_, k) => (k % 11) / 11);
  const compute = () => box.ciou(boxes, boxes.slice().reverse(), { grad: true }).loss;
  const expected = compute();
  const kinds = ['calls', 'promises', 'both', 'loading'];
  const count = extent(60, 300);
  for (let k = 0; k < count; k += 2) {
    const pair = [k, k + 1].map((number) => end(kinds[number % 4], number % 60));
    if (compute() !== expected) throw new Error('another result');
    await Promise.all(pair);
  }
  if (compute() !== expected) throw new Error('another result');
  console.log(`${count} workers ended in mid-call`);
}

void main();
