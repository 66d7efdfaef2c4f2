import { huber as huberFunction } from './huber';
import { abs, Dual } from './number';
import { lossFunction, reduceRows, type LossOptions, type PairLoss } from './reduce';

/** Options of `regression.huber`. */
export interface HuberOptions extends LossOptions {
  /** δ > 0, where the parabola turns into a line. Default 1. */
  delta?: number;
}

/** Options of `regression.smoothL1`. */
export interface SmoothL1Options extends LossOptions {
  /** β ≥ 0, where the parabola turns into a line of slope 1. Default 1; 0 is the absolute error. */
  beta?: number;
}

/** A loss of every element's difference d = target − prediction. */
function elementwise<Options extends LossOptions>(
  name: string,
  formula: (d: Dual, options: Partial<Options>) => Dual,
): PairLoss<Options> {
  return lossFunction(`regression.${name}`, { pred: 1, target: 1 }, (pred, target, options) =>
    reduceRows(
      pred,
      1,
      ([element], i) => formula(new Dual(target[i]).minus(element), options ?? {}),
      options,
    ),
  );
}

/**
 * Absolute error.
 *
 *     ℓ = |d|,  d = target − prediction
 *
 * The derivative at d = 0 is 0.
 *
 * @param pred [N]
 * @param target [N]
 */
export const l1 = elementwise<LossOptions>('l1', (d) => abs(d));

/**
 * Squared error.
 *
 *     ℓ = d²,  d = target − prediction
 *
 * @param pred [N]
 * @param target [N]
 */
export const l2 = elementwise<LossOptions>('l2', (d) => d.squared());

/**
 * Huber loss: squared error near zero, absolute error beyond δ (Huber, "Robust Estimation of a
 * Location Parameter", 1964).
 *
 *     ℓ = ½d² where |d| < δ, δ(|d| − ½δ) elsewhere,  d = target − prediction
 *
 * @param pred [N]
 * @param target [N]
 */
export const huber = elementwise<HuberOptions>('huber', (d, { delta = 1 }) =>
  huberFunction(d, delta),
);

/**
 * Smooth L1 loss: the Huber loss scaled to slope 1 beyond β (Girshick, "Fast R-CNN", 2015,
 * arXiv 1504.08083).
 *
 *     ℓ = ½d²/β where |d| < β, |d| − ½β elsewhere,  d = target − prediction
 *
 * @param pred [N]
 * @param target [N]
 */
export const smoothL1 = elementwise<SmoothL1Options>('smoothL1', (d, { beta = 1 }) =>
  beta === 0 ? abs(d) : huberFunction(d, beta).over(beta),
);
