/**
 * ln, exp and arctan to float32 accuracy, compiled into the loops that use them. Math.log, Math.exp
 * and Math.atan are calls out of the loop, to routines that branch on their argument: with ln and
 * arctan in their place the losses take up to half as long again, with exp twice as long.
 * Polynomials are written in pairs of terms, which the processor computes side by side.
 *
 * Whoever uses them takes them from this module once, to a constant: a name that is imported is a
 * property looked up, and of a module with several it is looked up slowly, at every use.
 */
const float64 = new Float64Array(1);
const words = new Int32Array(float64.buffer);
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** POWERS[e + 1023] is 2⁻ᵉ. */
const POWERS = Float64Array.from({ length: 2047 }, (_, i) => 2 ** (1023 - i));

/**
 * ln x of a positive number: x = m · 2ᵉ with m between √½ and √2,
 * ln x = e ln 2 + 2 artanh((m − 1)/(m + 1)). Error 6e-11.
 */
export function ln(x: number): number {
  float64[0] = x;
  const e = (words[HIGH] - 0x3fe6a09e) >> 20;
  const m = x * POWERS[e + 1023];
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const series =
    2 + z * 0.666666665 + z * z * (0.400001406 + z * 0.285501095 + z * z * 0.233333832);
  return e * Math.LN2 + s * series;
}

/** ROOTS[k + 65408] is 2 to the k/64. */
const ROOTS = Float64Array.from({ length: 64 * 2046 }, (_, i) => 2 ** (i / 64 - 1022));
/** Added and taken off again, it rounds to whole numbers. */
const ROUNDING = 1.5 * 2 ** 52;

/**
 * eˣ for x within ±700: k/64 is the nearest to x / ln 2, and 2 to the rest a parabola. Error 7e-9.
 * Of the table, 1 MB, losses touch the few kilobytes that their logits come near.
 */
export function exp(x: number): number {
  const y = x * (64 * Math.LOG2E);
  const k = y + ROUNDING - ROUNDING;
  const r = y - k;
  return ROOTS[k + 65408] * (1 + r * (0.0108304644 + r * 5.86489421e-5));
}

/**
 * arctan(y/x) for y ≥ 0, x > 0: π/4 + arctan q with q = (y − x)/(y + x). Error 1e-8.
 */
export function arctan(y: number, x: number): number {
  const q = (y - x) / (y + x);
  const z = q * q;
  const z2 = z * z;
  const z4 = z2 * z2;
  const low = 0.999999986 - z * 0.333330832 + z2 * (0.199927954 - z * 0.142048095);
  const high = 0.10644555 - z * 0.0750998329 + z2 * (0.0427347696 - z * 0.0160805542);
  return Math.PI / 4 + q * (low + z4 * (high + z4 * 0.00284921788));
}
