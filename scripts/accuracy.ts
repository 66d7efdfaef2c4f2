/**
 * Measures the accuracy of every function on every instruction set of this machine, which the suites
 * write to docs/accuracy.json, and writes the figures into docstrings and docs/accuracy.md.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { docstrings } from '../test/support/examples';
import { readEntries } from '../test/support/figures';
import { functionIn, withSentence, withTable } from './accuracy/text';

const ROOT = path.join(__dirname, '..');
const PAGE = path.join(ROOT, 'docs/accuracy.md');

function measure(): void {
  const jest = createRequire(__filename).resolve('jest/bin/jest');
  // One after another: they write one file.
  const { status } = spawnSync(process.execPath, [jest, '--runInBand', 'test/accuracy/'], {
    cwd: ROOT,
    env: { ...process.env, DETLOSS_ACCURACY: 'write' },
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function write(): void {
  const entries = readEntries();
  for (const { title, text } of docstrings()) {
    const entry = entries[functionIn(title) ?? ''];
    if (entry === undefined) continue;
    const file = path.join(ROOT, title.split(' ')[0]);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(text, () => withSentence(text, entry)),
    );
  }
  writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), entries));
}

measure();
write();
