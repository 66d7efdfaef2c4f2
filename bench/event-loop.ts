/**
 * What else gets done in the process during a large call: a timer ticks, or does not.
 */
import { box } from 'detloss';
import * as promises from 'detloss/promises';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { random } from '../test/support/random';
import { boxes, drawnAndRepeated } from './inputs';
import { digits, table } from './table';

export const EVENT_LOOP = 'detloss/promises';

/** Milliseconds between ticks, if nothing keeps them. */
const PERIOD = 5;
/** Milliseconds in which nothing is computed. */
const REST = 500;

/** One line of the table. Times are milliseconds. */
export interface LoopResult {
  name: string;
  milliseconds: number;
  ticks: number;
  /** The longest time without a tick. */
  worstGap: number;
}

export interface LoopReport {
  boxes: number;
  results: LoopResult[];
}

/** Runs `work` while a timer ticks. */
async function watched(name: string, work: () => unknown): Promise<LoopResult> {
  const start = performance.now();
  let last = start;
  let worstGap = 0;
  let ticks = 0;
  const seen = () => {
    const now = performance.now();
    worstGap = Math.max(worstGap, now - last);
    last = now;
  };
  const timer = setInterval(() => {
    seen();
    ticks++;
  }, PERIOD);
  await work();
  // A timer that is due ticks now, so that its delay counts.
  await setImmediate();
  clearInterval(timer);
  seen();
  return { name, milliseconds: last - start, ticks, worstGap };
}

/** The same numbers in memory that a promised call uses in place. */
function shared(numbers: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(numbers.byteLength));
  copy.set(numbers);
  return copy;
}

export async function runEventLoop(count: number, seed: number): Promise<LoopReport> {
  const { arrays, grad: wanted } = drawnAndRepeated(boxes, count, random(seed));
  const [pred, target, grad] = [...(arrays as Float32Array[]), wanted].map(shared);
  const tenth = 4 * Math.ceil(pred.length / 40);
  const own = [pred, target, grad].map((array) => array.slice(0, tenth));
  // Touched once, so that no call is the first to be given the memory; then what is left is cleared.
  box.ciou(pred, target, { grad });
  await setTimeout(REST);
  const results = [
    await watched('nothing', () => setTimeout(REST)),
    await watched('`box.ciou` of `detloss/promises`, shared memory', () =>
      promises.box.ciou(pred, target, { grad }),
    ),
    await watched('the same of a tenth of the boxes, ordinary memory', () =>
      promises.box.ciou(own[0], own[1], { grad: own[2] }),
    ),
    await watched('`box.ciou`', () => box.ciou(pred, target, { grad })),
  ];
  return { boxes: pred.length / 4, results };
}

export function eventLoopSection(report: LoopReport | undefined): string[] {
  if (report === undefined) return [];
  const lines = report.results.map(({ name, milliseconds, ticks, worstGap }) => [
    name,
    milliseconds.toFixed(0),
    String(ticks),
    digits(worstGap),
  ]);
  return [
    '## The event loop',
    `A timer that should tick every ${PERIOD} ms, while one call computes value and gradient of
${(report.boxes / 1e6).toFixed(0)} million boxes.`,
    table(['what', 'ms', 'ticks', 'longest gap, ms'], lines),
  ];
}
