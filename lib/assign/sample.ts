/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/** The generator mulberry32: the same sequence for the same seed, of which 32 bits count. */
export function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Draws `count` of `items` without replacement, or all where there are no more: the first steps of
 * a Fisher–Yates shuffle, which is done in place.
 */
export function draw(items: Int32Array, count: number, random: Random): Int32Array {
  const drawn = Math.min(count, items.length);
  for (let i = 0; i < drawn; i++) {
    const other = i + Math.floor(random() * (items.length - i));
    [items[i], items[other]] = [items[other], items[i]];
  }
  return items.subarray(0, drawn);
}
