/**
 * The addon against the machine: cycles where the arrays are in the caches, and the part of the
 * memory's bandwidth where they are not; with AVX2 in place of AVX-512, and on all threads.
 */
import { native } from '../../lib/binding';
import { random } from '../../test/support/random';
import type { Case, Pass } from '../case';
import { measure, warmUp, type Effort } from '../measure';
import { withProgress } from '../progress';
import { bandwidths, better, type Bandwidth, type Traffic } from './bandwidth';
import { clock } from './clock';

/** The bytes of all arrays of a call: within a core's caches, and far beyond them. */
export interface Extent {
  inside: number;
  beyond: number;
}

/** One line of the table. Times are nanoseconds for each element, box or pair. */
export interface LimitResult {
  name: string;
  computes: string;
  inside: {
    count: number;
    time: number;
    cycles: number;
    /** How many times as long as with the best instruction set. */
    otherTarget?: number;
    /** How many times as fast on all threads. */
    threads: number;
  };
  beyond: {
    count: number;
    time: number;
    /** Bytes per nanosecond. */
    speed: number;
    /** What its traffic is like, … */
    like: Traffic;
    /** … and the part of that bandwidth it reaches. */
    fraction: number;
    threads: number;
  };
}

export interface LimitsReport extends Extent {
  /** Cycles per nanosecond. */
  clock: number;
  bandwidths: Record<Traffic, Bandwidth>;
  /** The instruction set compared with the best. */
  otherTarget?: string;
  results: LimitResult[];
}

/** Compared with the best, where that is a better one. */
const OTHER_TARGET = 'AVX2';

function likeOf({ read, written }: Pass['bytes']): Traffic {
  if (written === 0) return 'read';
  return written > read ? 'fill' : 'copy';
}

/** Nanoseconds per unit on one thread and on all. */
function bothTimes({ calls, together, count }: Pass, effort: Effort): [number, number] {
  const [alone, all] = measure([calls.native, together], effort);
  return [alone / count, all / count];
}

/** Nanoseconds per unit with another instruction set. */
function timeWith(target: string, { calls, count }: Pass, effort: Effort): number {
  native.useTarget(target);
  try {
    return measure([calls.native], effort)[0] / count;
  } finally {
    native.useTarget();
  }
}

function inside(
  pass: Pass,
  cyclesPerNanosecond: number,
  target: string | undefined,
  effort: Effort,
): LimitResult['inside'] {
  warmUp(pass.calls.native, effort.warmUp / 4);
  const [time, all] = bothTimes(pass, effort);
  return {
    count: pass.count,
    time,
    cycles: time * cyclesPerNanosecond,
    otherTarget: target === undefined ? undefined : timeWith(target, pass, effort) / time,
    threads: time / all,
  };
}

type Beyond = Omit<LimitResult['beyond'], 'fraction'>;

function beyond(pass: Pass, effort: Effort): Beyond {
  const [time, all] = bothTimes(pass, effort);
  const { count, bytes } = pass;
  const speed = (bytes.read + bytes.written) / count / time;
  return { count, time, speed, like: likeOf(bytes), threads: time / all };
}

/** The number of units whose arrays, the gradient's among them, have so many bytes. */
function unitsOf(entry: Case, bytes: number, seed: number): number {
  const { count, bytes: some } = entry.prepare(2 ** 12, random(seed)).at(-1)!;
  // A matrix of pairs has the fewest bytes per pair where it is large: those of its result.
  const perUnit = some.written > some.read ? 4 : (some.read + some.written) / count;
  return Math.round(bytes / perUnit);
}

export function runLimits(
  cases: readonly Case[],
  extent: Extent,
  seed: number,
  effort: Effort,
): LimitsReport {
  const [best, ...others] = native.targets();
  const otherTarget = others.find((target) => target === OTHER_TARGET && target !== best);
  const cyclesPerNanosecond = clock(effort);
  const before = bandwidths(extent.beyond, effort);
  const measured = withProgress(2 * cases.length, (step) =>
    cases.flatMap((entry) => {
      step(`${entry.name}, in the caches`);
      const size = unitsOf(entry, extent.inside, seed);
      const within = entry
        .prepare(size, random(seed))
        .map((pass) => inside(pass, cyclesPerNanosecond, otherTarget, effort));
      step(`${entry.name}, beyond the caches`);
      return entry.prepare(unitsOf(entry, extent.beyond, seed), random(seed)).map((pass, k) => ({
        name: entry.name,
        computes: pass.computes,
        inside: within[k],
        beyond: beyond(pass, effort),
      }));
    }),
  );
  const limits = better(before, bandwidths(extent.beyond, effort));
  const results = measured.map((result) => ({
    ...result,
    beyond: { ...result.beyond, fraction: result.beyond.speed / limits[result.beyond.like].speed },
  }));
  return { ...extent, clock: cyclesPerNanosecond, bandwidths: limits, otherTarget, results };
}
