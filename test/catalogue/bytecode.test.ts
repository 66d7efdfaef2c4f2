/**
 * V8 compiles a function into its callers up to 460 bytes of bytecode. Those that are too long for that
 * on purpose, as their comments say, have to stay so: a call of 8 boxes would take 20 ns longer.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const MOST_INLINED = 460;
const MODULES = path.join(__dirname, '..', '..', 'dist');

const SCRIPT = `
const { box, category } = require(${JSON.stringify(path.join(MODULES, 'index.js'))});
box.iou(new Float32Array(4), new Float32Array(4), {});
category.fasterRcnn(new Float32Array(2), new Int32Array(1));`;

test.each(['computeRows', 'computeClasses', 'isRootClean'])('%s', (name) => {
  const flags = ['--print-bytecode', `--print-bytecode-filter=${name}`];
  const { stdout } = spawnSync(process.execPath, [...flags, '-e', SCRIPT], { encoding: 'utf8' });
  const [, length] = /^Bytecode length: (\d+)/m.exec(stdout) ?? [];
  expect(Number(length)).toBeGreaterThan(MOST_INLINED);
});
