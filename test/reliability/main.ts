/**
 * npm run test:reliability: runs scripts of this folder one after another. Each is a program of its
 * own that does to the package what has crashed others, prints one line, and fails where the package
 * does not hold. They use dist/, as `npm run build` left it, except where they test lib/ itself.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Command } from 'commander';

/** The scripts, and with which arguments each does much more. */
const FULL = ['--full'];
const SCRIPTS: Record<string, string[]> = {
  exits: FULL,
  growth: FULL,
  hostile: FULL,
  large: FULL,
  'log-full-disk': [],
  'log-kills': ['--kills', '200'],
  'log-writers': [],
  pools: FULL,
  scribble: FULL,
  workers: FULL,
};
const scripts = Object.keys(SCRIPTS);

const program = new Command('npm run test:reliability --')
  .description('Do to the package what must not crash it.')
  .option('--full', 'much more of each: minutes')
  .argument('[scripts...]', `some of ${scripts.join(', ')}`);
program.parse();
const named = program.args;
const unknown = named.filter((name) => !scripts.includes(name));
if (unknown.length > 0) program.error(`there is no ${unknown.join(', ')}`);

let failed = 0;
for (const name of named.length > 0 ? named : scripts) {
  const begin = performance.now();
  const full = program.opts<{ full?: boolean }>().full ? SCRIPTS[name] : [];
  const command = ['--import', 'tsx', path.join(__dirname, `${name}.ts`), ...full];
  const run = spawnSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${name.padEnd(14)} ${seconds.padStart(6)} s  ${run.stdout.trim()}`);
  if (run.status === 0) continue;
  failed++;
  console.error(`${name} ended with ${run.signal ?? run.status}\n${run.stderr}`);
}
process.exitCode = failed === 0 ? 0 : 1;
