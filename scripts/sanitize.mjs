// npm run test:asan: jest's suites with an addon that AddressSanitizer and UndefinedBehaviorSanitizer
// watch. Arguments, such as suites, are jest's; after --fuzz, they are those of npm run fuzz.
import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'build', 'sanitized');
const modules = createRequire(import.meta.url);

const definitions = ['DETLOSS_SANITIZE=address,undefined,float-cast-overflow'];
const out = ['--directory', root, '--out', path.join(folder, 'build'), '-T', 'detloss'];
const build = ['compile', ...out, ...definitions.map((definition) => `--CD${definition}`)];
execFileSync(process.execPath, [modules.resolve('cmake-js/bin/cmake-js'), ...build], {
  cwd: root,
  stdio: 'inherit',
});

// Node itself is not instrumented: the sanitizers have to be in the process before it is.
const library = (name) =>
  execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();
const env = {
  ...process.env,
  DETLOSS_PREBUILD: folder,
  LD_PRELOAD: ['libasan.so', 'libubsan.so'].map(library).join(' '),
  // What Node and V8 keep until the process ends is no leak; npm run test:leak looks for those.
  ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=1',
  UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
};
// Instrumented, the suites that leave in mid-call and those that count digits or add up thousands of
// rows take minutes: their calls are larger or more than those of other suites, of the same kernels.
// Those of the GPU have an addon of their own, and the others named here are about JavaScript, or about
// what a sanitizer does not allow: numbers at odd addresses, and too little memory for a thread.
const slow = [
  'accuracy',
  'arguments/impossible-numbers',
  'engine/leaving-mid-call',
  'losses/precision/sums-of-logits',
];
const elsewhere = [
  ...['assign', 'bench', 'cuda', 'docs', 'examples/train-digits', 'log', 'reference'],
  ...['engine/foreign-addon', 'engine/modules-leak', 'engine/no-threads'],
];
const suites = [`--testPathIgnorePatterns=/test/(${[...slow, ...elsewhere].join('|')})`];
const [first, ...rest] = process.argv.slice(2);
const command =
  first === '--fuzz'
    ? ['--import', 'tsx', path.join('test', 'fuzz', 'main.ts'), ...rest]
    : [modules.resolve('jest/bin/jest'), ...suites, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, command, { cwd: root, env, stdio: 'inherit' });
process.exitCode = status ?? 1;
