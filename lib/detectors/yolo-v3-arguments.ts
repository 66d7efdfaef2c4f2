/**
 * What the whole loss of YOLO v3 is given, and the checks of it.
 */
import { types } from 'node:util';
import {
  checkBytes,
  checkDistinct,
  checkGrid,
  checkIntegers,
  checkLength,
  checkFloat,
} from '../check';
import { checkSettings } from '../options';
import { inTheNameOf, wrongKind, wrongValue } from '../words';
import { isList } from '../kinds';
import { newFloats, numbersOf } from '../device';
import type { Grid } from '../types';
import { checkFractions, checkLabels } from '../values';

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
const IGNORING = 'rows to be ignored are other than 0 in ignore';
const TERMS = ['box', 'objectness', 'category'] as const;

/** The weight of every term on every scale. */
export function checkWeights(weights: unknown, scales: number): number[][] {
  const settings = weights === undefined ? {} : weights;
  const given: YoloV3LossOptions['weights'] = checkSettings(WHERE, settings, TERMS, 'weights');
  return TERMS.map((term) => {
    const name = `weights.${term}`;
    const weight = given[term] === undefined ? 1 : given[term];
    if (typeof weight === 'number') {
      return new Array<number>(scales).fill(
        checkFloat(WHERE, name, weight, 'a finite number', () => true),
      );
    }
    if (!isList(weight)) throw wrongKind(WHERE, name, 'a number or an array', weight);
    if (weight.length !== scales) {
      throw wrongValue(WHERE, `${name}.length to equal scales.length (${scales})`, weight.length);
    }
    return weight.map((value, s) =>
      checkFloat(WHERE, `${name}[${s}]`, value, 'a finite number', () => true),
    );
  });
}

/** The target as the caller's object has it, checked. */
function checkTarget(
  name: string,
  value: YoloV3Target,
  rows: number,
  classes: number,
): YoloV3Target {
  const target = checkSettings(WHERE, value, TARGET_NAMES, name);
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
  return target;
}

/**
 * One scale as the caller's object has it, checked; all scales are checked before any gradient is
 * written.
 */
export function checkScale(
  name: string,
  value: YoloV3Scale,
  batch: number,
  classes: number,
): YoloV3Scale {
  const { height, width, anchors } = checkGrid(WHERE, value, name);
  const { features, target } = checkSettings(WHERE, value, SCALE_NAMES, name);
  const rows = batch * height * width * (anchors.length / 2);
  checkLength(
    WHERE,
    `${name}.features`,
    features,
    rows * (5 + classes),
    'batch × height × width × anchors × (5 + classes)',
  );
  const own = checkTarget(`${name}.target`, target, rows, classes);
  return { height, width, anchors, features, target: own };
}

/** The arrays that receive the gradients, or none. */
export function checkGradients(
  grad: unknown,
  scales: readonly YoloV3Scale[],
): Float32Array[] | undefined {
  if (grad === undefined || grad === false) return undefined;
  if (grad === true) {
    try {
      return scales.map(({ features }) => newFloats(features.length));
    } catch (error) {
      throw inTheNameOf(WHERE, error);
    }
  }
  if (!isList(grad)) throw wrongKind(WHERE, 'grad', 'a boolean or an array', grad);
  if (grad.length !== scales.length) {
    throw wrongValue(WHERE, `grad.length to equal scales.length (${scales.length})`, grad.length);
  }
  grad.forEach((array, s) => {
    const name = `grad[${s}]`;
    checkLength(WHERE, name, array, scales[s].features.length, `scales[${s}].features.length`);
  });
  return grad;
}

/** Throws where the target of a row that counts is no class or not from 0 to 1. */
export function checkTargetValues({ target }: YoloV3Scale, s: number, classes: number): void {
  const name = `scales[${s}].target`;
  const { labels, categories, ignore } = target;
  const objectness = numbersOf(target.objectness);
  const counted = ignore && numbersOf(ignore).map((ignored) => (ignored === 0 ? 1 : 0));
  checkFractions(WHERE, `${name}.objectness`, objectness, counted, 1, IGNORING);
  const objects = objectness.map((value) => (value > 0 ? 1 : 0));
  if (labels !== undefined) checkLabels(WHERE, labels, classes, objects, `${name}.labels`);
  if (categories === undefined) return;
  checkFractions(WHERE, `${name}.categories`, categories, objects, classes, '');
}

/** An array of a call, by the name errors give it. */
interface NamedArray {
  name: string;
  array: Float32Array | Int32Array | Uint8Array;
  /** Whether it is written. */
  output: boolean;
}

/** Every array of the call, the gradients last. */
function arraysOf(
  grads: readonly Float32Array[],
  scales: readonly YoloV3Scale[],
): readonly NamedArray[] {
  const inputs = scales.flatMap(({ features, anchors, target }, s) =>
    Object.entries({ features, anchors, ...target })
      .filter(([, array]) => array !== undefined)
      .map(([key, array]) => ({ name: `scales[${s}]'s ${key}`, array: array!, output: false })),
  );
  const outputs = grads.map((array, s) => ({ name: `grad[${s}]`, array, output: true }));
  return [...inputs, ...outputs].filter(({ array }) => array.length > 0);
}

/** Throws where a gradient shares memory with another array. */
export function checkGradientsApart(
  grads: readonly Float32Array[] | undefined,
  scales: readonly YoloV3Scale[],
): void {
  const byMemory = new Map<unknown, NamedArray[]>();
  const shared: NamedArray[] = [];
  for (const named of arraysOf(grads ?? [], scales)) {
    const { buffer } = named.array;
    const others = types.isSharedArrayBuffer(buffer) ? shared : byMemory.get(buffer);
    if (others === undefined) byMemory.set(buffer, [named]);
    else others.push(named);
  }
  for (const arrays of byMemory.values()) checkNeighbours(arrays);
  // Several objects may be the same shared memory.
  shared.forEach((named, i) => {
    for (const other of shared.slice(0, i)) checkPair(other, named);
  });
}

/** Throws where two arrays, of which the first comes first in the call, clash. */
function checkPair(first: NamedArray, second: NamedArray): void {
  const [input, output] = second.output ? [first, second] : [second, first];
  if (!output.output) return;
  checkDistinct(WHERE, output.name, output.array as Float32Array, input.name, input.array);
}

/** The same of the arrays of one memory, in their order in it: each with each would take minutes. */
function checkNeighbours(arrays: readonly NamedArray[]): void {
  const endOf = ({ array }: NamedArray) => array.byteOffset + array.byteLength;
  const later = (a: NamedArray | undefined, b: NamedArray) =>
    a !== undefined && endOf(a) > endOf(b) ? a : b;
  let last: NamedArray | undefined;
  let lastOutput: NamedArray | undefined;
  for (const named of [...arrays].sort((a, b) => a.array.byteOffset - b.array.byteOffset)) {
    const other = named.output ? last : lastOutput;
    if (other !== undefined && endOf(other) > named.array.byteOffset) {
      const [first, second] = [other, named].sort((a, b) => arrays.indexOf(a) - arrays.indexOf(b));
      checkPair(first, second);
    }
    last = later(last, named);
    if (named.output) lastOutput = later(lastOutput, named);
  }
}
