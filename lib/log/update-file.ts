/**
 * Changes a file as a whole: whatever happens in the middle, it has the content of before or of
 * after, and no process undoes what another has written.
 */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  writeFileSync,
  type BigIntStats,
} from 'node:fs';
import path from 'node:path';
import { FileLock } from './file-lock';
import { codeOf, ifThere, readText, realFile, stateOf } from './regular-file';

/**
 * Writes what `change` makes of a file's text. Where others write to it at the same time, `change`
 * is called again, with what they have written.
 *
 * @throws Error where the file is no regular one, or cannot be written; what `change` throws. The
 * file is as before then, and nothing is left beside it.
 */
export function updateFile(file: string, change: (text: string) => string): void {
  // What is neither there nor a file is refused before anything is made beside it.
  stateOf(file);
  const target = realFile(file);
  const lock = new FileLock(target);
  let done = false;
  while (!done) {
    try {
      done = replace(target, lock.acquire(), change);
    } finally {
      lock.release();
    }
  }
}

/** Whether the new content is in place: it is not where another process has written meanwhile. */
function replace(target: string, copy: string, change: (text: string) => string): boolean {
  const before = stateOf(target);
  if (before !== undefined) accessSync(target, constants.W_OK);
  const bytes = Buffer.from(change(readText(target)));
  const fd = ifThere(() => openSync(copy, 'r+'));
  if (fd === undefined) return false;
  try {
    if (before !== undefined) takeOver(fd, before);
    // Goes on until everything is written, or throws.
    writeFileSync(fd, bytes);
    fsyncSync(fd);
    const { size } = fstatSync(fd);
    if (size !== bytes.length) {
      throw new Error(`HistoryFile.save: ${target}: expected ${bytes.length} bytes, got ${size}`);
    }
  } finally {
    closeSync(fd);
  }
  // An editor, or another program that knows nothing of the lock.
  if (!isSame(before, stateOf(target))) return false;
  const renamed = ifThere(() => {
    renameSync(copy, target);
    return true;
  });
  if (renamed === undefined) return false;
  syncFolder(path.dirname(target));
  return true;
}

function isSame(before: BigIntStats | undefined, now: BigIntStats | undefined): boolean {
  const { ino, size, mtimeNs, ctimeNs } = before ?? {};
  return (
    now?.ino === ino && now?.size === size && now?.mtimeNs === mtimeNs && now?.ctimeNs === ctimeNs
  );
}

/** Gives the new file the owner and the permissions of the old one, as far as that is allowed. */
function takeOver(fd: number, { uid, gid, mode }: BigIntStats): void {
  // In this order: another owner takes permissions away.
  ifAllowed(() => fchownSync(fd, Number(uid), Number(gid)));
  ifAllowed(() => fchmodSync(fd, Number(mode) & 0o7777));
}

/** So that the new name lasts through a loss of power. */
function syncFolder(folder: string): void {
  ifAllowed(() => {
    const fd = openSync(folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  });
}

/** Codes of what a file system does not have, or not for this user; the last is of Windows. */
const NOT_ALLOWED = new Set(['EPERM', 'EACCES', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EISDIR']);

function ifAllowed(call: () => void): void {
  try {
    call();
  } catch (error) {
    if (!NOT_ALLOWED.has(codeOf(error) ?? '')) throw error;
  }
}
