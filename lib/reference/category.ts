import { kindOf } from '../kinds';
import { checkLabels, checkLength } from './arguments';
import {
  binaryCrossEntropy as crossEntropyOf,
  softmaxCrossEntropy,
  type Input,
} from './cross-entropy';
import { Dual, sumOver } from './number';
import { lossFunction, reduceRows, rowOf, type LossFunction, type LossOptions } from './reduce';

/** Options of the losses that take labels or multi-hot targets. */
export interface CategoryOptions extends LossOptions {
  /**
   * K, which labels tell by their number and so does a weight; a multi-hot target without either
   * needs it, being one row otherwise.
   */
  classes?: number;
}

/** Options of `category.yoloV3`. */
export interface YoloV3Options extends CategoryOptions {
  /** Whether the prediction holds probabilities or logits. Default `'probability'`. */
  input?: Input;
  /** s, by which a target p∗ becomes p∗(1 − s) + s/2. Default 0. */
  labelSmoothing?: number;
}

/** A loss of every row's K numbers against labels (an `Int32Array`) or multi-hot targets. */
type CategoryLoss<Options extends LossOptions> = LossFunction<
  [pred: ArrayLike<number>, target: Int32Array | ArrayLike<number>],
  Options
>;

/** K, from the lengths of a call's arrays. */
function classesOf(where: string, name: string, pred: ArrayLike<number>, rows: number): number {
  const classes = rows === 0 ? 1 : pred.length / rows;
  if (Number.isInteger(classes)) return classes;
  const rule = `${name}.length to be a multiple of the number of rows (${rows})`;
  throw new RangeError(`${where}: expected ${rule}, got ${pred.length}`);
}

function categoryLoss<Options extends CategoryOptions>(
  where: string,
  formula: (row: Dual[], target: number[], options: Partial<Options>) => Dual,
): CategoryLoss<Options> {
  return lossFunction(where, {}, (pred, target, options) => {
    const labels = kindOf(target) === 'Int32Array' ? target : undefined;
    const rows = (labels ?? options?.weight)?.length ?? 1;
    const classes = options?.classes ?? (classesOf(where, 'pred', pred, rows) || 1);
    if (labels === undefined) {
      checkLength(where, 'target', target, pred.length, 'pred.length (labels: an Int32Array)');
    } else {
      checkLength(where, 'pred', pred, classes * labels.length, 'classes × target.length');
      checkLabels(where, 'target', labels, classes, (row) => options?.weight?.[row] ?? 1);
    }
    const targetOf = (i: number) =>
      labels
        ? Array.from({ length: classes }, (_, k) => Number(k === labels[i]))
        : rowOf(target, i, classes);
    const rowLoss = (row: Dual[], i: number) => formula(row, targetOf(i), options ?? {});
    return reduceRows(pred, classes, rowLoss, options);
  });
}

type LabelLoss = LossFunction<[logits: ArrayLike<number>, labels: ArrayLike<number>], LossOptions>;

function softmaxLoss(where: string): LabelLoss {
  return lossFunction(where, {}, (logits, labels, options) => {
    const classes = classesOf(where, 'logits', logits, labels.length) || 1;
    checkLength(where, 'logits', logits, classes * labels.length, 'classes × labels.length');
    checkLabels(where, 'labels', labels, classes, (row) => options?.weight?.[row] ?? 1);
    const rowLoss = (row: Dual[], i: number) => softmaxCrossEntropy(row, labels[i]);
    return reduceRows(logits, classes, rowLoss, options);
  });
}

/**
 * Category loss of Faster R-CNN: softmax cross-entropy (Girshick, "Fast R-CNN", 2015,
 * arXiv 1504.08083).
 *
 *     ℓ = −ln softmax(z)_label
 *
 * A row of weight 0 may have any label.
 *
 * @param logits [N, K]
 * @param labels `[N]`: classes 0…K−1
 */
export const fasterRcnn: LabelLoss = softmaxLoss('category.fasterRcnn');

/** {@link fasterRcnn} by the name of its formula. */
export const crossEntropy: LabelLoss = softmaxLoss('category.crossEntropy');

/**
 * Category loss of YOLO: squared error of the class probabilities (Redmon et al., 2016,
 * arXiv 1506.02640).
 *
 *     ℓ = Σₖ (p∗ₖ − pₖ)²
 *
 * A row of weight 0 may have any label.
 *
 * @param prob [N, K]
 * @param target labels [N], an `Int32Array` of classes 0…K−1, or any other array of [N, K] targets
 */
export const yoloV1 = categoryLoss<CategoryOptions>('category.yoloV1', squaredErrors);

/** {@link yoloV1} by the name of its formula. */
export const squaredError = categoryLoss<CategoryOptions>('category.squaredError', squaredErrors);

function squaredErrors(row: Dual[], target: number[]): Dual {
  return sumOver(row, (p, k) => new Dual(target[k]).minus(p).squared());
}

/**
 * Category loss of YOLO v3: the mean of the classes' binary cross-entropies (Redmon & Farhadi, 2018,
 * arXiv 1804.02767).
 *
 *     ℓ = 1/K Σₖ (−p∗ₖ·ln pₖ − (1 − p∗ₖ)·ln(1 − pₖ))
 *
 * Of probabilities, each logarithm is clamped at −100 and the derivative of a class's term is
 * defined as (p − p∗)/max(p(1 − p), 1e-12). Of logits, p = σ(z) and both are exact for any z. Label
 * smoothing s replaces p∗ by p∗(1 − s) + s/2. A row of weight 0 may have any label.
 *
 * @param pred `[N, K]`: probabilities or logits
 * @param target labels [N], an `Int32Array` of classes 0…K−1, or any other array of [N, K] targets
 */
export const yoloV3 = categoryLoss<YoloV3Options>('category.yoloV3', meanCrossEntropy);

/** {@link yoloV3} by the name of its formula. */
export const binaryCrossEntropy = categoryLoss<YoloV3Options>(
  'category.binaryCrossEntropy',
  meanCrossEntropy,
);

function meanCrossEntropy(
  row: Dual[],
  target: number[],
  { input, labelSmoothing: s = 0 }: Partial<YoloV3Options>,
): Dual {
  const smooth = (t: number) => t * (1 - s) + s / 2;
  const terms = sumOver(row, (p, k) =>
    crossEntropyOf(p, { t: smooth(target[k]), rest: smooth(1 - target[k]) }, input),
  );
  return terms.over(row.length);
}
