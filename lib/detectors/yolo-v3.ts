/**
 * The whole loss of YOLO v3, from raw feature maps to one number and its gradient.
 *
 * @module
 */
import { native, type YoloV3Arrays } from '../binding';
import {
  checkBytes,
  checkCount,
  checkDistinct,
  checkGrid,
  checkIntegers,
  checkLabels,
  checkLength,
  checkNumber,
  checkPart,
  checkSettings,
  choose,
  wrongKind,
  wrongValue,
} from '../check';
import { FORMATS } from '../row-loss';
import { kernelHere, newFloats, numbersOf } from '../device';
import { finishing, threadsOf } from '../threads';
import type { Grid } from '../types';
import { checkBatch } from './arguments';

/** What one scale is trained towards: row-major [B, H, W, A, …] whatever the layout of features. */
export interface YoloV3Target {
  /** `[B, H, W, A, 4]`: boxes, centre and size, as fractions of the image, where objects are. */
  box: Float32Array;
  /** `[B, H, W, A]`: above 0 where there is an object, 0 elsewhere. */
  objectness: Float32Array;
  /** `[B, H, W, A]`: the class, 0 to K − 1, where there is an object. */
  labels?: Int32Array;
  /** `[B, H, W, A, K]`: multi-hot classes, instead of labels. */
  categories?: Float32Array;
  /** `[B, H, W, A]`: rows other than 0 take no part in objectness. */
  ignore?: Uint8Array;
}

/** One output scale of the network. */
export interface YoloV3Scale extends Grid {
  /**
   * Raw features: [B, H, W, A·(5+K)], or [B, A·(5+K), H, W] with layout `'NCHW'`. An anchor's
   * channels are its box in the order of `format`, objectness, and K classes.
   */
  features: Float32Array;
  /** What it is trained towards; `assign.yoloV3` makes it. */
  target: YoloV3Target;
}

/** A weight for all scales, or one for each. */
export type TermWeight = number | readonly number[];

/** Arguments of {@link loss}. */
export interface YoloV3LossOptions {
  /** Images, B. */
  batch: number;
  /** Classes, K. */
  classes: number;
  /** The network's outputs, any number of them. */
  scales: readonly YoloV3Scale[];
  /**
   * The box term: a loss of overlap of the decoded boxes, or `'l2'`, which is `box.yoloV3`. Default
   * `'ciou'`.
   */
  box?: 'iou' | 'giou' | 'diou' | 'ciou' | 'l2';
  /** The layout of features and gradients. Default `'NHWC'`. */
  layout?: 'NHWC' | 'NCHW';
  /** The order of raw and target boxes. Default `'yxhw'`. */
  format?: 'yxhw' | 'cxcywh';
  /** s in [0, 1], by which a class's target p* becomes p*(1 − s) + s/2. Default 0. */
  labelSmoothing?: number;
  /** The factors of the terms in the total. Default 1 each. */
  weights?: { box?: TermWeight; objectness?: TermWeight; category?: TermWeight };
  /**
   * `true` returns gradients in new arrays; arrays, one per scale, are filled and returned. By
   * default none are computed.
   */
  grad?: boolean | readonly Float32Array[];
  /** The most threads this call may use; 1 is the calling thread alone. Default: decided by size. */
  threads?: number;
}

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

const WHERE = 'yoloV3.loss';
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
const SCALE_NAMES = ['height', 'width', 'anchors', 'features', 'target'];
const TARGET_NAMES = ['box', 'objectness', 'labels', 'categories', 'ignore'];
const TERMS = ['box', 'objectness', 'category'] as const;
const BOX_TERMS = ['ciou', 'iou', 'giou', 'diou', 'l2'];

/** The weight of every term on every scale. */
function checkWeights(weights: unknown, scales: number): number[][] {
  if (weights !== undefined && (typeof weights !== 'object' || weights === null)) {
    throw wrongKind(WHERE, 'weights', 'an object', weights);
  }
  checkSettings(WHERE, weights ?? {}, TERMS);
  return TERMS.map((term) => {
    const name = `weights.${term}`;
    const given = (weights as YoloV3LossOptions['weights'])?.[term];
    const weight = given === undefined ? 1 : given;
    if (typeof weight === 'number') {
      return new Array<number>(scales).fill(
        checkNumber(WHERE, name, weight, 'a finite number', () => true),
      );
    }
    if (!Array.isArray(weight)) throw wrongKind(WHERE, name, 'a number or an array', weight);
    if (weight.length !== scales) {
      throw wrongValue(WHERE, `${name}.length to equal scales.length (${scales})`, weight.length);
    }
    return weight.map((value, s) =>
      checkNumber(WHERE, `${name}[${s}]`, value, 'a finite number', () => true),
    );
  });
}

function checkTarget(name: string, target: YoloV3Target, rows: number, classes: number): void {
  if (typeof target !== 'object' || target === null) {
    throw wrongKind(WHERE, name, 'an object', target);
  }
  checkSettings(WHERE, target, TARGET_NAMES);
  const rowsName = 'the number of rows, batch × height × width × anchors';
  checkLength(WHERE, `${name}.box`, target.box, 4 * rows, `4 × ${rowsName}`);
  checkLength(WHERE, `${name}.objectness`, target.objectness, rows, rowsName);
  const { labels, categories, ignore } = target;
  if (labels !== undefined && categories !== undefined) {
    throw wrongValue(WHERE, `${name} to have labels or categories`, 'both');
  }
  if (labels !== undefined) {
    checkIntegers(WHERE, `${name}.labels`, labels, rows, rowsName);
  } else if (categories !== undefined) {
    checkLength(WHERE, `${name}.categories`, categories, rows * classes, `classes × ${rowsName}`);
  } else {
    throw wrongKind(WHERE, `${name}.labels`, 'an Int32Array (or categories given)', labels);
  }
  if (ignore !== undefined) checkBytes(WHERE, `${name}.ignore`, ignore, rows, rowsName);
}

/** Checks one scale; all scales are checked before any gradient is written. */
function checkScale(name: string, scale: YoloV3Scale, batch: number, classes: number): void {
  const { height, width, anchors } = checkGrid(WHERE, scale, name);
  checkSettings(WHERE, scale, SCALE_NAMES);
  const rows = batch * height * width * (anchors.length / 2);
  checkLength(
    WHERE,
    `${name}.features`,
    scale.features,
    rows * (5 + classes),
    'batch × height × width × anchors × (5 + classes)',
  );
  checkTarget(`${name}.target`, scale.target, rows, classes);
}

/** The arrays that receive the gradients, or none. */
function checkGradients(grad: unknown, scales: readonly YoloV3Scale[]): Float32Array[] | undefined {
  if (grad === undefined || grad === false) return undefined;
  if (grad === true) return scales.map(({ features }) => newFloats(features.length));
  if (!Array.isArray(grad)) throw wrongKind(WHERE, 'grad', 'a boolean or an array', grad);
  if (grad.length !== scales.length) {
    throw wrongValue(WHERE, `grad.length to equal scales.length (${scales.length})`, grad.length);
  }
  grad.forEach((array, s) => {
    const name = `grad[${s}]`;
    checkLength(WHERE, name, array, scales[s].features.length, `scales[${s}].features.length`);
  });
  return grad;
}

/** Throws where the label of a row with an object is no class. */
function checkObjectLabels({ target }: YoloV3Scale, s: number, classes: number): void {
  if (target.labels === undefined) return;
  const name = `scales[${s}].target.labels`;
  checkLabels(WHERE, target.labels, classes, numbersOf(target.objectness).map(isObject), name);
}

function isObject(objectness: number): number {
  return objectness > 0 ? 1 : 0;
}

/** Throws where a gradient shares memory with another array. */
function checkGradientsApart(
  grads: readonly Float32Array[] | undefined,
  scales: readonly YoloV3Scale[],
): void {
  grads?.forEach((array, s) => {
    const name = `grad[${s}]`;
    scales.forEach(({ features, anchors, target }, other) => {
      const inputs = { features, anchors, ...target };
      for (const [key, input] of Object.entries(inputs)) {
        checkDistinct(WHERE, name, array, `scales[${other}]'s ${key}`, input);
      }
    });
    for (let other = 0; other < s; ++other) {
      checkDistinct(WHERE, name, array, `grad[${other}]`, grads[other]);
    }
  });
}

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
 * length or value is wrong, or the label of a row with an object is no class. Nothing has been
 * written then.
 *
 * @edges
 * The category term is a mean over classes, 1/K of their sum: give `weights.category` K to have the
 * sum. A term without rows adds 0. Box and category read nothing where there is no object: NaN
 * there touches nothing. Ignored rows take no part in objectness. A decoded size beyond 1e18 counts
 * as that. CIoU's α is held constant in the gradient.
 *
 * @accuracy
 * Error against float64, on any instruction set: 2e-7 of the total and of each term, 5e-6 of a row's
 * largest component of the gradient (`test/yolo-v3-accuracy.test.ts`).
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
  checkSettings(WHERE, options, OPTIONS);
  const { batch, classes, scales } = options;
  checkBatch(WHERE, batch);
  checkCount(WHERE, 'classes', classes);
  if (!Array.isArray(scales)) throw wrongKind(WHERE, 'scales', 'an array', scales);
  const boxName = BOX_TERMS[choose(WHERE, 'box', options.box, BOX_TERMS)];
  const layout = choose(WHERE, 'layout', options.layout, ['NHWC', 'NCHW']);
  const format = choose(WHERE, 'format', options.format, FORMATS.slice(0, 2));
  const smoothing = options.labelSmoothing === undefined ? 0 : options.labelSmoothing;
  checkPart(WHERE, 'labelSmoothing', smoothing);
  const threads = threadsOf(WHERE, options);
  const weights = checkWeights(options.weights, scales.length);
  scales.forEach((scale, s) => checkScale(`scales[${s}]`, scale, batch, classes));
  const grads = checkGradients(options.grad, scales);

  const arrays = scales.flatMap(({ anchors, features, target }, s): YoloV3Arrays => {
    const { box, objectness, labels, categories, ignore } = target;
    return [features, grads?.[s], anchors, box, objectness, labels, categories, ignore];
  });
  const numbers = scales.flatMap(({ height, width }, s) => {
    return [height, width, ...weights.map((term) => term[s])];
  });
  const parts = new Float64Array(4 * scales.length);
  return finishing(
    () =>
      kernelHere(native.yoloV3)(
        arrays,
        Float64Array.from(numbers),
        parts,
        threads,
        native.yoloV3BoxTerms.indexOf(boxName),
        batch,
        classes,
        layout,
        1 - format,
        smoothing,
      ),
    () => ({ ...sumOf(parts, weights), ...(grads && { grads }) }),
    () => {
      checkGradientsApart(grads, scales);
      scales.forEach((scale, s) => checkObjectLabels(scale, s, classes));
    },
  ) as YoloV3Loss;
}

/** The result of a call: of every scale `parts` has box, objectness, category and positives. */
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
