/** Processes and workers that end while calls are at work: no crash, and nothing is waited for. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const SCRIPT = path.join(__dirname, '..', 'support', 'leave-early.ts');

test.each([
  ['exit', 3, 'left\n'],
  ['throw', 1, 'left\n'],
  ['wait', 0, 'left\nsettled\n'],
  ['terminate', 0, 'left\n'],
])(
  '%s',
  (way, status, stdout) => {
    const run = spawnSync(process.execPath, ['--import', 'tsx', SCRIPT, way], { encoding: 'utf8' });
    expect({ status: run.status, signal: run.signal, stdout: run.stdout }).toEqual({
      status,
      signal: null,
      stdout,
    });
  },
  60_000,
);
