import type { LossOptions, PairLoss } from '../../types';
import { defineLoss } from '../define';
import { atLeast } from '../hyper';
import { elements } from '../rows';

/** Options of {@link smoothL1}. */
export interface SmoothL1Options extends LossOptions {
  /** Where the loss turns from quadratic to linear, β ≥ 0. Default 1. */
  beta?: number;
}

/**
 * The smooth L1 loss: Huber(β) / β, so that its slope is ±1 beyond β.
 *
 * ℓ = ½d²/β where |d| < β, |d| − ½β elsewhere; β = 0 is {@link l1}
 *
 * @param pred [N], any unit.
 * @param target [N], the same unit.
 * @param options See {@link SmoothL1Options}: `beta` (default 1) and the common ones.
 * @returns The loss, ≥ 0, and with `grad` its derivative, −d/β clamped to ±1.
 * @throws As {@link l1}; RangeError where `beta` is not a finite number of at least 0.
 *
 * @edges
 * A NaN in an evaluated element makes its loss and derivative NaN and touches no other.
 *
 * @accuracy
 * Largest error against float64 over 45,000 rows (pairs of numbers), from the usual to the limits
 * of float32, on AVX-512, AVX2, SSE4 and scalar code: 3.2 ULP of a well-conditioned row's loss,
 * 1.5e-7 of the largest component of a row's gradient and 4.7e-8 of a mean.
 *
 * @example
 * regression.smoothL1(new Float32Array([0]), new Float32Array([3]), { beta: 2 }); // { loss: 2 }
 *
 * @see Girshick, Fast R-CNN, arXiv 1504.08083, equation 3.
 */
export const smoothL1: PairLoss<SmoothL1Options> = defineLoss({
  name: 'regression.smoothL1',
  rows: elements(),
  hyper: { beta: atLeast(0, { default: 1, kernelAtZero: 'l1' }) },
  formula: 'OfDifference<SmoothL1>',
  header: 'regression',
});
