/**
 * Errors of float32 results against float64 ones.
 */
type Numbers = ArrayLike<number>;

/** The distance between neighbouring float32 numbers at `x`. */
function ulp(x: number): number {
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(x))), -126);
  return 2 ** (exponent - 23);
}

/** The largest |actual − expected|, each over `scale(i)`; NaN where anything is. */
function largest(actual: Numbers, expected: Numbers, scale: (index: number) => number): number {
  if (actual.length !== expected.length) throw new Error('results of different lengths');
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    const error = difference === 0 ? 0 : difference / scale(i);
    if (Number.isNaN(error)) return NaN;
    worst = Math.max(worst, error);
  }
  return worst;
}

/**
 * The largest error of any row's value, in float32 units of its last place, or of the last place of
 * `least` where it is below that.
 */
export function valueError(actual: Numbers, expected: Numbers, least = 0): number {
  return largest(actual, expected, (i) => ulp(Math.max(Math.abs(expected[i]), least)));
}

/** The largest error of any gradient component, relative to the largest component of its row. */
export function gradientError(actual: Numbers, expected: Numbers, width: number): number {
  return largest(actual, expected, (i) => {
    const start = i - (i % width);
    let size = 0;
    for (let k = start; k < start + width; k++) size = Math.max(size, Math.abs(expected[k]));
    return size;
  });
}

/** |actual − expected| over |expected|. */
export function relativeError(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual / expected - 1);
}
