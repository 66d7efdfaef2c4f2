/** Where the process can make no more threads, calls compute on those that there are. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const SCRIPT = path.join(__dirname, '..', 'support', 'no-threads.cjs');
const hasLimits = spawnSync('prlimit', ['--version']).status === 0;

(hasLimits ? test : test.skip).each(['memory', 'number'])(
  'a limit of the %s of threads',
  (limit) => {
    const run = spawnSync(process.execPath, [SCRIPT, limit], { encoding: 'utf8' });
    expect({ ...run, pid: 0, output: [] }).toMatchObject({
      status: 0,
      signal: null,
      stdout: '0 tasks, then some\n',
    });
  },
  60_000,
);
