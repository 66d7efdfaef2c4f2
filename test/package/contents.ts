/**
 * What the tarball holds: all that its users need, and nothing else.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './project';

const NEEDED = [
  'package.json',
  'README.md',
  'README.ko.md',
  'LICENSE',
  'CHANGELOG.md',
  'CMakeLists.txt',
];
const binaries = `prebuilds/${process.platform}-${process.arch}/`;

/** Whether a file belongs into the package. */
function belongs(file: string): boolean {
  if (NEEDED.includes(file)) return true;
  if (/^native\/.+\.(h|cc|cu|cuh|in|inc|cmake|txt)$|^native\/sources\.cjs$/.test(file)) return true;
  if (/^prebuilds\/\w+-\w+\/(detloss[\w.]*\.node|highway\.LICENSE[\w-]*\.txt)$/.test(file))
    return true;
  // Compiled from a source that is still there, not left over from an earlier build.
  const compiled = /^dist\/(.+?)(\.d)?\.(m?)[jt]s$/.exec(file);
  return compiled !== null && existsSync(path.join(ROOT, 'lib', `${compiled[1]}.${compiled[3]}ts`));
}

export function checkContents(files: readonly { path: string; size: number }[]): void {
  const paths = files.map((file) => file.path);
  const strangers = paths.filter((file) => !belongs(file));
  if (strangers.length > 0) throw new Error(`the package need not hold ${strangers.join(', ')}`);
  const binary = paths.some((file) => file.startsWith(binaries) && file.endsWith('.node'));
  const missing = NEEDED.filter((file) => !paths.includes(file));
  if (!binary) missing.push(binaries);
  if (missing.length > 0) throw new Error(`the package lacks ${missing.join(', ')}`);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  console.log(`${paths.length} files, ${(size / 1e6).toFixed(1)} MB unpacked`);
}
