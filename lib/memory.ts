/**
 * Whether arrays have memory in common.
 */

/** Tells it by the addresses of two arrays. */
type ShareMemory = (a: ArrayBufferView, b: ArrayBufferView) => boolean;

let byAddress: ShareMemory | undefined;

/** Uses the function of an addon that has been loaded. */
export function shareMemoryBy(compare: ShareMemory): void {
  byAddress = compare;
}

/**
 * Whether two arrays have memory in common. Two objects may have the same memory: a
 * `SharedArrayBuffer` and what another thread has made of it and sent back.
 */
export function shareMemory(a: ArrayBufferView, b: ArrayBufferView): boolean {
  // Arrays of a device have no address here.
  if (byAddress !== undefined && ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    return byAddress(a, b);
  }
  return (
    a.buffer === b.buffer &&
    a.byteOffset < b.byteOffset + b.byteLength &&
    b.byteOffset < a.byteOffset + a.byteLength
  );
}
