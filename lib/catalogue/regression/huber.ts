import type { LossOptions, PairLoss } from '../../types';
import { defineLoss } from '../define';
import { positive } from '../hyper';
import { elements } from '../rows';

/** Options of {@link huber}. */
export interface HuberOptions extends LossOptions {
  /** Where the loss turns from quadratic to linear, δ > 0. Default 1. */
  delta?: number;
}

/**
 * The Huber loss: quadratic near 0, linear beyond δ.
 *
 * ℓ = ½d² where |d| < δ, δ(|d| − ½δ) elsewhere
 *
 * @param pred [N], any unit.
 * @param target [N], the same unit.
 * @param options See {@link HuberOptions}: `delta` (default 1) and the common ones.
 * @returns The loss, ≥ 0, and with `grad` its derivative, −d clamped to ±δ.
 * @throws As {@link l1}; RangeError where `delta` is not a finite number above 0.
 *
 * @edges
 * A NaN in an evaluated element makes its loss and derivative NaN and touches no other.
 *
 * @accuracy
 * Largest error against float64 over 30,000 rows (pairs of numbers), from the usual to the limits
 * of float32, on AVX-512, AVX2, SSE4 and scalar code: 2.1 ULP of a well-conditioned row's loss,
 * 6e-8 of the largest component of a row's gradient and 6.2e-8 of a mean.
 *
 * @example
 * regression.huber(new Float32Array([0, 0]), new Float32Array([0.5, 3]), { reduction: 'none' });
 * // { losses: [0.125, 2.5] }
 *
 * @see Huber, Robust estimation of a location parameter, 1964.
 */
export const huber: PairLoss<HuberOptions> = defineLoss({
  name: 'regression.huber',
  rows: elements(),
  hyper: { delta: positive({ default: 1 }) },
  formula: 'OfDifference<Huber>',
  header: 'regression',
});
