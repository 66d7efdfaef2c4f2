/**
 * The addon against the machine: cycles where the arrays are in the caches, and the part of the
 * memory's bandwidth where they are not; with AVX2 in place of AVX-512, and on all threads.
 */
import { native } from '../../lib/binding';
import { random } from '../../test/support/random';
import type { NativeCase, NativePass } from '../case';
import { measure, warmUp, type Effort } from '../measure';
import { withProgress } from '../progress';
import {
  bandwidthOf,
  faster,
  probes,
  type Bandwidth,
  type Probes,
  type Traffic,
} from './bandwidth';
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
    /** … the bandwidth of that, in turns with the loss, … */
    bandwidth: Bandwidth;
    /** … and the part of it that the loss reaches. */
    fraction: number;
    threads: number;
  };
}

export interface LimitsReport extends Extent {
  /** Cycles per nanosecond. */
  clock: number;
  /** The best of all lines. */
  bandwidths: Partial<Record<Traffic, Bandwidth>>;
  /** The instruction set compared with the best. */
  otherTarget?: string;
  results: LimitResult[];
}

/** Compared with the best, where that is a better one. */
const OTHER_TARGET = 'AVX2';

function likeOf({ read, written }: NativePass['bytes']): Traffic {
  if (written === 0) return 'read';
  return written > read ? 'fill' : 'copy';
}

/** Nanoseconds per unit with another instruction set. */
function timeWith(target: string, { calls, count }: NativePass, effort: Effort): number {
  native.useTarget(target);
  try {
    return measure([calls.native], effort)[0] / count;
  } finally {
    native.useTarget();
  }
}

function inside(
  pass: NativePass,
  cyclesPerNanosecond: number,
  target: string | undefined,
  effort: Effort,
): LimitResult['inside'] {
  warmUp(pass.calls.native, effort.warmUp / 4);
  const { calls, together, count } = pass;
  const [time, all] = measure([calls.native, together], effort).map((call) => call / count);
  return {
    count,
    time,
    cycles: time * cyclesPerNanosecond,
    otherTarget: target === undefined ? undefined : timeWith(target, pass, effort) / time,
    threads: time / all,
  };
}

/** In turns with the probes: what a memory shared with others gives changes by the second. */
function beyond(pass: NativePass, all: Probes, effort: Effort): LimitResult['beyond'] {
  const { calls, together, count, bytes } = pass;
  const like = likeOf(bytes);
  const rivals = all[like].map(({ call }) => call);
  const [alone, shared, ...probed] = measure([calls.native, together, ...rivals], effort);
  const speed = (bytes.read + bytes.written) / alone;
  const bandwidth = bandwidthOf(all[like], probed);
  const fraction = speed / bandwidth.speed;
  return { count, time: alone / count, speed, like, bandwidth, fraction, threads: alone / shared };
}

/** The number of units whose arrays, the gradient's among them, have so many bytes. */
function unitsOf(entry: NativeCase, bytes: number, seed: number): number {
  const { count, bytes: some } = entry.prepare(2 ** 12, random(seed)).at(-1)!;
  // A matrix of pairs has the fewest bytes per pair where it is large: those of its result.
  const perUnit = some.written > some.read ? 4 : (some.read + some.written) / count;
  return Math.round(bytes / perUnit);
}

export function runLimits(
  cases: readonly NativeCase[],
  extent: Extent,
  seed: number,
  effort: Effort,
): LimitsReport {
  const [best, ...others] = native.targets();
  const otherTarget = others.find((target) => target === OTHER_TARGET && target !== best);
  const cyclesPerNanosecond = clock(effort);
  const all = probes(extent.beyond);
  const results = withProgress(2 * cases.length, (step) =>
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
        beyond: beyond(pass, all, effort),
      }));
    }),
  );
  const bandwidths: LimitsReport['bandwidths'] = {};
  for (const { like, bandwidth } of results.map((result) => result.beyond)) {
    bandwidths[like] = faster(bandwidths[like] ?? bandwidth, bandwidth);
  }
  return { ...extent, clock: cyclesPerNanosecond, bandwidths, otherTarget, results };
}
