/**
 * Elementwise regression losses of d = target − prediction.
 *
 * @module
 */
import { native } from './binding';
import { checkDelta, checkFloat } from './check';
import { checkOptions } from './options';
import { checkPair, computeRows, LOSS_OPTIONS, namesOf } from './row-loss';
import type { Computed } from './threads';
import type { AnyLoss, LossOptions, PairLoss } from './types';

/** Options of {@link huber}. */
export interface HuberOptions extends LossOptions {
  /** Where the loss turns from quadratic to linear, δ > 0. Default 1. */
  delta?: number;
}

/** Options of {@link smoothL1}. */
export interface SmoothL1Options extends LossOptions {
  /** Where the loss turns from quadratic to linear, β ≥ 0. Default 1. */
  beta?: number;
}

const kernels = native.regression;
const HUBER = namesOf('regression.huber', 'pred', 1);
const HUBER_OPTIONS = ['delta', ...LOSS_OPTIONS];
const SMOOTH_L1 = namesOf('regression.smoothL1', 'pred', 1);
const SMOOTH_L1_OPTIONS = ['beta', ...LOSS_OPTIONS];

/** The facade of a loss that has no options of its own. */
function withoutOptions(name: string): PairLoss<LossOptions> {
  const names = namesOf(`regression.${name}`, 'pred', 1);
  const kernel = kernels[name];
  return ((pred, target, options?: LossOptions): Computed<AnyLoss> => {
    const rows = checkPair(names, 1, pred, target);
    options = checkOptions(names.where, options, LOSS_OPTIONS);
    return computeRows(names, rows, pred, target, options, kernel);
  }) as PairLoss<LossOptions>;
}

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
export const l1: PairLoss<LossOptions> = withoutOptions('l1');

/**
 * Squared error.
 *
 * ℓ = d²
 *
 * @param pred [N], any unit.
 * @param target [N], the same unit.
 * @param options See {@link LossOptions}; a row is an element.
 * @returns The loss, ≥ 0, and with `grad` its derivative, −2d.
 * @throws As {@link l1}.
 *
 * @edges
 * A NaN in an evaluated element makes its loss and derivative NaN and touches no other.
 *
 * @accuracy
 * Largest error against float64 over 15,000 rows (pairs of numbers), from the usual to the limits
 * of float32, on AVX-512, AVX2, SSE4 and scalar code: 1.9 ULP of a well-conditioned row's loss,
 * 6e-8 of the largest component of a row's gradient and 1.7e-8 of a mean.
 *
 * @example
 * regression.l2(new Float32Array([1, 2]), new Float32Array([3, 2]), { grad: true });
 * // { loss: 2, grad: [-2, 0] }
 */
export const l2: PairLoss<LossOptions> = withoutOptions('l2');

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
export const huber = ((pred, target, options?: HuberOptions): Computed<AnyLoss> => {
  const rows = checkPair(HUBER, 1, pred, target);
  options = checkOptions(HUBER.where, options, HUBER_OPTIONS);
  const delta = checkDelta(HUBER.where, options?.delta, 1);
  return computeRows(HUBER, rows, pred, target, options, kernels.huber, delta);
}) as PairLoss<HuberOptions>;

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
export const smoothL1 = ((pred, target, options?: SmoothL1Options): Computed<AnyLoss> => {
  const rows = checkPair(SMOOTH_L1, 1, pred, target);
  options = checkOptions(SMOOTH_L1.where, options, SMOOTH_L1_OPTIONS);
  const beta = options?.beta === undefined ? 1 : options.beta;
  checkFloat(SMOOTH_L1.where, 'beta', beta, 'a finite number of at least 0', isNotNegative);
  const kernel = Math.fround(beta) === 0 ? kernels.l1 : kernels.smoothL1;
  return computeRows(SMOOTH_L1, rows, pred, target, options, kernel, beta);
}) as PairLoss<SmoothL1Options>;

function isNotNegative(value: number): boolean {
  return value >= 0;
}
