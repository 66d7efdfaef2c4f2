/**
 * The processor's clock while it works, which is neither its nominal one nor to be read anywhere.
 */
import { measure, warmUp, type Effort } from '../measure';

/** The cycles from an integer product's factors to the product, on x86-64 and on Arm's large cores. */
const LATENCY = 3;
const ROUNDS = 1000;
const CHAINED = 16;

/** Products of which each has to wait for the one before. */
function chain(factor: number): number {
  let x = factor;
  for (let i = 0; i < ROUNDS; i++) {
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
    x = Math.imul(x, x);
  }
  return x;
}

/** Cycles per nanosecond. */
export function clock(effort: Effort): number {
  const call = () => chain(3);
  warmUp(call, effort.warmUp);
  const [nanoseconds] = measure([call], effort);
  return (ROUNDS * CHAINED * LATENCY) / nanoseconds;
}
