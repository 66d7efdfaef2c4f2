import type { Reduction } from '../types';
import { binaryCrossEntropy as crossEntropyOf, type Input } from './cross-entropy';
import { Dual } from './number';
import { lossFunction, reduceRows, type LossOptions, type PairLoss } from './reduce';

/** Options of `objectness.yoloV1`. */
export interface YoloV1Options extends LossOptions {
  /** λ_noobj, the factor of rows without an object. Default 0.5. */
  noObject?: number;
}

/** Options of `objectness.yoloV3` and `objectness.binaryCrossEntropy`. */
export interface YoloV3Options extends LossOptions<Reduction | 'balanced'> {
  /** Whether the prediction holds probabilities or logits. Default `'probability'`. */
  input?: Input;
  /** How rows are reduced. Default `'balanced'`, of `binaryCrossEntropy` `'mean'`. */
  reduction?: Reduction | 'balanced';
}

/**
 * Objectness loss of Faster R-CNN's region proposal network: softmax cross-entropy of background
 * and object (Ren et al., 2015, arXiv 1506.01497).
 *
 *     ℓ = −(1 − o∗)·ln p₀ − o∗·ln p₁,  p = softmax(z)
 *
 * Of two logits that is the binary cross-entropy of their difference.
 *
 * @param pred `[N, 2]`: the logits of background and object
 * @param target `[N]`: 0 for background, 1 for an object, or a share between them
 */
export const fasterRcnn: PairLoss<LossOptions> = lossFunction(
  'objectness.fasterRcnn',
  { logits: 2, target: 1 },
  (logits, target, options) =>
    reduceRows(
      logits,
      2,
      ([background, object], i) =>
        crossEntropyOf(object.minus(background), { t: target[i], rest: 1 - target[i] }, 'logit'),
      options,
    ),
);

/**
 * Objectness loss of YOLO: squared error, weaker where there is no object (Redmon et al., 2016,
 * arXiv 1506.02640).
 *
 *     ℓ = (o∗ − o)² where o∗ > 0, λ_noobj (o∗ − o)² elsewhere
 *
 * @param pred [N]
 * @param target [N]
 */
export const yoloV1: PairLoss<YoloV1Options> = lossFunction(
  'objectness.yoloV1',
  { pred: 1, target: 1 },
  (prob, target, options = {}) => {
    const { noObject = 0.5 } = options;
    const rowLoss = ([o]: Dual[], i: number) => {
      const squared = new Dual(target[i]).minus(o).squared();
      return target[i] > 0 ? squared : squared.times(noObject);
    };
    return reduceRows(prob, 1, rowLoss, options);
  },
);

/**
 * Objectness loss of YOLO v3: binary cross-entropy (Redmon & Farhadi, 2018, arXiv 1804.02767).
 *
 *     ℓ = −o∗·ln o − (1 − o∗)·ln(1 − o)
 *
 * Of probabilities, each logarithm is clamped at −100 and the derivative is defined as
 * (o − o∗)/max(o(1 − o), 1e-12). Of logits, o = σ(z) and both are exact for any z.
 *
 * Reduction `'balanced'` is the mean over rows with o∗ > 0 plus the mean over the others,
 *
 *     Σ_{o∗>0} wᵢℓᵢ / Σ_{o∗>0} wᵢ + Σ_{o∗=0} wᵢℓᵢ / Σ_{o∗=0} wᵢ
 *
 * where a side without weight is 0.
 *
 * @param pred `[N]`: probabilities or logits
 * @param target [N]
 */
export const yoloV3 = crossEntropyLoss('objectness.yoloV3', 'balanced');

/** {@link yoloV3} by the name of its formula. By default it is the mean over all rows. */
export const binaryCrossEntropy = crossEntropyLoss('objectness.binaryCrossEntropy', 'mean');

function crossEntropyLoss(where: string, byDefault: 'mean' | 'balanced'): PairLoss<YoloV3Options> {
  return lossFunction(where, { pred: 1, target: 1 }, (pred, target, options = {}) => {
    const { reduction = byDefault, input, weight, grad } = options;
    const rowLoss = ([o]: Dual[], i: number) =>
      crossEntropyOf(o, { t: target[i], rest: 1 - target[i] }, input);
    if (reduction !== 'balanced') return reduceRows(pred, 1, rowLoss, { ...options, reduction });

    const meanWhere = (hasObject: boolean) => {
      const side = Float64Array.from(pred, (_, i) =>
        target[i] > 0 === hasObject ? (weight?.[i] ?? 1) : 0,
      );
      return reduceRows(pred, 1, rowLoss, { weight: side, grad });
    };
    const [objects, background] = [true, false].map(meanWhere);
    const loss = objects.loss! + background.loss!;
    return grad ? { loss, grad: objects.grad!.map((g, i) => g + background.grad![i]) } : { loss };
  });
}
