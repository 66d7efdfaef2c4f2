/** How many numbers lie beyond the end of a guarded array: more than any vector has lanes. */
const BEYOND = 20;

/** An array that starts `offset` numbers into its memory, with guards on both sides. */
export class Guarded {
  readonly view: Float32Array;
  private readonly memory: Float32Array;

  constructor(
    length: number,
    offset: number,
    private readonly guard: number,
  ) {
    this.memory = new Float32Array(offset + length + BEYOND).fill(guard);
    this.view = this.memory.subarray(offset, offset + length);
  }

  /** Whether nothing was written outside the view. */
  get intact(): boolean {
    const { length, byteOffset } = this.view;
    const start = byteOffset / this.memory.BYTES_PER_ELEMENT;
    return this.memory.every(
      (number, k) => (k >= start && k < start + length) || Object.is(number, this.guard),
    );
  }
}

/** A copy of `array` at `offset`, with NaN around it that must not reach a result. */
export function amidNaN(array: Float32Array, offset: number): Float32Array {
  const { view } = new Guarded(array.length, offset, NaN);
  view.set(array);
  return view;
}
