import type { BoxOptions, PairLoss } from '../../types';
import { defineLoss } from '../define';
import { boxes } from '../rows';

/**
 * The box loss of YOLO v1: squared errors of the centre and of the square roots of the sizes.
 *
 * ℓ = (y* − y)² + (x* − x)² + (√h* − √h)² + (√w* − √w)²
 *
 * @param pred [N, 4] boxes, usually with the centre in units of a cell and the size as fractions of
 * the image.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param options See {@link BoxOptions}.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `pred`. The paper's factor λ_coord = 5
 * is not in it.
 * @throws As {@link fasterRcnn}.
 *
 * @edges
 * A size of 0 or less counts as 1e-7 and has derivative 0. A NaN in an evaluated row makes its loss
 * and gradient NaN and touches no other row.
 *
 * @accuracy
 * Largest error against float64 over 15,065 rows (pairs of boxes), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 5.3 ULP of a well-conditioned row's loss, 2.3e-6
 * of the largest component of a row's gradient and 8e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0.5, 0.5, 0.25, 0.25]);
 * const target = new Float32Array([0.5, 0.7, 0.25, 0.36]);
 * box.yoloV1(pred, target); // { loss: 0.05 }
 *
 * @see Redmon et al., You only look once, arXiv 1506.02640, equation 3.
 */
export const yoloV1: PairLoss<BoxOptions> = defineLoss({
  name: 'box.yoloV1',
  rows: boxes(),
  formula: 'SquareRootSizes',
  header: 'yolo',
});
