/**
 * Timing. A machine with other work on it only ever makes code slower, so the best of many short
 * samples is the estimate, and contenders take turns so that a slow spell meets all of them.
 */
import { performance } from 'node:perf_hooks';

export interface Effort {
  /** Milliseconds of calls before the first sample, for the engine to compile. */
  warmUp: number;
  /** A sample repeats the call until it lasts about so many milliseconds. */
  sample: number;
  /** Samples are taken for so many milliseconds, all contenders together, … */
  budget: number;
  /** … and at least so many of each contender. */
  rounds: number;
}

export type Call = () => unknown;

/** Milliseconds that `repetitions` calls take. */
function time(call: Call, repetitions: number): number {
  const start = performance.now();
  for (let i = 0; i < repetitions; i++) call();
  return performance.now() - start;
}

/** Calls for so many milliseconds. */
export function warmUp(call: Call, milliseconds: number): void {
  const end = performance.now() + milliseconds;
  do call();
  while (performance.now() < end);
}

/** How often to repeat a call for a sample of `milliseconds`. */
function calibrate(call: Call, milliseconds: number): number {
  let repetitions = 1;
  for (;;) {
    const taken = time(call, repetitions);
    if (taken >= milliseconds) return repetitions;
    const estimate = (repetitions * milliseconds) / Math.max(taken, milliseconds / 100);
    repetitions = Math.max(repetitions + 1, Math.ceil(estimate));
  }
}

/** Nanoseconds per call of each contender, the best sample of each. */
export function measure(contenders: readonly Call[], effort: Effort): number[] {
  const repetitions = contenders.map((call) => calibrate(call, effort.sample));
  const best = contenders.map(() => Infinity);
  const end = performance.now() + effort.budget;
  for (let round = 0; round < effort.rounds || performance.now() < end; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      // Every other round in reverse order: nobody always follows the same neighbour.
      const k = round % 2 === 0 ? turn : contenders.length - 1 - turn;
      const perCall = (1e6 * time(contenders[k], repetitions[k])) / repetitions[k];
      best[k] = Math.min(best[k], perCall);
    }
  }
  return best;
}
