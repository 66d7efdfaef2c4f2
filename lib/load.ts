/**
 * Finds the addon's file and loads it, if it is whole and of this library's sources. Another one's
 * arrays and numbers may mean something else, so that its results would be wrong without an error.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { SOURCES } from './sources';

export const ROOT = path.join(__dirname, '..');

/** What every addon exports. */
interface Addon {
  /** The hash of the sources it was built from. */
  sources?: string;
}

/** The first bytes of a file, at most so many, and how many it has in all. */
function readHead(file: string, most: number): { head: Buffer; size: number } {
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(most);
    const length = readSync(descriptor, head, 0, most, 0);
    return { head: head.subarray(0, length), size: fstatSync(descriptor).size };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Whether a file ends before its contents do. Linux maps a library into memory without a look, and
 * ends the process where it is read beyond the file's end. Other systems refuse such a file.
 */
function isCutOff(file: string): boolean {
  const { head, size } = readHead(file, 64);
  if (head.length < 64) return true;
  const isElf = head.readUInt32BE(0) === 0x7f454c46 && head[4] === 2 && head[5] === 1;
  if (!isElf) return false;
  // The table of sections is the last that a linker writes.
  const table = Number(head.readBigUInt64LE(40));
  return table + head.readUInt16LE(58) * head.readUInt16LE(60) > size;
}

/** Loads an addon; throws where it cannot be, or is another version's. */
export function loadAddon(file: string): unknown {
  let cutOff: boolean;
  try {
    cutOff = isCutOff(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT' ? new Error('does not exist', { cause: error }) : error;
  }
  if (cutOff) throw new Error('is cut off');
  const addon = createRequire(__filename)(file) as Addon;
  if (addon.sources !== SOURCES) {
    throw new Error('was built from the sources of another version of detloss');
  }
  return addon;
}

/** The C library of this process, on Linux, where a binary is for one of them. */
function libcOf(): 'glibc' | 'musl' {
  // A program names its loader, and with it its C library, where it begins.
  return readHead(process.execPath, 4096).head.includes('/ld-musl-') ? 'musl' : 'glibc';
}

/** Where the processor's addon may be: what was built here comes before what the package brings. */
function filesOf(libc: string | undefined): string[] {
  const { DETLOSS_PREBUILD, PREBUILDS_ONLY } = process.env;
  const folder = DETLOSS_PREBUILD || ROOT;
  const platform = `${process.platform}-${process.arch}`;
  const name = libc === undefined ? 'detloss.node' : `detloss.${libc}.node`;
  const prebuilt = path.join(folder, 'prebuilds', platform, name);
  return PREBUILDS_ONLY
    ? [prebuilt]
    : [path.join(folder, 'build', 'Release', 'detloss.node'), prebuilt];
}

/** Loads the first addon that can be. */
export function loadNativeAddon(): unknown {
  const libc = process.platform === 'linux' ? libcOf() : undefined;
  const problems: string[] = [];
  let cause: unknown;
  for (const file of filesOf(libc)) {
    try {
      return loadAddon(file);
    } catch (error) {
      cause ??= error;
      problems.push(`  ${file}: ${(error as Error).message}`);
    }
  }
  const platform = [process.platform, process.arch, libc, `Node.js ${process.versions.node}`];
  const message = [
    `detloss: there is no addon for this platform (${platform.filter(Boolean).join(', ')}):`,
    ...problems,
    `To build it, run "npm run build:native" in ${ROOT}`,
    'detloss/reference computes the same results without an addon.',
  ];
  throw new Error(message.join('\n'), { cause });
}
