/**
 * What a call leaves to the garbage collector.
 */
import v8 from 'node:v8';
import vm from 'node:vm';
import { warmUp, type Call } from '../measure';

/** Milliseconds until the engine has compiled what it will. */
const WARM_UP = 20;
const CALLS = 1000;
const ROUNDS = 5;

/** Node's `gc`, which is there by its option --expose-gc alone. */
function collector(): () => void {
  v8.setFlagsFromString('--expose-gc');
  return vm.runInNewContext('gc') as () => void;
}

function allocated(): number {
  const { used_heap_size, external_memory } = v8.getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Bytes, of JavaScript's memory and what belongs to it outside, that a call allocates. */
export function garbagePerCall(calls: readonly Call[]): number[] {
  const collect = collector();
  return calls.map((call) => {
    warmUp(call, WARM_UP);
    let least = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      collect();
      const before = allocated();
      for (let i = 0; i < CALLS; i++) call();
      least = Math.min(least, allocated() - before);
    }
    return Math.round(least / CALLS);
  });
}
