/**
 * What the loss of a whole detector does at least: its gradient, nearly all zeros, is written once, and
 * the objectness of every anchor is read.
 */
import type { Scene } from './scene';

export function clear(grads: readonly Float32Array[]): void {
  // As bytes: the engine hands these to memset.
  for (const { buffer } of grads) Buffer.from(buffer).fill(0);
}

/** Sums the objectness of every anchor; the numbers lie so far apart that memory sets the pace. */
export function readObjectness({ classes, scales }: Scene): number {
  const channels = 5 + classes;
  let even = 0;
  let odd = 0;
  for (const { features } of scales) {
    for (let i = 4; i + channels < features.length; i += 2 * channels) {
      even += features[i];
      odd += features[i + channels];
    }
  }
  return even + odd;
}
