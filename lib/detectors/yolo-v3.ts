/**
 * The whole loss of YOLO v3, from raw feature maps to one number and its gradient.
 *
 * @module
 */
import { native } from '../binding';
import type { YoloV3Arrays, YoloV3Settings } from '../kernels';
import { checkCount, checkPart, choose } from '../check';
import { checkSettings } from '../options';
import { wrongKind } from '../words';
import { isList } from '../kinds';
import { kernelHere } from '../device';
import { CENTRE_FORMATS } from '../formats';
import { run, threadsOf, type Computation } from '../threads';
import { checkBatch } from './arguments';
import {
  checkGradients,
  checkGradientsApart,
  checkScale,
  checkTargetValues,
  checkWeights,
  WHERE,
  type YoloV3LossOptions,
  type YoloV3Scale,
} from './yolo-v3-arguments';

export type { TermWeight, YoloV3LossOptions, YoloV3Scale, YoloV3Target } from './yolo-v3-arguments';

/** The unweighted terms of one scale. */
export interface YoloV3ScaleLoss {
  /** The mean over its rows with an object. */
  box: number;
  /** The balanced mean over its rows that are not ignored. */
  objectness: number;
  /** The mean over its rows with an object. */
  category: number;
  /** Rows with an object. */
  positives: number;
}

/** The total, the unweighted sums of its terms over the scales, and the terms of every scale. */
export interface YoloV3Loss {
  /** With `weights`: what is minimized. */
  total: number;
  /** Without weights. */
  box: number;
  /** Without weights. */
  objectness: number;
  /** Without weights. */
  category: number;
  /** In the order of the scales that were passed. */
  scales: YoloV3ScaleLoss[];
}

/** What `grad` adds: the derivative of the total by every scale's features, in their layout. */
export interface YoloV3Gradients {
  /** One per scale, of the length of its features. */
  grads: Float32Array[];
}

const OPTIONS = [
  'batch',
  'classes',
  'scales',
  'box',
  'layout',
  'format',
  'labelSmoothing',
  'weights',
  'grad',
  'threads',
];
/** As many as the addon counts. */
const MOST_CLASSES = 2 ** 32 - 1;
const BOX_TERMS = ['ciou', 'iou', 'giou', 'diou', 'l2'];

/**
 * The whole loss of YOLO v3, straight from raw feature maps of any number of scales.
 *
 * total = Σ_s (w_box box_s + w_objectness objectness_s + w_category category_s), where on scale s
 * - box is the mean over rows with an object of 1 − IoU, GIoU, DIoU or CIoU of the decoded box,
 *   y = (σ(ŷ) + c_y)/H, x = (σ(x̂) + c_x)/W, h = hᵃe^ĥ, w = wᵃe^ŵ, or of `box.yoloV3` for `'l2'`;
 * - objectness is the balanced binary cross-entropy of `objectness.yoloV3` on logits;
 * - category is the mean over rows with an object of `category.yoloV3` on logits.
 *
 * @param options See {@link YoloV3LossOptions}. A row is an anchor of a cell of an image; it has an
 * object where its target's objectness is above 0.
 * @returns The total, ≥ 0 unless a weight is below; the terms' unweighted sums; each scale's terms
 * and number of rows with an object; and with `grad` the `grads`, each the derivative of the total
 * by a scale's features.
 * @throws TypeError where an argument is of the wrong kind or a name is unknown; RangeError where a
 * length or value is wrong, the label of a row with an object is no class, or its categories, or the
 * objectness of a row that is not ignored, are not from 0 to 1. Nothing has been written then.
 *
 * @edges
 * The category term is a mean over classes, 1/K of their sum: give `weights.category` K to have the
 * sum. A term without rows adds 0. Box and category read nothing where there is no object: NaN
 * there touches nothing. Ignored rows take no part in objectness. A decoded size beyond 1e18 counts
 * as that. CIoU's α is held constant in the gradient.
 *
 * @accuracy
 * Largest error against float64 over 31,495 rows (cells of raw features), from the usual to the
 * limits of float32, on AVX-512, AVX2, SSE4 and scalar code: 4.6e-6 of the largest component of a
 * row's gradient and 1.4e-7 of the total and of each term.
 *
 * @example
 * // One cell and anchor, whose raw features of 0 decode to the very box there is.
 * const target = {
 *   box: new Float32Array([0.5, 0.5, 0.25, 0.25]),
 *   objectness: new Float32Array([1]),
 *   labels: new Int32Array([0]),
 * };
 * const anchors = new Float32Array([0.25, 0.25]);
 * const features = new Float32Array(4 + 1 + 2);
 * const { total, box, objectness, category, grads } = yoloV3.loss({
 *   batch: 1,
 *   classes: 2,
 *   scales: [{ height: 1, width: 1, anchors, features, target }],
 *   grad: true,
 * });
 * [total, box, objectness, category]; // [1.3862…, 0, 0.6931…, 0.6931…]: 2 ln 2
 * grads[0]; // [0, 0, 0, 0, −0.5, −0.25, 0.25]
 *
 * @see Redmon and Farhadi, YOLOv3, arXiv 1804.02767, section 2.
 */
export function loss(
  options: YoloV3LossOptions & { grad: true | readonly Float32Array[] },
): YoloV3Loss & YoloV3Gradients;
export function loss(options: YoloV3LossOptions & { grad?: false }): YoloV3Loss;
export function loss(options: YoloV3LossOptions): YoloV3Loss & Partial<YoloV3Gradients>;
export function loss(options: YoloV3LossOptions): YoloV3Loss & Partial<YoloV3Gradients> {
  options = checkSettings(WHERE, options, OPTIONS);
  const { batch, classes } = options;
  checkBatch(WHERE, batch);
  checkCount(WHERE, 'classes', classes, MOST_CLASSES);
  if (!isList(options.scales)) throw wrongKind(WHERE, 'scales', 'an array', options.scales);
  const boxName = BOX_TERMS[choose(WHERE, 'box', options.box, BOX_TERMS)];
  const layout = choose(WHERE, 'layout', options.layout, ['NHWC', 'NCHW']);
  const format = choose(WHERE, 'format', options.format, CENTRE_FORMATS);
  const smoothing = options.labelSmoothing === undefined ? 0 : options.labelSmoothing;
  checkPart(WHERE, 'labelSmoothing', smoothing);
  const threads = threadsOf(WHERE, options);
  const weights = checkWeights(options.weights, options.scales.length);
  const scales = Array.from(options.scales, (scale, s) =>
    checkScale(`scales[${s}]`, scale, batch, classes),
  );
  const grads = checkGradients(options.grad, scales);

  return run(WHERE, SCALES, {
    scales,
    grads,
    weights,
    parts: new Float64Array(4 * scales.length),
    settings: [
      threads,
      native.yoloV3BoxTerms[boxName === 'l2' ? 'yoloV3' : boxName],
      batch,
      classes,
      layout,
      1 - format,
      smoothing,
    ],
  }) as YoloV3Loss;
}

/** A call whose arguments have been checked, but for the numbers of its targets. */
interface ScalesCall {
  scales: readonly YoloV3Scale[];
  grads: Float32Array[] | undefined;
  /** Of each term, one per scale. */
  weights: readonly (readonly number[])[];
  /** What the kernel writes: of every scale box, objectness, category and positives. */
  parts: Float64Array;
  settings: YoloV3Settings;
}

const SCALES: Computation<ScalesCall, number, YoloV3Loss> = {
  compute({ scales, grads, weights, parts, settings }) {
    const arrays = scales.flatMap(({ anchors, features, target }, s): YoloV3Arrays => {
      const { box, objectness, labels, categories, ignore } = target;
      return [features, grads?.[s], anchors, box, objectness, labels, categories, ignore];
    });
    const numbers = scales.flatMap(({ height, width }, s) => {
      return [height, width, ...weights.map((term) => term[s])];
    });
    return kernelHere(native.yoloV3)(arrays, Float64Array.from(numbers), parts, ...settings);
  },
  finish: (_, { grads, weights, parts }) => ({ ...sumOf(parts, weights), ...(grads && { grads }) }),
  explain({ scales, grads, settings: [, , , classes] }) {
    scales.forEach((scale, s) => checkTargetValues(scale, s, classes));
    checkGradientsApart(grads, scales);
  },
};

/** The result of a call, of what the kernel has written. */
function sumOf(parts: Float64Array, weights: readonly (readonly number[])[]): YoloV3Loss {
  const result: YoloV3Loss = { total: 0, box: 0, objectness: 0, category: 0, scales: [] };
  for (let s = 0; s < parts.length / 4; ++s) {
    const [box, objectness, category, positives] = parts.subarray(4 * s, 4 * s + 4);
    const [boxWeight, objectnessWeight, categoryWeight] = weights.map((term) => term[s]);
    result.total += boxWeight * box + objectnessWeight * objectness + categoryWeight * category;
    result.box += box;
    result.objectness += objectness;
    result.category += category;
    result.scales.push({ box, objectness, category, positives });
  }
  return result;
}
