/**
 * Handwritten digits: those of MNIST that the package `mnist` carries, about 1,000 of each.
 */
import { createRequire } from 'node:module';

/** The side of a digit's image, in pixels. */
export const GLYPH = 28;

export interface Digit {
  label: number;
  /** GLYPH × GLYPH, from 0 (paper) to 1 (ink). */
  pixels: Float32Array;
}

/** One in so many digits is for validation. */
const FOLD = 5;

/** All digits, in two parts that share none. */
export function readDigits(): { train: Digit[]; validation: Digit[] } {
  const load = createRequire(__filename);
  const parts: { train: Digit[]; validation: Digit[] } = { train: [], validation: [] };
  for (let label = 0; label < 10; label++) {
    const { data } = load(`mnist/src/digits/${label}.json`) as { data: number[] };
    const count = Math.floor(data.length / GLYPH ** 2);
    for (let k = 0; k < count; k++) {
      const pixels = Float32Array.from(data.slice(k * GLYPH ** 2, (k + 1) * GLYPH ** 2));
      parts[k % FOLD === 0 ? 'validation' : 'train'].push({ label, pixels });
    }
  }
  return parts;
}
