/**
 * npx tsx test/reliability/log-kills.ts: kills processes in the middle of saving into one history.
 * The history has to be readable at any time, no row that a process said it had saved may be
 * missing, and the next save has to remove what the killed ones have left.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { HistoryFile } from '../../lib/log';
import { checkFolder, checkRows, numbersOf, report, startSaver } from './log-rows';

/** Processes that save at the same time: being killed while waiting has to be harmless too. */
const PROCESSES = 5;
const EVER = 1e9;
/** The longest that a process saves, in milliseconds. */
const LONGEST = 100;

const program = new Command('npx tsx test/reliability/log-kills.ts')
  .description('Kill processes that save a history, and see that no row is lost.')
  .option('--kills <number>', 'how many, at least', '30');
const kills = Number(program.parse().opts<{ kills: string }>().kills);

report('log-kills', async (folder) => {
  const file = path.join(folder, 'history.csv');
  const said = new Set<number>();
  let killed = 0;
  let left = 0;
  while (killed < kills) {
    const first = 1 + Math.max(-1, ...new HistoryFile(file).read().map(({ epoch }) => epoch));
    const savers = Array.from({ length: PROCESSES }, (_, k) =>
      startSaver(file, [first + k, PROCESSES, EVER], { killAfter: LONGEST * Math.random() }),
    );
    for (const { said: epochs, errors, status } of await Promise.all(savers)) {
      if (status !== null) throw new Error(`a process ended by itself: ${errors}`);
      epochs.forEach((epoch) => said.add(epoch));
      killed++;
    }
    if (existsSync(`${file}.lock`)) left++;
    checkRows(file, said);
  }
  const last = 1 + Math.max(...new HistoryFile(file).read().map(({ epoch }) => epoch));
  new HistoryFile(file).save(last, ...numbersOf(last));
  checkFolder(folder, ['history.csv']);
  const rows = checkRows(file, said);
  return `${killed} kills, ${said.size} rows said to be saved, ${rows} there, left behind ${left}×, none at the end`;
});
