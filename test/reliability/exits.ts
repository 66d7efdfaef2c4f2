/** Processes that end while calls are at work, in every way that there is: none crashes or hangs. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { extent } from '../support/extent';

const DIST = path.join(__dirname, '..', '..', 'dist');
// No loops in JavaScript: Node 24 can hang if it ends while V8 optimises one (nodejs/node issue 64274).
const CODE = `
  const { box } = require(${JSON.stringify(DIST)});
  const promised = require(${JSON.stringify(path.join(DIST, 'promises'))}).box;
  const boxes = new Float32Array(1 << 21).fill(0.5);
  const others = new Float32Array(1 << 21).fill(0.6);
  const pending = [1, 2, 3, 4, 5, 6].map(() => promised.ciou(boxes, others, { grad: true }));
  box.ciou(boxes, others, { threads: 4 });`;

/** The code with which a process ends, or the signal. */
const WAYS: { name: string; code: string; end: number | string }[] = [
  { name: 'exit', code: 'process.exit(3);', end: 3 },
  { name: 'exit later', code: 'setTimeout(() => process.exit(4), 1);', end: 4 },
  { name: 'throw', code: 'throw new Error("thrown");', end: 1 },
  { name: 'reject', code: 'Promise.reject(new Error("rejected"));', end: 1 },
  { name: 'exit when settled', code: 'pending[0].then(() => process.exit(5));', end: 5 },
  { name: 'wait', code: 'Promise.all(pending).then(() => { process.exitCode = 6; });', end: 6 },
  { name: 'kill', code: 'process.kill(process.pid, "SIGTERM");', end: 'SIGTERM' },
  { name: 'leave', code: '', end: 0 },
];

function endOf(code: string): Promise<number | string | null> {
  const options = { stdio: 'ignore', timeout: 60_000, killSignal: 'SIGKILL' } as const;
  const child = spawn(process.execPath, ['-e', CODE + code], options);
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('exit', (status, signal) => resolve(signal ?? status));
  });
}

async function main() {
  const count = extent(40, 240);
  for (let k = 0; k < count; k += 2) {
    await Promise.all(
      [k, k + 1].map(async (number) => {
        const { name, code, end } = WAYS[number % WAYS.length];
        const got = await endOf(code);
        if (got !== end) throw new Error(`${name} ended with ${got} in place of ${end}`);
      }),
    );
  }
  console.log(`${count} processes ended in mid-call`);
}

void main();
