/**
 * How fast this machine reads, copies and writes memory on one thread. The work is done by the C
 * library's and the engine's vector code, or by the addon's simplest kernel, whichever is fastest.
 */
import { regression } from 'detloss';
import type { Call } from '../measure';

/** What has to be done to memory. */
export type Traffic = 'read' | 'copy' | 'fill';

export interface Bandwidth {
  /** Bytes per nanosecond, which are gigabytes per second. A copy's bytes are read and written. */
  speed: number;
  /** What reached it. */
  by: string;
}

/** A call that does nothing but move bytes. */
interface Probe {
  by: string;
  bytes: number;
  call: Call;
}

export type Probes = Record<Traffic, readonly Probe[]>;

/** Probes over two arrays that have `bytes` together. */
export function probes(bytes: number): Probes {
  // No byte is 7, and the arrays are equal: whoever looks for that, or for a difference, reads all.
  const [a, b, c] = [1, 2, 3].map(() => new Float32Array(bytes / 8).fill(1));
  const [bytesA, bytesB, bytesC] = [a, b, c].map(({ buffer }) => Buffer.from(buffer));
  return {
    read: [
      { by: 'memchr', bytes, call: () => bytesA.indexOf(7) + bytesB.indexOf(7) },
      { by: 'memcmp', bytes, call: () => bytesA.compare(bytesB) },
      { by: '`regression.l1`', bytes, call: () => regression.l1(a, b, { threads: 1 }) },
    ],
    copy: [{ by: 'memmove', bytes, call: () => c.set(a) }],
    fill: [
      { by: 'memset', bytes: bytes / 2, call: () => bytesC.fill(0) },
      { by: '`Float32Array.fill`', bytes: bytes / 2, call: () => c.fill(1) },
    ],
  };
}

export function faster(one: Bandwidth, other: Bandwidth): Bandwidth {
  return other.speed > one.speed ? other : one;
}

/** The bandwidth, by the nanoseconds of the probes of some traffic. */
export function bandwidthOf(all: readonly Probe[], nanoseconds: readonly number[]): Bandwidth {
  return all.map(({ by, bytes }, k) => ({ by, speed: bytes / nanoseconds[k] })).reduce(faster);
}
