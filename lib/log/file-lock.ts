/**
 * An exclusive lock on a file, for processes that share nothing but its folder.
 *
 * Beside the file, `<file>.lock` is a folder of the processes that want to write. Each prepares
 * there a folder with one empty file, both called by its token, and renames the folder to `held`:
 * which fails while `held` has a file in it. The new content is written to the file with the token,
 * and renaming that to the locked file puts the content in place and gives the lock up in one step.
 *
 * So a lock may be taken from a process that is killed, or only seems to be: its file with the token
 * is removed. If it goes on after all, it has nothing to rename any more, and begins again. A wrong
 * guess about a process costs time, never a row.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { codeOf, ifThere, makeFolder } from './regular-file';
import { isGone, isToken, newToken } from './writer-token';

/** A file whose process may still run is taken for left behind after so many milliseconds. */
const PATIENCE = 10_000;
/** A process that waits makes its file anew so often, to be taken for a living one. */
const RENEWAL = 3_000;
/** How long saving is tried, while others write. */
const LIMIT = 120_000;

/** Codes of a rename to a folder with something in it; Windows has the same for any folder. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', ...(onWindows() ? ['EPERM', 'EACCES'] : [])]);

export class FileLock {
  private readonly folder: string;
  private readonly held: string;
  private readonly start = performance.now();
  private token = '';
  /** When our file was made, by our clock, and by that of the file system, which all share. */
  private made = { here: 0, there: 0 };

  /** @param file The file, as a path without symbolic links. */
  constructor(private readonly file: string) {
    this.folder = `${file}.lock`;
    this.held = path.join(this.folder, 'held');
  }

  /** Waits for the lock; returns the empty file to write to and to rename. */
  acquire(): string {
    this.prepare();
    while (!this.enter()) {
      if (performance.now() - this.start > LIMIT) throw this.tooLong();
      if (performance.now() - this.made.here > RENEWAL) {
        this.removeOwn();
        this.prepare();
      }
      const holder = ifThere(() => readdirSync(this.held))?.find(isToken);
      if (holder !== undefined && this.isAbandoned(path.join(this.held, holder))) {
        rmSync(path.join(this.held, holder), { force: true });
        continue;
      }
      // Given up a moment ago, or left empty, which Windows does not rename to.
      if (holder === undefined) removeEmpty(this.held);
      pause(1 + 7 * Math.random());
    }
    return path.join(this.held, this.token);
  }

  /**
   * Gives the lock up, held or waited for, and removes what killed processes have left. What cannot
   * be removed now is taken for abandoned later.
   */
  release(): void {
    try {
      rmSync(path.join(this.held, this.token), { force: true });
      removeEmpty(this.held);
      this.removeOwn();
      const names = readdirSync(this.folder).filter(isToken);
      for (const other of names.map((name) => path.join(this.folder, name))) {
        if (this.isAbandoned(other)) rmSync(other, { recursive: true, force: true });
      }
    } catch {
      // What the save has thrown, or that it is done, matters more.
    }
    removeEmpty(this.folder);
  }

  private prepare(): void {
    do {
      this.token = newToken();
      makeFolder(this.folder);
      // Another process may remove the folder as long as nothing is in it.
    } while (ifThere(() => this.makeOwn()) === undefined);
  }

  private makeOwn(): true {
    const own = path.join(this.folder, this.token);
    mkdirSync(own);
    const fd = openSync(path.join(own, this.token), 'wx');
    this.made = { here: performance.now(), there: fstatSync(fd).mtimeMs };
    closeSync(fd);
    return true;
  }

  private removeOwn(): void {
    rmSync(path.join(this.folder, this.token), { recursive: true, force: true });
  }

  /** Whether the lock is ours now. */
  private enter(): boolean {
    try {
      renameSync(path.join(this.folder, this.token), this.held);
      return true;
    } catch (error) {
      const code = codeOf(error) ?? '';
      // Another process has taken us for dead.
      if (code === 'ENOENT') this.prepare();
      else if (!TAKEN.has(code)) throw error;
      return false;
    }
  }

  /** Whether the process that made a file or folder called by its token needs it no more. */
  private isAbandoned(file: string): boolean {
    if (isGone(path.basename(file))) return true;
    const made = ifThere(() => statSync(file))?.mtimeMs ?? Infinity;
    const { here, there } = this.made;
    return there + (performance.now() - here) - made > PATIENCE;
  }

  private tooLong(): Error {
    const seconds = LIMIT / 1000;
    return new Error(
      `HistoryFile.save: ${this.file}: expected to be let in within ${seconds} s, got no turn: ` +
        `other processes write to it, or ${this.folder} is none of theirs and has to be removed`,
    );
  }
}

function onWindows(): boolean {
  return process.platform === 'win32';
}

/** Removes a folder if nothing is in it. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is in use, or another process was faster.
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
