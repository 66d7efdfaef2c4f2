import type { LossOptions, PairLoss } from '../../types';
import { defineLoss } from '../define';
import { elements } from '../rows';

/**
 * Absolute error.
 *
 * ℓ = |d|
 *
 * @param pred [N], any unit.
 * @param target [N], the same unit.
 * @param options See {@link LossOptions}; a row is an element.
 * @returns The loss, ≥ 0, and with `grad` its derivative, sign(pred − target), which is 0 where
 * they are equal.
 * @throws TypeError where an argument is of the wrong kind or an option is unknown; RangeError
 * where a length or an option's value is wrong, or a weight is infinite or NaN. Nothing has been
 * written then.
 *
 * @edges
 * A NaN in an evaluated element makes its loss and derivative NaN and touches no other.
 *
 * @accuracy
 * Largest error against float64 over 15,000 rows (pairs of numbers), from the usual to the limits
 * of float32, on AVX-512, AVX2, SSE4 and scalar code: 0.5 ULP of a well-conditioned row's loss, 0
 * of the largest component of a row's gradient and 3.8e-9 of a mean.
 *
 * @example
 * regression.l1(new Float32Array([1, 2]), new Float32Array([3, 2])); // { loss: 1 }
 */
export const l1: PairLoss<LossOptions> = defineLoss({
  name: 'regression.l1',
  rows: elements(),
  formula: 'OfDifference<L1>',
  header: 'regression',
});
