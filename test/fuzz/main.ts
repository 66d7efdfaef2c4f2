/**
 * npm run fuzz: calls everything the package and the addon export with random arguments, in a
 * process of its own. Where that crashes, hangs, or writes where it must not, this says which call it
 * was and how to repeat it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';

interface Options {
  seconds: string;
  seed: string;
  call?: string;
}

/** A call that takes longer hangs. */
const PATIENCE_SECONDS = 60;
const CHILD = ['--expose-gc', '--import', 'tsx', path.join(__dirname, 'child.ts')];

const program = new Command('npm run fuzz --')
  .description('Call every export with random arguments, and see that nothing crashes.')
  .option('--seconds <number>', 'how long', '60')
  .option('--seed <number>', 'which calls', '1')
  .option('--call <number>', 'only this call of the seed');
const { seconds, seed, call } = program.parse().opts<Options>();

async function main() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'detloss-fuzz-'));
  const file = path.join(folder, 'call');
  writeFileSync(file, '');
  const lastCall = () => {
    const bytes = readFileSync(file);
    return bytes.length < 8 ? undefined : bytes.readDoubleLE();
  };
  const child = spawn(
    process.execPath,
    [...CHILD, seed, call ?? '0', call === undefined ? seconds : '0', file],
    { stdio: 'inherit' },
  );
  let before: number | undefined;
  let since = Date.now();
  const watch = setInterval(() => {
    const under = lastCall();
    if (under !== before) [before, since] = [under, Date.now()];
    else if (Date.now() - since > 1000 * PATIENCE_SECONDS) child.kill('SIGKILL');
  }, 1000);
  const outcome = await new Promise<string | number | null>((resolve) =>
    child.on('close', (code, signal) => resolve(signal ?? code)),
  );
  clearInterval(watch);
  const last = lastCall();
  rmSync(folder, { recursive: true });
  if (outcome === 0) return;
  console.error(`\nThe process ended with ${outcome} in call ${last} of seed ${seed}:`);
  spawnSync(process.execPath, [...CHILD, seed, String(last), '-1', os.devNull], {
    stdio: 'inherit',
  });
  console.error(
    `Repeat it by npm run fuzz -- --seed ${seed} --call ${last}, or, if calls before it matter, ` +
      `without --call.`,
  );
  process.exitCode = 1;
}

void main();
