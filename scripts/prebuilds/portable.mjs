// How a binary that other machines can run is built, and where.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { highwaySource } from './highway.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');

/** Debian's names of what builds for another architecture than the machine's. */
const CROSS = {
  arm64: { prefix: 'aarch64-linux-gnu-', processor: 'aarch64' },
  x64: { prefix: 'x86_64-linux-gnu-', processor: 'x86_64' },
};

/** The names of the tools of an architecture of Linux; nothing for the machine's own. */
export function crossPrefix(arch) {
  if (arch === process.arch || process.platform !== 'linux') return '';
  if (!(arch in CROSS)) throw new Error(`no cross compiler is known for ${arch}`);
  return CROSS[arch].prefix;
}

/** The folder from which prebuildify takes the binary of an architecture, in its build/Release. */
export function folderOf(arch) {
  return path.join(root, 'build', 'portable', `${process.platform}-${arch}`);
}

/** Builds one of CMake's targets; returns the folder that holds it. */
export function compile(arch, target) {
  const source = highwaySource(path.join(root, 'build', 'portable'));
  const prefix = crossPrefix(arch);
  const definitions = {
    DETLOSS_PORTABLE: 'ON',
    ...(source && { FETCHCONTENT_SOURCE_DIR_HIGHWAY: source }),
    ...(prefix && {
      CMAKE_SYSTEM_NAME: 'Linux',
      CMAKE_SYSTEM_PROCESSOR: CROSS[arch].processor,
      CMAKE_C_COMPILER: `${prefix}gcc`,
      CMAKE_CXX_COMPILER: `${prefix}g++`,
    }),
    ...(process.platform === 'darwin' && { CMAKE_OSX_DEPLOYMENT_TARGET: '11.0' }),
  };
  const out = path.join(folderOf(arch), 'build');
  const options = Object.entries(definitions).map(([name, value]) => `--CD${name}=${value}`);
  // Highway recommends Clang where the alternative is Microsoft's compiler.
  if (process.platform === 'win32') options.push('--toolset', 'ClangCL');
  const all = ['compile', '--directory', root, '--out', out, '--arch', arch, '-T', target];
  execFileSync(process.execPath, [cmakeJs, ...all, ...options], { cwd: root, stdio: 'inherit' });
  return out;
}
