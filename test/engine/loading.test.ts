/** The addon is loaded when it is first needed. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const DIST = path.join(__dirname, '..', '..', 'dist');

/** Whether the addon is there after `require` of a module, and after a call of its `box.iou`. */
function loaded(entry: string): boolean[] {
  const script = `
    const isLoaded = () =>
      process.report.getReport().sharedObjects.some((file) => /detloss[\\w.]*\\.node$/.test(file));
    const { box } = require(${JSON.stringify(path.join(DIST, entry))});
    const before = isLoaded();
    Promise.resolve(box.iou(new Float32Array(4), new Float32Array(4))).then(() => {
      console.log(JSON.stringify([before, isLoaded()]));
    });`;
  return JSON.parse(
    execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }),
  ) as boolean[];
}

test.each(['index', 'promises'])('detloss, by its module %s', (entry) => {
  expect(loaded(entry)).toEqual([false, true]);
});

test('detloss/reference does without', () => {
  expect(loaded('reference')).toEqual([false, false]);
});
