/**
 * npx tsx test/reliability/log-writers.ts: processes that save into one history at the same time.
 * All of their rows have to be there. Where it is allowed, some of them are in PID namespaces of
 * their own, as containers are, and have one and the same process id.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { checkFolder, checkRows, report, startSaver } from './log-rows';

const [PROCESSES, ROWS] = [4, 50];
const CONTAINER = ['unshare', '--pid', '--fork', '--mount-proc'];

async function write(folder: string, name: string, prefixes: readonly (readonly string[])[]) {
  const file = path.join(folder, name);
  const savers = await Promise.all(
    prefixes.map((prefix, k) => startSaver(file, [k, prefixes.length, ROWS], { prefix })),
  );
  const failed = savers.find(({ status }) => status !== 0);
  if (failed !== undefined) throw new Error(`a process failed: ${failed.errors}`);
  return checkRows(file, Array(ROWS * prefixes.length).keys());
}

report('log-writers', async (folder) => {
  const rows = await write(folder, 'a.csv', Array<string[]>(PROCESSES).fill([]));
  checkFolder(folder, ['a.csv']);
  const both = `${rows} rows of ${PROCESSES} processes`;
  if (spawnSync(CONTAINER[0], [...CONTAINER.slice(1), 'true']).status !== 0) {
    return `${both}; SKIPPED: no PID namespaces can be made here`;
  }
  const more = await write(folder, 'b.csv', [CONTAINER, CONTAINER, []]);
  checkFolder(folder, ['a.csv', 'b.csv']);
  return `${both}, ${more} of 3, two of which have one id`;
});
