/**
 * The whole loss of YOLO (v1), from the network's predictions to one number and its gradient.
 *
 * @module
 */
import { native } from '../binding';
import { checkCount, checkIntegers, checkLength, choose } from '../check';
import { allocate } from '../device';
import { CENTRE_FORMATS } from '../formats';
import type { YoloV1Settings } from '../kernels';
import { checkSettings, ownOf } from '../options';
import { run, threadsOf, type Computation } from '../threads';
import type { Gradient } from '../types';
import { checkFractions, checkLabels } from '../values';
import { wrongKind } from '../words';
import { checkBatch, checkFactor, checkGradient } from './arguments';

/** What the cells are trained towards, row by row; `assign.yoloV1` makes it. */
export interface YoloV1Target {
  /**
   * `[B, S, S, 4]`: boxes, the centre in units of the cell and the size as fractions of the image;
   * read where objects are.
   */
  box: Float32Array;
  /** `[B, S, S]`: above 0 in cells with an object, 0 elsewhere. */
  objectness: Float32Array;
  /** `[B, S, S]`: the class, 0 to K − 1, where there is an object. */
  labels?: Int32Array;
  /** `[B, S, S, K]`: multi-hot classes, instead of labels. */
  categories?: Float32Array;
}

/** Arguments of {@link loss}. */
export interface YoloV1LossOptions {
  /** Images, B. */
  batch: number;
  /** Cells in a row and in a column, S. */
  grid: number;
  /** Predictors of a cell. */
  boxes: number;
  /** Classes, K. */
  classes: number;
  /**
   * `[B, S, S, boxes·5 + K]`: of every predictor of a cell a box, as the target's, and a
   * confidence; then the cell's class probabilities.
   */
  predictions: Float32Array;
  /** What the cells are trained towards; `assign.yoloV1` makes it. */
  target: YoloV1Target;
  /** λ_coord, the factor of the box term in the total, at least 0. Default 5. */
  coord?: number;
  /** λ_noobj, the factor of predictors without an object, at least 0. Default 0.5. */
  noObject?: number;
  /**
   * What the confidence of a responsible predictor should be: its box's IoU, as in the paper, or 1.
   * Default `'iou'`.
   */
  confidence?: 'iou' | 'objectness';
  /** The order of predicted and target boxes. Default `'yxhw'`. */
  format?: 'yxhw' | 'cxcywh';
  /**
   * `true` returns the derivative of the total by the predictions in a new array; an array of their
   * length is filled and returned instead. By default none is computed.
   */
  grad?: boolean | Float32Array;
  /** The most threads this call may use; 1 is the calling thread alone. Default: decided by size. */
  threads?: number;
}

/** The total and its terms. */
export interface YoloV1Loss {
  /** What is minimized. */
  total: number;
  /** Without λ_coord. */
  box: number;
  /** With λ_noobj. */
  objectness: number;
  /** Of the cells with an object. */
  category: number;
}

const WHERE = 'yoloV1.loss';
/** As many as labels are of. */
const MOST_CLASSES = 2 ** 24;
const SHAPE = ['batch', 'grid', 'boxes', 'classes'];
const ARRAYS = ['predictions', 'target', 'grad'];
const TARGET = ['box', 'objectness', 'labels', 'categories'];
const OPTIONS = [...SHAPE, ...ARRAYS, 'coord', 'noObject', 'confidence', 'format', 'threads'];

/** The target as the caller's object has it. */
function ownTarget(target: YoloV1Target): YoloV1Target {
  if (typeof target !== 'object' || target === null) {
    throw wrongKind(WHERE, 'target', 'an object', target);
  }
  return ownOf(target, TARGET);
}

function checkTarget(target: YoloV1Target, cells: number, classes: number): void {
  const { box, objectness, labels, categories } = target;
  const cellsName = 'batch × grid × grid';
  checkLength(WHERE, 'target.box', box, 4 * cells, `4 × ${cellsName}`);
  checkLength(WHERE, 'target.objectness', objectness, cells, cellsName);
  if (labels !== undefined) {
    checkIntegers(WHERE, 'target.labels', labels, cells, cellsName);
  } else if (categories !== undefined) {
    const length = classes * cells;
    checkLength(WHERE, 'target.categories', categories, length, `classes × ${cellsName}`);
  } else {
    throw wrongKind(WHERE, 'target.labels', 'an Int32Array (or categories given)', labels);
  }
}

/** Throws where the target of a cell is no class or not from 0 to 1. */
function checkTargetValues(target: YoloV1Target, classes: number): void {
  const { objectness, labels, categories } = target;
  checkFractions(WHERE, 'target.objectness', objectness, undefined, 1, '');
  const objects = objectness.map((value) => (value > 0 ? 1 : 0));
  if (labels !== undefined) {
    checkLabels(WHERE, labels, classes, objects, 'target.labels');
  } else {
    checkFractions(WHERE, 'target.categories', categories!, objects, classes, '');
  }
}

/** The array that receives the gradient, or none. */
function gradientOf(
  { grad, predictions }: YoloV1LossOptions,
  target: YoloV1Target,
): Float32Array | undefined {
  if (grad === undefined || grad === false) return undefined;
  if (grad === true) return allocate(WHERE, Float32Array, predictions.length);
  if (typeof grad !== 'object') throw wrongKind(WHERE, 'grad', 'a boolean or a Float32Array', grad);
  checkGradient(WHERE, 'grad', grad, predictions, 'predictions', {
    predictions,
    'target.box': target.box,
    'target.objectness': target.objectness,
    'target.labels': target.labels,
    'target.categories': target.categories,
  });
  return grad;
}

/** A call whose arguments have been checked, but for the numbers of its target. */
interface CellsCall {
  predictions: Float32Array;
  target: YoloV1Target;
  grad: Float32Array | undefined;
  /** What the kernel writes: box, objectness and category. */
  parts: Float64Array;
  settings: YoloV1Settings;
}

const CELLS: Computation<CellsCall, number, YoloV1Loss & Partial<Gradient>> = {
  compute({ predictions, target, grad, parts, settings }) {
    const { objectness, box, labels, categories } = target;
    const numbers = labels === undefined ? categories : undefined;
    const arrays = [predictions, grad, objectness, box, labels, numbers] as const;
    return native.yoloV1(arrays, parts, ...settings);
  },
  finish(_, { parts, grad, settings: [, , , , coord] }) {
    const [box, objectness, category] = parts;
    const result = { total: coord * box + objectness + category, box, objectness, category };
    return grad === undefined ? result : { ...result, grad };
  },
  explain: ({ target, settings: [, , classes] }) => checkTargetValues(target, classes),
};

/**
 * The whole loss of YOLO (v1), summed over cells and images.
 *
 * total = λ_coord box + objectness + category, where
 * - box = Σ over responsible predictors of `box.yoloV1`,
 *   (y* − y)² + (x* − x)² + (√h* − √h)² + (√w* − √w)²;
 * - objectness = Σ over responsible predictors of (C* − C)² + λ_noobj Σ over all others of C²;
 * - category = Σ over cells with an object of `category.yoloV1`, Σ_k (p*_k − p_k)².
 *
 * In a cell with an object the predictor whose box has the highest IoU with the object's is
 * responsible, the first of equals. C* is that IoU, constant in the gradient, or with
 * `confidence: 'objectness'` 1.
 *
 * @param options See {@link YoloV1LossOptions}. A cell has an object where its target's objectness
 * is above 0.
 * @returns The total and the terms, each ≥ 0, of which `objectness` includes λ_noobj and `box` does
 * not include λ_coord; and with `grad` the derivative of the total by the predictions.
 * @throws TypeError where an argument is of the wrong kind or a name is unknown; RangeError where a
 * length or value is wrong, the label of a cell with an object is no class, or a target's objectness,
 * or the categories of a cell with an object, are not from 0 to 1. Nothing has been written then.
 *
 * @edges
 * Without objects only the confidences count; without images the loss is 0. Boxes, labels and
 * probabilities of cells without an object are not read, nor with `noObject` 0 any confidence but a
 * responsible predictor's: NaN there touches nothing. A predicted size of 0 or less counts as 1e-7
 * under its root, with derivative 0, and as 0 in the IoU. Of predictors whose IoU is NaN the first
 * is responsible, so that NaN reaches the loss; it touches the gradient of no other predictor.
 *
 * @accuracy
 * Largest error against float64 over 1,930 rows (cells of predictions), from the usual to the
 * limits of float32, on AVX-512, AVX2, SSE4 and scalar code: 3.7e-7 of the largest component of a
 * row's gradient and 5.6e-8 of the total and of each term.
 *
 * @example
 * // One cell, one predictor, one class: x is off by 0.5, so that IoU is 1/3.
 * yoloV1.loss({
 *   batch: 1,
 *   grid: 1,
 *   boxes: 1,
 *   classes: 1,
 *   predictions: new Float32Array([0.5, 1, 1, 1, 0.5, 1]),
 *   target: {
 *     box: new Float32Array([0.5, 0.5, 1, 1]),
 *     objectness: new Float32Array([1]),
 *     labels: new Int32Array([0]),
 *   },
 * }); // { total: 1.2777…, box: 0.25, objectness: 0.0277…, category: 0 }
 *
 * @see Redmon et al., You only look once, arXiv 1506.02640, equation 3.
 */
export function loss(
  options: YoloV1LossOptions & { grad: true | Float32Array },
): YoloV1Loss & Gradient;
export function loss(options: YoloV1LossOptions & { grad?: false }): YoloV1Loss;
export function loss(options: YoloV1LossOptions): YoloV1Loss & Partial<Gradient>;
export function loss(options: YoloV1LossOptions): YoloV1Loss & Partial<Gradient> {
  options = checkSettings(WHERE, options, OPTIONS);
  const { batch, grid, boxes, classes, predictions } = options;
  const target = ownTarget(options.target);
  const { coord = 5, noObject = 0.5 } = options;
  checkBatch(WHERE, batch);
  checkCount(WHERE, 'grid', grid);
  checkCount(WHERE, 'boxes', boxes);
  checkCount(WHERE, 'classes', classes, MOST_CLASSES);
  checkFactor(WHERE, 'coord', coord);
  checkFactor(WHERE, 'noObject', noObject);
  const confidence = choose(WHERE, 'confidence', options.confidence, ['iou', 'objectness']);
  const format = choose(WHERE, 'format', options.format, CENTRE_FORMATS);
  const threads = threadsOf(WHERE, options);
  const cells = batch * grid * grid;
  const lengthName = 'batch × grid × grid × (5 × boxes + classes)';
  checkLength(WHERE, 'predictions', predictions, cells * (5 * boxes + classes), lengthName);
  checkTarget(target, cells, classes);
  return run(WHERE, CELLS, {
    predictions,
    target,
    grad: gradientOf(options, target),
    parts: new Float64Array(3),
    settings: [threads, format, classes, grid, coord, noObject, confidence],
  }) as YoloV1Loss;
}
