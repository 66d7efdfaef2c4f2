/**
 * Calls of a few elements, boxes or pairs: what a call costs, from how many on the addon is faster
 * than JavaScript, and what a call leaves to the garbage collector.
 */
import { random } from '../../test/support/random';
import { compile, type Case, type Contender, type Pass } from '../case';
import { measure, type Effort } from '../measure';
import { withProgress } from '../progress';
import { garbagePerCall } from './garbage';

const SIZES = [1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024];

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

/** The addon is called as users would: how many threads compute so little is left to it. */
function timesOf({ calls, together, count }: Pass, effort: Effort): CallTimes {
  const contenders = [together, calls.tuned, calls.textbook];
  const [native, tuned, textbook] = measure(contenders, effort);
  return { count, native, tuned, textbook };
}

/** The least count from which on the addon is faster. */
function winsFrom(
  times: readonly CallTimes[],
  contender: 'tuned' | 'textbook',
): number | undefined {
  const lost = times.map((time) => time.native > time[contender]).lastIndexOf(true);
  return times.at(lost + 1)?.count;
}

function lineOf(entry: Case, passes: readonly Pass[], effort: Effort): SmallResult {
  const times = passes.map((pass) => timesOf(pass, effort));
  return {
    name: entry.name,
    unit: entry.unit,
    computes: passes[0].computes,
    times,
    wins: { tuned: winsFrom(times, 'tuned'), textbook: winsFrom(times, 'textbook') },
    garbage: garbagePerCall([passes[0].together])[0],
  };
}

export function runSmallCalls(cases: readonly Case[], seed: number, effort: Effort): SmallResult[] {
  return withProgress(cases.length, (step) =>
    cases.flatMap((entry) => {
      step(`${entry.name}, small calls`);
      const bySize = SIZES.map((size) => entry.prepare(size, random(seed))).filter(
        // Rows of classes and whole grids come to the same count for several sizes.
        (passes, k, all) => k === 0 || passes[0].count !== all[k - 1][0].count,
      );
      compile(bySize[0], effort);
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
