/**
 * The memory of arrays while a promised call computes: it must not go away under the call.
 */
import { types } from 'node:util';
import { markAsUntransferable } from 'node:worker_threads';

/** Whether what an array views can become shorter than the array. */
export function canShrink(memory: ArrayBufferLike): boolean {
  if (types.isSharedArrayBuffer(memory)) return false;
  return (memory as ArrayBuffer & { resizable?: boolean }).resizable === true;
}

/** Keeps memory where it is, from now on. Throws where that cannot be. */
export function keepMemory(memory: ArrayBufferLike): void {
  if (types.isSharedArrayBuffer(memory)) return;
  if (canShrink(memory)) throw new TypeError('the memory of a promised call must not be resizable');
  markAsUntransferable(memory);
  // These, of newer versions of Node, do not heed the mark.
  for (const method of ['transfer', 'transferToFixedLength']) {
    if (method in memory && !Object.hasOwn(memory, method)) {
      Object.defineProperty(memory, method, { value: refuseTransfer });
    }
  }
}

function refuseTransfer(): never {
  throw new TypeError('an ArrayBuffer given to detloss/promises cannot be transferred');
}
