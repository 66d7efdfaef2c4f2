/**
 * What the whole loss of YOLO v3 is given, and the checks of it.
 */
import {
  checkBytes,
  checkDistinct,
  checkGrid,
  checkIntegers,
  checkLabels,
  checkLength,
  checkNumber,
  checkSettings,
  wrongKind,
  wrongValue,
} from '../check';
import { newFloats, numbersOf } from '../device';
import type { Grid } from '../types';

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

export const WHERE = 'yoloV3.loss';
const SCALE_NAMES = ['height', 'width', 'anchors', 'features', 'target'];
const TARGET_NAMES = ['box', 'objectness', 'labels', 'categories', 'ignore'];
const TERMS = ['box', 'objectness', 'category'] as const;

/** The weight of every term on every scale. */
export function checkWeights(weights: unknown, scales: number): number[][] {
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
export function checkScale(name: string, scale: YoloV3Scale, batch: number, classes: number): void {
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
export function checkGradients(
  grad: unknown,
  scales: readonly YoloV3Scale[],
): Float32Array[] | undefined {
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
export function checkObjectLabels({ target }: YoloV3Scale, s: number, classes: number): void {
  if (target.labels === undefined) return;
  const name = `scales[${s}].target.labels`;
  checkLabels(WHERE, target.labels, classes, numbersOf(target.objectness).map(isObject), name);
}

function isObject(objectness: number): number {
  return objectness > 0 ? 1 : 0;
}

/** Throws where a gradient shares memory with another array. */
export function checkGradientsApart(
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
