/**
 * npx tsx test/reliability/log-full-disk.ts: saves on a disk with less and less room, down to none.
 * A save either throws ENOSPC, with the history as it was, or has its row in it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HistoryFile } from '../../lib/log';
import { checkFolder, checkRows, numbersOf, report } from './log-rows';

const SIZE = 256 * 1024;
const PAGE = 4096;
const ROWS = 1000;

/** Saves an epoch beside a file that takes so many bytes; returns whether there was room. */
function hadRoom(disk: string, epoch: number, taken: number): boolean {
  const [file, filler] = ['history.csv', 'filler'].map((name) => path.join(disk, name));
  const before = readFileSync(file);
  writeFileSync(filler, Buffer.alloc(taken));
  let room = true;
  try {
    new HistoryFile(file).save(epoch, ...numbersOf(epoch));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    room = false;
  }
  if (!room && !readFileSync(file).equals(before)) throw new Error('the history has changed');
  checkFolder(disk, ['filler', 'history.csv']);
  rmSync(filler);
  checkRows(file, Array(room ? epoch + 1 : epoch).keys());
  return room;
}

report('log-full-disk', async (folder) => {
  const disk = path.join(folder, 'disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', disk]);
  if (mounted.status !== 0) return 'SKIPPED: no file system can be mounted here';
  try {
    const file = path.join(disk, 'history.csv');
    const lines = Array.from({ length: ROWS }, (_, epoch) => {
      const [train, validation] = numbersOf(epoch);
      return [epoch, train.loss, train.ciou, validation.loss].join();
    });
    writeFileSync(file, ['epoch,loss,ciou,val_loss', ...lines, ''].join('\n'));
    const free = SIZE - Math.ceil(readFileSync(file).length / PAGE) * PAGE;
    let [refused, epoch] = [0, ROWS];
    for (let left = 0; left <= 30; left++) {
      if (hadRoom(disk, epoch, free - left * PAGE)) epoch++;
      else refused++;
    }
    if (refused === 0 || epoch === ROWS) throw new Error('expected saves with and without room');
    return `${refused} saves refused with the history as it was, ${epoch - ROWS} with room`;
  } finally {
    spawnSync('umount', [disk]);
  }
});
