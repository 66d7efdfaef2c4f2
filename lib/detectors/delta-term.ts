/**
 * The box term of Faster R-CNN's losses, of rows of four deltas.
 */
import { huber } from '../catalogue/regression/huber';
import type { Threading } from '../threads';
import { lossOfRows } from './rows';

/** Options of {@link deltaTerm}. */
export interface DeltaTermOptions {
  /** One per row; each 1 by default. */
  weight: Float32Array | undefined;
  /** δ */
  delta: number;
  /** The factor of the term in the total, and so of its gradient. */
  lambda: number;
  /** Where the whole loss is computed. */
  threading: Threading;
}

/**
 * The mean over the rows of `deltas` at `starts` of Σ H_δ(t* − t), by weight, without its factor λ.
 * λ times its derivative fills `grad`, which is 0 elsewhere.
 */
export function* deltaTerm(
  deltas: Float32Array,
  starts: readonly number[],
  targets: Float32Array,
  grad: Float32Array | undefined,
  { weight, delta, lambda, threading }: DeltaTermOptions,
): Generator<unknown, number> {
  grad?.fill(0);
  const weights = weight && new Float32Array(targets.length).map((_, k) => weight[k >> 2]);
  // The kernel's mean is that over the numbers, of which a row has four.
  const options = { weight: weights, delta, ...threading };
  const mean = yield* lossOfRows(deltas, starts, 4, grad, 4 * lambda, (rows, rowsGrad) =>
    huber(rows, targets, { ...options, grad: rowsGrad }),
  );
  if (grad !== undefined) spreadNaN(grad, starts);
  return 4 * mean;
}

/** Where one of the four numbers at a start is NaN, makes all of them NaN. */
function spreadNaN(grad: Float32Array, starts: readonly number[]): void {
  for (const k of starts) {
    if (Number.isNaN(grad[k] + grad[k + 1] + grad[k + 2] + grad[k + 3])) grad.fill(NaN, k, k + 4);
  }
}
