import type { CategoryTarget, LossFunction, LossOptions } from '../../types';
import { defineLoss } from '../define';
import { classes } from '../rows';

/** Options of {@link yoloV1}. */
export interface CategoryOptions extends LossOptions {
  /** K. Needed with a multi-hot target where no `weight` or `out` tells the number of rows. */
  classes?: number;
}

/**
 * The category loss of YOLO v1: squared error of every class.
 *
 * ℓ = Σ_k (p*_k − p_k)²
 *
 * @param prob `[N, K]`: predicted probabilities.
 * @param target [N] labels of 0 to K − 1 (an `Int32Array`), or [N, K] multi-hot (a `Float32Array`).
 * @param options See {@link CategoryOptions}: `classes` and the common ones.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `prob`.
 * @throws As {@link fasterRcnn}; RangeError where a multi-hot target comes without `classes`,
 * `weight` and `out`, so that nothing tells the number of rows, or where it has a number that is not
 * from 0 to 1 in a row with weight.
 *
 * @edges
 * A NaN in an evaluated row makes its loss and gradient NaN and touches no other row. A row of
 * weight 0 may have any label.
 *
 * @accuracy
 * Largest error against float64 over 23,610 rows (probabilities of classes), from the usual to the
 * limits of float32, on AVX-512, AVX2, SSE4 and scalar code: 2.1 ULP of a well-conditioned row's
 * loss, 6e-8 of the largest component of a row's gradient and 1.4e-8 of a mean.
 *
 * @example
 * category.yoloV1(new Float32Array([0.25, 0.75]), new Int32Array([1])); // { loss: 0.125 }
 *
 * @see Redmon et al., You only look once, arXiv 1506.02640, equation 3.
 */
export const yoloV1: LossFunction<[prob: Float32Array, target: CategoryTarget], CategoryOptions> =
  defineLoss({
    name: 'category.yoloV1',
    rows: classes('prob', 'sum'),
    formula: 'SquaredError',
    header: 'cross_entropy',
  });
