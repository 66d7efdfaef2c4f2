import type { LossOptions, PairLoss } from '../../types';
import { defineLoss } from '../define';
import { atLeast } from '../hyper';
import { sidedElements } from '../rows';

/** Options of {@link yoloV1}. */
export interface YoloV1ObjectnessOptions extends LossOptions {
  /** λ_noobj: the factor of rows without an object, at least 0. Default 0.5. */
  noObject?: number;
}

/**
 * The objectness loss of YOLO v1: squared error, lighter where there is no object.
 *
 * ℓ = (o* − o)² where o* > 0, λ_noobj (o* − o)² elsewhere
 *
 * @param pred `[N]`: predicted confidence.
 * @param target `[N]`: the confidence to predict, the IoU or 1 where there is an object, 0
 * elsewhere.
 * @param options See {@link YoloV1ObjectnessOptions}: `noObject` (default 0.5) and the common ones.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `pred`.
 * @throws As {@link fasterRcnn}; RangeError where `noObject` is not a finite number of at least 0.
 *
 * @edges
 * A NaN in an evaluated row makes its loss and gradient NaN and touches no other row.
 *
 * @accuracy
 * Largest error against float64 over 30,000 rows (probabilities), from the usual to the limits of
 * float32, on AVX-512, AVX2, SSE4 and scalar code: 1.9 ULP of a well-conditioned row's loss, 9.6e-8
 * of the largest component of a row's gradient and 2.4e-8 of a mean.
 *
 * @example
 * const pred = new Float32Array([0.5, 0.5]);
 * objectness.yoloV1(pred, new Float32Array([1, 0]), { reduction: 'none' });
 * // { losses: [0.25, 0.125] }
 *
 * @see Redmon et al., You only look once, arXiv 1506.02640, equation 3.
 */
export const yoloV1: PairLoss<YoloV1ObjectnessOptions> = defineLoss({
  name: 'objectness.yoloV1',
  rows: sidedElements(),
  hyper: { noObject: atLeast(0, { default: 0.5 }) },
  formula: 'WeightedSquare',
  header: 'cross_entropy',
});
