import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HistoryFile } from '../../lib/log';

const SCRIPT = path.join(__dirname, '..', 'support', 'save-forever.ts');

/**
 * Runs a process that saves without end, kills it so many milliseconds after its first save, and
 * returns the last epoch that it said it had saved.
 */
async function killedRun(file: string, after: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), after);
    output += chunk;
  });
  const signal = await new Promise((resolve) => child.on('close', (_, name) => resolve(name)));
  expect(signal).toBe('SIGKILL');
  const lines = output.split('\n').slice(0, -1);
  return Number(lines.at(-1));
}

test('a history is whole whenever its process is killed, and the next one goes on', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'detloss-crash-'));
  try {
    const file = path.join(folder, 'history.csv');
    let before = 0;
    for (const after of [0, 3, 10, 23, 50, 101]) {
      const said = await killedRun(file, after);
      const rows = new HistoryFile(file).read();
      expect(said).toBeGreaterThan(before);
      // It may have been killed after a save and before it said so.
      expect([said, said + 1]).toContain(rows.length);
      rows.forEach((row, i) => {
        const loss = 1 / (i + 1);
        const [train, validation] = [{ loss, ciou: loss / 2 }, { loss: 2 * loss }];
        expect(row).toEqual({ epoch: i + 1, train, validation });
      });
      before = rows.length;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
