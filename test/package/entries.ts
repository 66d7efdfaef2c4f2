/**
 * The entries of the package: everything that its package.json exports.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { EmptyProject } from './project';

interface Manifest {
  exports: Record<string, unknown>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

const SCRIPT = `
import { createRequire } from 'node:module';
const name = process.argv[2];
const required = createRequire(import.meta.url)(name);
const imported = await import(name);
const hidden = ['default', 'module.exports', '__esModule'];
const names = (module) => Object.keys(module).filter((key) => !hidden.includes(key)).sort();
const [byRequire, byImport] = [names(required), names(imported)];
if (byRequire.join() !== byImport.join()) throw new Error(byRequire + ' / ' + byImport);
const two = byRequire.filter((key) => required[key] !== imported[key]);
if (two.length > 0) throw new Error('two instances of ' + two);
console.log(byRequire.join(' '));
`;

/**
 * Checks that every entry gives the same exports, the same instances even, by `require` and by
 * `import`; returns their names. An entry that needs an optional peer dependency, which an empty
 * project has not got, has to say so, and is left out.
 */
export function checkEntries(project: EmptyProject): string[] {
  const manifest = JSON.parse(
    readFileSync(path.join(project.installed, 'package.json'), 'utf8'),
  ) as Manifest;
  const peers = Object.keys(manifest.peerDependenciesMeta ?? {});
  project.write('entry.mjs', SCRIPT);
  const entries = Object.keys(manifest.exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) => path.posix.join('detloss', subpath));
  return entries.filter((entry) => {
    try {
      console.log(`${entry}: ${project.node('entry.mjs', entry).trim()}`);
      return true;
    } catch (error) {
      const peer = peers.find((name) => String(error).includes(`Cannot find module '${name}`));
      if (peer === undefined || entry === 'detloss') throw error;
      console.log(`${entry}: needs ${peer}, an optional peer`);
      return false;
    }
  });
}
