/**
 * The file that a path leads to. It has to be a regular one: writing to a device or a pipe would
 * replace it, and reading from one may never end.
 */
import { isUtf8 } from 'node:buffer';
import { mkdirSync, readFileSync, readlinkSync, realpathSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';

/** What the system calls an error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** What `call` returns, or `undefined` where the file or folder it is about does not exist. */
export function ifThere<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The state of a regular file, `undefined` where there is none; throws where it is another kind. */
export function stateOf(file: string) {
  const state = ifThere(() => statSync(file, { bigint: true }));
  if (state === undefined || state.isFile()) return state;
  const kind = kindOf(state);
  const code = kind === 'folder' ? ' (EISDIR)' : '';
  throw new Error(`HistoryFile: ${file}: expected a regular file, got a ${kind}${code}`);
}

type Kinds = Pick<Stats, 'isDirectory' | 'isFIFO' | 'isSocket'>;

function kindOf(state: Kinds): string {
  if (state.isDirectory()) return 'folder';
  if (state.isFIFO()) return 'pipe';
  return state.isSocket() ? 'socket' : 'device';
}

/** The text of a regular file, empty where there is none. */
export function readText(file: string): string {
  if (stateOf(file) === undefined) return '';
  const bytes = ifThere(() => readFileSync(file)) ?? Buffer.alloc(0);
  // Another encoding would be read as replacement characters, and written back as such.
  if (!isUtf8(bytes)) throw new Error(`HistoryFile: ${file}: expected UTF-8, got other bytes`);
  return bytes.toString();
}

/** Makes a folder and those it is in: as `mkdir` does, which never returns in some of /proc's. */
export function makeFolder(folder: string): void {
  const isThere = () => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isThere()) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if (!isThere()) throw error;
  }
}

/**
 * The path without symbolic links of the file at `file`, which does not have to exist, nor what the
 * last link leads to. Its folder is made.
 */
export function realFile(file: string): string {
  const folder = path.dirname(file);
  makeFolder(folder);
  const existing = ifThere(() => realpathSync(file));
  if (existing !== undefined) return existing;
  const real = path.join(realpathSync(folder), path.basename(file));
  const link = linkAt(real);
  return link === undefined ? real : realFile(path.resolve(path.dirname(real), link));
}

function linkAt(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
