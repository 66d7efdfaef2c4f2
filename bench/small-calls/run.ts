/**
 * Calls of a few elements, boxes or pairs: what a call costs, from how many on the addon is faster
 * than JavaScript, and what a call leaves to the garbage collector.
 */
import { random, type Random } from '../../test/support/random';
import { compile, type Case, type Contender, type Pass } from '../case';
import { measure, type Call, type Effort } from '../measure';
import { withProgress } from '../progress';
import { garbageOf } from './garbage';

const SIZES = [1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024];

/**
 * Calls take turns on so many sets of arrays, with so many boxes, elements or pairs in all. Over and
 * over on the same few boxes, the processor knows by heart which way each branch of textbook
 * JavaScript goes: CIoU takes it 220 ns for the same 8 boxes, 220 for 256 sets of them, 410 for 1024.
 */
export const MOST_SETS = 1024;
export const UNITS = 8 * MOST_SETS;

/** Nanoseconds of a call. */
export type CallTimes = Record<Contender, number> & { count: number };

export interface SmallResult {
  name: string;
  unit: string;
  computes: string;
  times: CallTimes[];
  /** From how many units on the addon is faster, at that and all larger sizes; not there if never. */
  wins: Partial<Record<'tuned' | 'textbook', number>>;
  /** Bytes that a call with supplied outputs allocates. */
  garbage: number;
}

/** What a case's calls of one size are made of: a pass for each set of arrays. */
type Sets = readonly Pass[];

/** Of every pass of a case, the sets of one size. */
function prepare(entry: Case, size: number, next: Random): Sets[] {
  const sets = Math.min(MOST_SETS, Math.ceil(UNITS / size));
  const drawn = Array.from({ length: sets }, () => entry.prepare(size, next));
  return drawn[0].map((_, k) => drawn.map((passes) => passes[k]));
}

/** One call after another. */
function allOf(calls: readonly Call[]): Call {
  return () => {
    for (const call of calls) call();
  };
}

/** The addon is called as users would: how many threads compute so little is left to it. */
function timesOf(sets: Sets, effort: Effort): CallTimes {
  const contenders = [
    sets.map(({ together }) => together),
    sets.map(({ calls }) => calls.tuned),
    sets.map(({ calls }) => calls.textbook),
  ];
  const times = measure(contenders.map(allOf), effort);
  const [native, tuned, textbook] = times.map((time) => time / sets.length);
  return { count: sets[0].count, native, tuned, textbook };
}

/** The least count from which on the addon is faster. */
function winsFrom(
  times: readonly CallTimes[],
  contender: 'tuned' | 'textbook',
): number | undefined {
  const lost = times.map((time) => time.native > time[contender]).lastIndexOf(true);
  return times.at(lost + 1)?.count;
}

function lineOf(entry: Case, bySize: readonly Sets[], effort: Effort): SmallResult {
  const times = bySize.map((sets) => timesOf(sets, effort));
  const calls = bySize[0].map(({ together }) => together);
  return {
    name: entry.name,
    unit: entry.unit,
    computes: bySize[0][0].computes,
    times,
    wins: { tuned: winsFrom(times, 'tuned'), textbook: winsFrom(times, 'textbook') },
    garbage: garbageOf(allOf(calls)) / calls.length,
  };
}

export function runSmallCalls(cases: readonly Case[], seed: number, effort: Effort): SmallResult[] {
  return withProgress(cases.length, (step) =>
    cases.flatMap((entry) => {
      step(`${entry.name}, small calls`);
      const bySize = SIZES.map((size) => prepare(entry, size, random(seed))).filter(
        // Rows of classes and whole grids come to the same count for several sizes.
        ([sets], k, all) => k === 0 || sets[0].count !== all[k - 1][0][0].count,
      );
      compile(
        bySize[0].map((sets) => sets[0]),
        effort,
      );
      return bySize[0].map((_, k) =>
        lineOf(
          entry,
          bySize.map((passes) => passes[k]),
          effort,
        ),
      );
    }),
  );
}
