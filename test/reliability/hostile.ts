/**
 * Random calls with every kind of array: detached, shared, resizable, shrunk, in each other's memory,
 * transferred away in mid-call. It is npm run fuzz, with other calls each day.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { extent } from '../support/extent';

const MAIN = path.join(__dirname, '..', 'fuzz', 'main.ts');
const seed = String(Math.floor(Date.now() / 86_400_000));
const options = ['--seconds', String(extent(10, 120)), '--seed', seed];
const run = spawnSync(process.execPath, ['--import', 'tsx', MAIN, ...options], {
  encoding: 'utf8',
});
if (run.status === 0) {
  console.log(run.stdout.split('\n')[0]);
} else {
  console.error(run.stdout, run.stderr);
  process.exitCode = 1;
}
