/**
 * What calls leave to the garbage collector.
 */
import v8 from 'node:v8';
import vm from 'node:vm';
import { warmUp, type Call } from '../measure';

/** Milliseconds until the engine has compiled what it will. */
const WARM_UP = 20;
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
export function garbageOf(call: Call): number {
  const collect = collector();
  warmUp(call, WARM_UP);
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    collect();
    const before = allocated();
    call();
    least = Math.min(least, allocated() - before);
  }
  return least;
}
