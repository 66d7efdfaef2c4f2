/**
 * The prebuilt binary: what it asks of the machine that loads it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { EmptyProject } from './project';

/** What an official Node for Linux is itself linked with. */
const NODE_BRINGS = /^(libstdc\+\+|libm|libgcc_s|libc|libpthread|libdl|ld-linux[\w-]*)\.so\.\d+$/;

/** The greatest of versions such as 2.9 and 2.17. */
function latest(versions: readonly string[]): string | undefined {
  const collator = new Intl.Collator('en', { numeric: true });
  return [...versions].sort(collator.compare).at(-1);
}

/**
 * Checks that a Linux binary links nothing that Node does not bring along, and says which C library
 * it takes. Both stand as text in its table of dynamic names.
 */
export function checkBinary(project: EmptyProject): void {
  if (process.platform !== 'linux') return;
  const folder = path.join(project.installed, 'prebuilds', `linux-${process.arch}`);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.node'))) {
    const text = readFileSync(path.join(folder, name), 'latin1');
    const names = text.split('\0').filter((string) => /^[\w+.-]+$/.test(string));
    const libraries = names.filter((string) => /^(lib|ld-)[\w+-]+\.so(\.\d+)*$/.test(string));
    const strangers = libraries.filter((library) => !NODE_BRINGS.test(library));
    if (libraries.length === 0) throw new Error(`${name} names no library`);
    if (strangers.length > 0) throw new Error(`${name} needs ${strangers.join(', ')}`);
    const needs = ['GLIBC', 'GLIBCXX'].map((library) => {
      const prefix = `${library}_`;
      const versions = names.filter((string) => string.startsWith(prefix));
      return `${library} ${latest(versions)?.slice(prefix.length)}`;
    });
    console.log(`${name}: ${libraries.join(' ')}; at least ${needs.join(', ')}`);
  }
}
