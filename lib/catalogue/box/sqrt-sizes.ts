import type { BoxOptions, PairLoss } from '../../types';
import { alias } from '../define';
import { yoloV1 } from './yolo-v1';

/**
 * Squared errors of the centre and of the square roots of the sizes: the same loss as
 * {@link yoloV1}, named by its formula.
 *
 * ℓ = (y* − y)² + (x* − x)² + (√h* − √h)² + (√w* − √w)²
 *
 * @param pred [N, 4] boxes, usually with the centre in units of a cell and the size as fractions of
 * the image.
 * @param target [N, 4] boxes, in the same unit and format.
 * @param options See {@link BoxOptions}.
 * @returns The loss, ≥ 0, and with `grad` its derivative by `pred`.
 * @throws As {@link yoloV1}.
 *
 * @edges
 * As {@link yoloV1}, and as accurate.
 *
 * @example
 * const pred = new Float32Array([0.5, 0.5, 0.25, 0.25]);
 * const target = new Float32Array([0.5, 0.7, 0.25, 0.36]);
 * box.sqrtSizes(pred, target); // { loss: 0.05 }
 *
 * @see Redmon et al., You only look once, arXiv 1506.02640, equation 3.
 */
export const sqrtSizes: PairLoss<BoxOptions> = alias('box.sqrtSizes', yoloV1);
