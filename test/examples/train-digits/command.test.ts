/** A short training by the command of examples/train-digits. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HistoryFile } from '../../../lib';

const MAIN = path.join(__dirname, '..', '..', '..', 'examples', 'train-digits', 'main.ts');
const COLUMNS = ['total_loss', 'ciou', 'object', 'category', 'pos_obj', 'neg_obj', 'time_m'];

test('trains, and leaves a history, curves and a picture', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'train-digits-'));
  try {
    const settings = { epochs: 3, scenes: 64, batch: 8, validation: 8, rate: 0.004, out: folder };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const output = execFileSync(process.execPath, ['--import', 'tsx', MAIN, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(output).toMatch(/AP@0\.5 0\.\d{3}/);

    const rows = new HistoryFile(path.join(folder, 'history.csv')).read();
    expect(rows.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    for (const { train, validation } of rows) {
      expect(Object.keys(train)).toEqual(COLUMNS);
      expect(Object.keys(validation)).toEqual([...COLUMNS, 'recall', 'precision', 'ap50', 'ap75']);
      const numbers = [...Object.values(train), ...Object.values(validation)];
      expect(numbers.every(Number.isFinite)).toBe(true);
    }
    expect(rows[2].train.total_loss).toBeLessThan(0.9 * rows[0].train.total_loss);
    expect(readFileSync(path.join(folder, 'curves.svg'), 'utf8')).toMatch(/^<svg /);
    const picture = readFileSync(path.join(folder, 'scenes.png'));
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
