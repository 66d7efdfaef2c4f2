/**
 * What is at a history's path: files of every kind, links, permissions, and disks without room.
 */
import { execFileSync } from 'node:child_process';
import fs, {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HistoryFile } from '../../lib/log';
import { startSaver } from '../reliability/log-rows';
import { thrownBy } from '../support/refusals';

let folder: string;
let file: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'detloss-history-')));
  file = path.join(folder, 'history.csv');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const OLD = 'epoch,loss\n1,0.5\n';
const NEW = 'epoch,loss\n1,0.5\n2,0.25\n';
const save = (at = file) => new HistoryFile(at).save(2, { loss: 0.25 });
const onPosix = process.platform === 'win32' ? test.skip : test;
const isRoot = process.getuid?.() === 0;

/** A device that may be lost: root could replace the system's. */
function makeDevice(): string {
  if (!isRoot) return '/dev/null';
  const device = path.join(folder, 'null');
  execFileSync('mknod', [device, 'c', '1', '3']);
  return device;
}

describe('what is no regular file is refused, and left as it is', () => {
  const refusal = (at: string, kind: string) =>
    `Error: HistoryFile: ${at}: expected a regular file, got a ${kind}`;

  test('a folder', () => {
    expect(thrownBy(() => save(folder))).toBe(refusal(folder, 'folder (EISDIR)'));
    expect(thrownBy(() => new HistoryFile(folder).read())).toBe(refusal(folder, 'folder (EISDIR)'));
    expect(readdirSync(folder)).toEqual([]);
  });

  onPosix('a device', () => {
    const device = makeDevice();
    expect(thrownBy(() => save(device))).toBe(refusal(device, 'device'));
    expect(thrownBy(() => new HistoryFile(device).read())).toBe(refusal(device, 'device'));
    expect(statSync(device).isCharacterDevice()).toBe(true);
    expect(existsSync(`${device}.lock`)).toBe(false);
  });

  // In a process of its own, which ends even if it waits for the pipe.
  onPosix('a pipe, which reading would wait for', async () => {
    execFileSync('mkfifo', [file]);
    const { errors } = await startSaver(file, [1, 1, 1], { killAfterStart: 20_000 });
    expect(errors).toContain(refusal(file, 'pipe'));
    expect(lstatSync(file).isFIFO()).toBe(true);
    expect(readdirSync(folder)).toEqual(['history.csv']);
  });

  onPosix('a link to a device', () => {
    const device = makeDevice();
    symlinkSync(device, file);
    expect(thrownBy(() => save())).toBe(refusal(file, 'device'));
    expect(readlinkSync(file)).toBe(device);
    expect(statSync(device).isCharacterDevice()).toBe(true);
  });

  onPosix('a link to itself', () => {
    symlinkSync('history.csv', file);
    expect(thrownBy(() => save())).toContain('ELOOP');
  });

  test('a file in place of the folder', () => {
    writeFileSync(file, OLD);
    expect(thrownBy(() => save(path.join(file, 'history.csv')))).toMatch(/ENOTDIR|EEXIST|ENOENT/);
    expect(readFileSync(file, 'utf8')).toBe(OLD);
  });
});

describe('a link', () => {
  onPosix('to a file is followed, and stays a link', () => {
    const target = path.join(folder, 'real', 'rows.csv');
    mkdirSync(path.dirname(target));
    writeFileSync(target, OLD);
    symlinkSync('real/rows.csv', file);
    save();
    expect(readFileSync(target, 'utf8')).toBe(NEW);
    expect(readlinkSync(file)).toBe('real/rows.csv');
    expect(readdirSync(path.dirname(target))).toEqual(['rows.csv']);
    expect(readdirSync(folder)).toEqual(['history.csv', 'real']);
  });

  onPosix('to nothing is followed: the file and its folder are made', () => {
    // By another link, relative to the folder that it is really in.
    mkdirSync(path.join(folder, 'data', 'links'), { recursive: true });
    symlinkSync('data/links', path.join(folder, 'short'));
    symlinkSync('../runs/1/rows.csv', path.join(folder, 'short', 'rows.csv'));
    symlinkSync('short/rows.csv', file);
    expect(new HistoryFile(file).read()).toEqual([]);
    save();
    const target = path.join(folder, 'data', 'runs', '1', 'rows.csv');
    expect(readFileSync(target, 'utf8')).toBe('epoch,loss\n2,0.25\n');
    expect(readlinkSync(file)).toBe('short/rows.csv');
    expect(new HistoryFile(file).read()).toHaveLength(1);
  });

  test('that is hard keeps the rows of before under its other name', () => {
    const other = path.join(folder, 'other.csv');
    writeFileSync(file, OLD);
    linkSync(file, other);
    save();
    expect(readFileSync(file, 'utf8')).toBe(NEW);
    expect(readFileSync(other, 'utf8')).toBe(OLD);
  });
});

describe('permissions', () => {
  onPosix('are those of the old file', () => {
    for (const mode of [0o600, 0o640, 0o666, 0o755]) {
      writeFileSync(file, OLD);
      chmodSync(file, mode);
      save();
      expect(statSync(file).mode & 0o7777).toBe(mode);
      rmSync(file);
    }
  });

  onPosix('of a new file are what every program gives it', () => {
    save();
    expect(statSync(file).mode & 0o7777).toBe(0o666 & ~process.umask());
  });

  (isRoot ? test : test.skip)('the owner is that of the old file, and the group', () => {
    writeFileSync(file, OLD);
    fs.chownSync(file, 1234, 5678);
    save();
    expect(statSync(file)).toMatchObject({ uid: 1234, gid: 5678 });
  });

  (isRoot || process.platform === 'win32' ? test.skip : test)(
    'of a read-only file, a folder',
    () => {
      writeFileSync(file, OLD);
      chmodSync(file, 0o444);
      expect(thrownBy(() => save())).toContain('EACCES');
      chmodSync(file, 0o644);
      chmodSync(folder, 0o555);
      expect(thrownBy(() => save())).toContain('EACCES');
      chmodSync(folder, 0o755);
      expect(readFileSync(file, 'utf8')).toBe(OLD);
      expect(readdirSync(folder)).toEqual(['history.csv']);
    },
  );
});

describe('where a write', () => {
  const write = fs.writeSync as (fd: number, data: Uint8Array, at: number, size: number) => number;
  const mockWrite = (mock: typeof write) =>
    jest.spyOn(fs, 'writeSync').mockImplementation(mock as unknown as typeof fs.writeSync);

  test('takes a part of the bytes, the rest follows', () => {
    writeFileSync(file, OLD);
    const spy = mockWrite((fd, data, at, size) => write(fd, data, at, Math.min(size, 10)));
    save();
    expect(spy).toHaveBeenCalledTimes(Math.ceil(NEW.length / 10));
    expect(readFileSync(file, 'utf8')).toBe(NEW);
  });

  test('takes a part and then finds no room, the file is as it was', () => {
    writeFileSync(file, OLD);
    mockWrite((fd, data, at, size) => {
      if (at > 0) throw Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' });
      return write(fd, data, at, Math.min(size, 10));
    });
    expect(thrownBy(() => save())).toContain('ENOSPC');
    expect(readFileSync(file, 'utf8')).toBe(OLD);
    expect(readdirSync(folder)).toEqual(['history.csv']);
  });

  test('takes less than it says, the file is as it was', () => {
    writeFileSync(file, OLD);
    mockWrite((fd, data, at, size) => {
      write(fd, data, at, size - 1);
      return size;
    });
    expect(thrownBy(() => save())).toMatch(
      /^Error: HistoryFile\.save: .*expected 24 bytes, got 23/,
    );
    expect(readFileSync(file, 'utf8')).toBe(OLD);
    expect(readdirSync(folder)).toEqual(['history.csv']);
  });

  test.each(['mkdirSync', 'openSync', 'fsyncSync', 'closeSync', 'renameSync'] as const)(
    'fails in %s, whichever time, the file is of before or of after',
    (name) => {
      const call = fs[name] as (...args: unknown[]) => unknown;
      let failures = 0;
      for (let time = 1; time < 6; time++) {
        writeFileSync(file, OLD);
        let calls = 0;
        const spy = jest.spyOn(fs, name).mockImplementation(((...args: unknown[]) => {
          // A descriptor is closed even where closing fails.
          if (name === 'closeSync') call(...args);
          if (++calls === time) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
          return name === 'closeSync' ? undefined : call(...args);
        }) as never);
        const thrown = thrownBy(() => save());
        spy.mockRestore();
        if (thrown === 'nothing') break;
        failures++;
        expect(thrown).toContain('EIO');
        expect([OLD, NEW]).toContain(readFileSync(file, 'utf8'));
        expect(readdirSync(folder)).toEqual(['history.csv']);
      }
      expect(failures).toBeGreaterThan(0);
    },
  );
});
