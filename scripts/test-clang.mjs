// npm run test:clang: the suites of losses with an addon that Clang has built: Debian's clang-19, or the
// compiler that CXX names. Arguments are jest's.
import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'build', 'clang');
const modules = createRequire(import.meta.url);
const compiler = process.env.CXX ?? 'clang++-19';

const out = ['--directory', root, '--out', path.join(folder, 'build'), '-T', 'detloss'];
execFileSync(
  process.execPath,
  [
    modules.resolve('cmake-js/bin/cmake-js'),
    'compile',
    ...out,
    `--CDCMAKE_CXX_COMPILER=${compiler}`,
  ],
  { cwd: root, stdio: 'inherit' },
);

const suites = process.argv.length > 2 ? process.argv.slice(2) : ['test/losses/'];
const { status } = spawnSync(process.execPath, [modules.resolve('jest/bin/jest'), ...suites], {
  cwd: root,
  env: { ...process.env, DETLOSS_PREBUILD: folder },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
