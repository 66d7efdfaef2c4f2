/** Very many small promised calls: the process is no larger at the end than after it has warmed up. */
import { spawnSync } from 'node:child_process';
import { box } from 'detloss/promises';
import { extent } from '../support/extent';

/** What fragments and pages kept for later may take. */
const MOST_MEGABYTES = 16;
const AT_ONCE = 100;
const WARM_UP = 100_000;
/** A space for new objects that does not grow, as V8 lets it while many are made. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=1', '--import', 'tsx'];

function megabytes(collect: () => void): number {
  collect();
  collect();
  return process.memoryUsage().rss / 1e6;
}

async function main(collect: () => void) {
  const count = WARM_UP + extent(200_000, 1_000_000);
  let first = 0;
  for (let done = 0; done < count; done += AT_ONCE) {
    if (done === WARM_UP) first = megabytes(collect);
    const calls = Array.from({ length: AT_ONCE }, (_, k) => {
      const boxes = Float32Array.of(0, 0, 1, 1, k, k, 2, 2);
      return box.ciou(boxes, boxes, { grad: true });
    });
    for (const { loss } of await Promise.all(calls)) if (loss !== 0) throw new Error('not 0');
  }
  const grown = megabytes(collect) - first;
  if (grown > MOST_MEGABYTES) throw new Error(`grown by ${grown.toFixed(1)} MB`);
  console.log(`${count} small promised calls, grown by ${Math.max(0, grown).toFixed(1)} MB`);
}

const { gc } = globalThis as { gc?: () => void };
if (gc !== undefined) {
  void main(gc);
} else {
  const command = [...FLAGS, __filename, ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, command, { stdio: 'inherit' }).status ?? 1;
}
