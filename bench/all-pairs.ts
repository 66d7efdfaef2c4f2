/**
 * `overlap.iou` of a thousand boxes with ten thousand: as many as assigning and suppressing compare.
 */
import { overlap } from 'detloss';
import { random } from '../test/support/random';
import { boxes } from './inputs';
import { measure, warmUp, type Effort } from './measure';
import { code, digits, table, times } from './table';

export const ALL_PAIRS = 'overlap.iou';

const ROWS = 1000;
const COLUMNS = 10_000;
const METRICS = ['iou', 'giou', 'diou', 'ciou'] as const;

/** One line of the table. */
export interface PairsResult {
  metric: string;
  /** 10⁹ pairs a second on one thread. */
  speed: number;
  /** Bytes of the result per nanosecond. */
  written: number;
  /** How many times as fast on all threads. */
  threads: number;
}

export function runAllPairs(seed: number, effort: Effort): PairsResult[] {
  const next = random(seed);
  const [a, b] = [ROWS, COLUMNS].map((count) => boxes(count, next).arrays[0] as Float32Array);
  const out = new Float32Array(ROWS * COLUMNS);
  return METRICS.map((metric) => {
    const alone = () => overlap.iou(a, b, { metric, out, threads: 1 });
    warmUp(alone, effort.warmUp);
    const [time, all] = measure([alone, () => overlap.iou(a, b, { metric, out })], effort);
    const speed = out.length / time;
    return { metric, speed, written: 4 * speed, threads: time / all };
  });
}

export function allPairsSection(results: readonly PairsResult[] | undefined): string[] {
  if (results === undefined) return [];
  const lines = results.map(({ metric, speed, written, threads }) => [
    code(`overlap.iou, ${metric}`),
    digits(speed),
    digits(written),
    times(threads),
  ]);
  return [
    '## overlap.iou',
    `All pairs of ${ROWS} and ${COLUMNS} boxes, to an array that is supplied: 10⁹ pairs a second on one
core, the GB/s at which the result is written, and how many times as fast the call is with the default
number of threads.`,
    table(['function', 'G pairs/s', 'GB/s', 'threads'], lines),
  ];
}
