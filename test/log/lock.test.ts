/**
 * Processes that save into one history at the same time, and what killed ones leave behind.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HistoryFile } from '../../lib/log';
import { updateFile } from '../../lib/log/update-file';
import { isGone, isToken, newToken } from '../../lib/log/writer-token';
import { startSaver, checkRows } from '../reliability/log-rows';

let folder: string;
let file: string;
let lock: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'detloss-history-')));
  file = path.join(folder, 'history.csv');
  lock = `${file}.lock`;
});
afterEach(() => rmSync(folder, { recursive: true }));

const epochs = () => new HistoryFile(file).read().map(({ epoch }) => epoch);

/** A token of a process that was here and is gone. */
function deadToken(): string {
  const { pid } = spawnSync(process.execPath, ['--version']);
  return newToken().replace(/-\d+-/, `-${pid}-`);
}

/** What a process leaves that is killed before or while it holds the lock. */
function leave(where: 'waiting' | 'held', token: string, age = 0): void {
  const left = path.join(lock, where === 'held' ? 'held' : token);
  mkdirSync(left, { recursive: true });
  writeFileSync(path.join(left, token), 'epoch,lo');
  const time = Date.now() / 1000 - age;
  for (const one of [path.join(left, token), left]) utimesSync(one, time, time);
}

test('the rows of processes that save at the same time are all there', async () => {
  const [processes, rows] = [3, 12];
  const savers = await Promise.all(
    Array.from({ length: processes }, (_, k) => startSaver(file, [k, processes, rows])),
  );
  expect(savers.map(({ errors, status }) => [errors, status])).toEqual(
    Array(processes).fill(['', 0]),
  );
  expect(checkRows(file, Array(processes * rows).keys())).toBe(processes * rows);
  expect(readdirSync(folder)).toEqual(['history.csv']);
});

test('a token tells of its process', () => {
  const token = newToken();
  expect(isToken(token)).toBe(true);
  expect(newToken()).not.toBe(token);
  expect(isGone(token)).toBe(false);
  expect(isGone(deadToken())).toBe(true);
  // Nothing is known of another machine's.
  expect(isGone('0123456789ab-999999999-0123456789ab')).toBe(false);
  for (const name of ['held', 'history.csv', `${token}.csv`, '']) expect(isToken(name)).toBe(false);
});

describe('what killed processes have left goes with the next save', () => {
  const other = '0123456789ab-7-0123456789ab';
  let wait: jest.SpyInstance;
  beforeEach(() => {
    wait = jest.spyOn(Atomics, 'wait').mockReturnValue('timed-out');
  });
  afterEach(() => wait.mockRestore());

  test.each([
    ['here, while it held the lock', 'held', deadToken(), 0],
    ['here, while it waited', 'waiting', deadToken(), 0],
    ['in another container, a while ago', 'held', other, 15],
    ['in another container, while it waited', 'waiting', other, 15],
    ['in a process that has our id now', 'held', newToken(), 15],
  ] as const)('%s', (_, where, token, age) => {
    new HistoryFile(file).save(1, { loss: 1 });
    leave(where, token, age);
    new HistoryFile(file).save(2, { loss: 2 });
    expect(epochs()).toEqual([1, 2]);
    expect(readdirSync(folder)).toEqual(['history.csv']);
    expect(wait).not.toHaveBeenCalled();
  });

  test('before there was a file in the folder of the lock', () => {
    mkdirSync(path.join(lock, 'held'), { recursive: true });
    new HistoryFile(file).save(1, { loss: 1 });
    expect(readdirSync(folder)).toEqual(['history.csv']);
  });

  test('in another container, a moment ago: it is waited for', () => {
    leave('held', other);
    let seconds = 0;
    wait.mockImplementation(() => {
      leave('held', other, ++seconds);
      return 'timed-out';
    });
    new HistoryFile(file).save(1, { loss: 1 });
    expect([10, 11]).toContain(seconds);
    expect(readdirSync(folder)).toEqual(['history.csv']);
  });

  test('or keeps it from its turn, which it says', () => {
    let now = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
    leave('held', other);
    wait.mockImplementation(() => {
      // As if it were always another one's turn.
      leave('held', other);
      now += 1_000;
      return 'timed-out';
    });
    expect(() => new HistoryFile(file).save(1, { loss: 1 })).toThrow(
      `HistoryFile.save: ${file}: expected to be let in within 120 s, got no turn`,
    );
    clock.mockRestore();
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(lock)).toEqual(['held']);
  });
});

test('what may be of a living process, or of nobody we know, stays', () => {
  const living = '0123456789ab-7-0123456789ab';
  leave('waiting', living);
  writeFileSync(path.join(lock, 'notes.txt'), 'mine');
  writeFileSync(`${file}.1`, 'of logrotate');
  new HistoryFile(file).save(1, { loss: 1 });
  expect(readdirSync(lock).sort()).toEqual([living, 'notes.txt']);
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('of logrotate');
});

describe('a save begins again', () => {
  test('where another process took it for dead, and has saved meanwhile', () => {
    let calls = 0;
    updateFile(file, (text) => {
      if (++calls === 1) {
        rmSync(path.join(lock, 'held'), { recursive: true });
        new HistoryFile(file).save(1, { loss: 1 });
      }
      return `${text || 'epoch,loss\n'}2,0.5\n`;
    });
    expect(calls).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('epoch,loss\n1,1\n2,0.5\n');
    expect(readdirSync(folder)).toEqual(['history.csv']);
  });

  test('where another process has the lock that it thinks it holds', () => {
    const other = newToken();
    let calls = 0;
    updateFile(file, () => {
      if (++calls === 1) {
        rmSync(path.join(lock, 'held'), { recursive: true });
        leave('held', other, 15);
      } else {
        // The other lock was not given up in its place.
        expect(existsSync(path.join(lock, 'held', other))).toBe(false);
      }
      return 'epoch\n';
    });
    expect(calls).toBe(2);
  });

  test('where an editor has written meanwhile', () => {
    writeFileSync(file, 'epoch,loss\n1,1\n');
    let calls = 0;
    updateFile(file, (text) => {
      if (++calls === 1) writeFileSync(file, 'epoch,loss\n1,3\n');
      return `${text}2,2\n`;
    });
    expect(readFileSync(file, 'utf8')).toBe('epoch,loss\n1,3\n2,2\n');
  });

  test('where the file was deleted meanwhile', () => {
    writeFileSync(file, 'epoch,loss\n1,1\n');
    updateFile(file, (text) => {
      rmSync(file, { force: true });
      return text || 'epoch\n';
    });
    expect(readFileSync(file, 'utf8')).toBe('epoch\n');
  });

  test('where the folder was deleted meanwhile', () => {
    const deep = path.join(folder, 'run', 'history.csv');
    let calls = 0;
    updateFile(deep, () => {
      if (++calls === 1) rmSync(path.dirname(deep), { recursive: true });
      return 'epoch\n';
    });
    expect(readFileSync(deep, 'utf8')).toBe('epoch\n');
    expect(readdirSync(path.dirname(deep))).toEqual(['history.csv']);
  });
});

test('an error of the text leaves no lock', () => {
  writeFileSync(file, 'step\n1\n');
  expect(() => new HistoryFile(file).save(1, {})).toThrow(
    "expected the first column to be 'epoch'",
  );
  expect(readdirSync(folder)).toEqual(['history.csv']);
});
