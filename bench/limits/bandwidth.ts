/**
 * How fast this machine reads, copies and writes memory on one thread. The work is done by the C
 * library's and the engine's vector code, or by the addon's simplest kernel, whichever is fastest.
 */
import { regression } from 'detloss';
import { measure, type Call, type Effort } from '../measure';

/** What has to be done to memory. */
export type Traffic = 'read' | 'copy' | 'fill';

export interface Bandwidth {
  /** Bytes per nanosecond, which are gigabytes per second. A copy's bytes are read and written. */
  speed: number;
  /** What reached it. */
  by: string;
}

interface Candidate {
  by: string;
  bytes: number;
  call: Call;
}

/** The bandwidths over two arrays that have `bytes` together. */
export function bandwidths(bytes: number, effort: Effort): Record<Traffic, Bandwidth> {
  // No byte is 7, and the arrays are equal: whoever looks for that, or for a difference, reads all.
  const [a, b] = [1, 2].map(() => new Float32Array(bytes / 8).fill(1));
  const [bytesA, bytesB] = [a, b].map(({ buffer }) => Buffer.from(buffer));
  const candidates: Record<Traffic, Candidate[]> = {
    read: [
      {
        by: 'memchr (`Buffer.indexOf`)',
        bytes,
        call: () => bytesA.indexOf(7) + bytesB.indexOf(7),
      },
      { by: 'memcmp (`Buffer.compare`)', bytes, call: () => bytesA.compare(bytesB) },
      { by: '`regression.l1`', bytes, call: () => regression.l1(a, b, { threads: 1 }) },
    ],
    copy: [{ by: 'memmove (`TypedArray.set`)', bytes, call: () => b.set(a) }],
    fill: [
      { by: 'memset (`Buffer.fill`)', bytes: bytes / 2, call: () => bytesB.fill(0) },
      { by: '`Float32Array.fill`', bytes: bytes / 2, call: () => b.fill(1) },
    ],
  };
  const fastest = (traffic: Traffic): Bandwidth => {
    const all = candidates[traffic];
    const nanoseconds = measure(
      all.map(({ call }) => call),
      effort,
    );
    return all
      .map((candidate, k) => ({ speed: candidate.bytes / nanoseconds[k], by: candidate.by }))
      .reduce((best, other) => (other.speed > best.speed ? other : best));
  };
  return { read: fastest('read'), copy: fastest('copy'), fill: fastest('fill') };
}

/** The better of two measurements of each. */
export function better(
  one: Record<Traffic, Bandwidth>,
  other: Record<Traffic, Bandwidth>,
): Record<Traffic, Bandwidth> {
  const of = (traffic: Traffic) =>
    other[traffic].speed > one[traffic].speed ? other[traffic] : one[traffic];
  return { read: of('read'), copy: of('copy'), fill: of('fill') };
}
