/**
 * ln and arctan to float32 accuracy, compiled into the loops that use them. Math.log and Math.atan
 * are calls out of the loop, to routines that branch on their argument: with them the losses take
 * up to half as long again. Polynomials are written in pairs of terms, which the processor computes
 * side by side.
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
