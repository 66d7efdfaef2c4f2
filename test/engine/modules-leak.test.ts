/** A test environment that has loaded the package goes away with all that it held. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const program = createRequire(__filename).resolve('jest/bin/jest');
const dist = path.join(__dirname, '..', '..', 'dist');

test.each(['index', 'promises', 'reference', 'cuda'])(
  'jest --detectLeaks finds nothing after detloss/%s',
  (entry) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'detloss-modules-'));
    writeFileSync(path.join(folder, 'package.json'), '{}');
    const module = JSON.stringify(path.join(dist, entry));
    writeFileSync(
      path.join(folder, 'some.test.js'),
      `test('some', () => { require(${module}); });`,
    );
    const options = ['--detectLeaks', '--runInBand'];
    const { status, stderr } = spawnSync(process.execPath, [program, ...options], {
      cwd: folder,
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    expect(stderr).toContain('1 passed');
    expect(status).toBe(0);
  },
  60_000,
);
