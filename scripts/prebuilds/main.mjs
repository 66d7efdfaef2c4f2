// npm run prebuilds: makes prebuilds/PLATFORM-ARCH, whose binary needs neither a compiler nor
// libhwy where it is installed. With --arch arm64, on Linux, by Debian's cross compiler.
import { copyFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import prebuildify from 'prebuildify';
import { crossPrefix, folderOf } from './portable.mjs';

const program = new Command('npm run prebuilds --')
  .description('Build the binaries that the package carries.')
  .option('--arch <name>', 'the architecture: x64 or arm64', process.arch);
const { arch } = program.parse().opts();

const folder = folderOf(arch);
mkdirSync(folder, { recursive: true });
await promisify(prebuildify)({
  name: 'detloss',
  napi: true,
  arch,
  cwd: folder,
  out: '.',
  strip: true,
  stripBin: `${crossPrefix(arch)}strip`,
  tagLibc: process.platform === 'linux',
  shell: true,
  nodeGyp: `"${process.execPath}" "${path.join(import.meta.dirname, 'as-node-gyp.mjs')}"`,
});

// The licence of what is linked statically goes with the binary.
const cache = readFileSync(path.join(folder, 'build', 'CMakeCache.txt'), 'utf8');
const given = /^FETCHCONTENT_SOURCE_DIR_HIGHWAY:\w+=(.+)$/m.exec(cache);
const highway = given ? given[1] : path.join(folder, 'build', '_deps', 'highway-src');
const out = path.join('prebuilds', `${process.platform}-${arch}`);
for (const name of readdirSync(highway).filter((name) => name.startsWith('LICENSE'))) {
  copyFileSync(path.join(highway, name), path.join(out, `highway.${name}.txt`));
}
console.log(`${out}: ${readdirSync(out).join(', ')}`);
