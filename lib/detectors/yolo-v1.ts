/**
 * The whole loss of YOLO (v1), from the network's predictions to one number and its gradient.
 *
 * @module
 */
import { yoloV1 as boxLoss } from '../catalogue/box/yolo-v1';
import { yoloV1 as categoryLoss } from '../catalogue/category/yolo-v1';
import { l2 } from '../catalogue/regression/l2';
import { checkCount, checkIntegers, checkLength, checkThreads, choose } from '../check';
import { checkSettings, ownOf } from '../options';
import { wrongKind, wrongValue } from '../words';
import { allocate } from '../device';
import { alignedIou } from '../overlap';
import { CENTRE_FORMATS } from '../formats';
import { awaited, follow, sameThreads } from '../threads';
import type { Gradient } from '../types';
import { checkFractions } from '../values';
import { checkBatch, checkFactor, checkGradient } from './arguments';
import { gatherRows, lossOfRows, startsOf } from './rows';

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

/** Checks the target and returns the cells that hold an object. */
function checkTarget(target: YoloV1Target, cells: number, classes: number): number[] {
  const { box, objectness, labels, categories } = target;
  const cellsName = 'batch × grid × grid';
  checkLength(WHERE, 'target.box', box, 4 * cells, `4 × ${cellsName}`);
  checkLength(WHERE, 'target.objectness', objectness, cells, cellsName);
  const objects: number[] = [];
  for (let cell = 0; cell < cells; cell++) {
    if (objectness[cell] > 0) objects.push(cell);
  }
  checkFractions(WHERE, 'target.objectness', objectness, undefined, 1, '');
  if (labels !== undefined) {
    checkIntegers(WHERE, 'target.labels', labels, cells, cellsName);
    for (const cell of objects) {
      if (labels[cell] >= 0 && labels[cell] < classes) continue;
      const expected = `target.labels to be from 0 to ${classes - 1} in row ${cell}`;
      throw wrongValue(WHERE, expected, labels[cell]);
    }
  } else if (categories !== undefined) {
    const length = classes * cells;
    checkLength(WHERE, 'target.categories', categories, length, `classes × ${cellsName}`);
    const counts = objectness.map((value) => (value > 0 ? 1 : 0));
    checkFractions(WHERE, 'target.categories', categories, counts, classes, '');
  } else {
    throw wrongKind(WHERE, 'target.labels', 'an Int32Array (or categories given)', labels);
  }
  return objects;
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

/** Boxes in units of the cell, as IoU needs them: their sizes are fractions of the image. */
function inCells(boxes: Float32Array, grid: number): Float32Array {
  return boxes.map((number, k) => (k % 4 < 2 ? number : number * grid));
}

/** The place of the largest of `count` numbers from `start` on, the first of equals or of NaN. */
function placeOfLargest(numbers: Float32Array, start: number, count: number): number {
  let largest = start;
  for (let k = start; k < start + count; k++) {
    if (Number.isNaN(numbers[k])) return k;
    if (numbers[k] > numbers[largest]) largest = k;
  }
  return largest;
}

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
  const isOne = choose(WHERE, 'confidence', options.confidence, ['iou', 'objectness']) === 1;
  const format = CENTRE_FORMATS[choose(WHERE, 'format', options.format, CENTRE_FORMATS)];
  checkThreads(WHERE, options.threads);
  const cells = batch * grid * grid;
  const channels = 5 * boxes + classes;
  const lengthName = 'batch × grid × grid × (5 × boxes + classes)';
  checkLength(WHERE, 'predictions', predictions, cells * channels, lengthName);
  const objects = checkTarget(target, cells, classes);
  const grad = gradientOf(options, target)?.fill(0);

  const threading = sameThreads(options);
  function* steps(): Generator<unknown, YoloV1Loss & Partial<Gradient>> {
    const predictors = cells * boxes;
    const boxStart = (p: number) => Math.floor(p / boxes) * channels + 5 * (p % boxes);
    const rivals = objects.flatMap((cell) =>
      Array.from({ length: boxes }, (_, k) => cell * boxes + k),
    );
    const rivalTruths = rivals.map((p) => 4 * Math.floor(p / boxes));
    const ious = yield* awaited(
      alignedIou(
        inCells(gatherRows(predictions, rivals.map(boxStart), 4), grid),
        inCells(gatherRows(target.box, rivalTruths, 4), grid),
        { format, ...threading },
      ),
    );
    const aims = new Float32Array(predictors);
    const aimWeight = new Float32Array(predictors).fill(noObject);
    const responsible = objects.map((_, k) => {
      const best = placeOfLargest(ious, k * boxes, boxes);
      const p = rivals[best];
      aims[p] = isOne ? 1 : ious[best];
      aimWeight[p] = 1;
      return p;
    });

    const sum = { reduction: 'sum', ...threading } as const;
    const truths = gatherRows(target.box, startsOf(objects, 4), 4);
    const boxStarts = responsible.map(boxStart);
    const box = yield* lossOfRows(predictions, boxStarts, 4, grad, coord, (rows, rowsGrad) =>
      boxLoss(rows, truths, { ...sum, format, grad: rowsGrad }),
    );
    const confidences = Array.from({ length: predictors }, (_, p) => boxStart(p) + 4);
    const objectness = yield* lossOfRows(predictions, confidences, 1, grad, 1, (rows, rowsGrad) =>
      l2(rows, aims, { ...sum, weight: aimWeight, grad: rowsGrad }),
    );
    const kinds = target.labels
      ? Int32Array.from(objects, (cell) => target.labels![cell])
      : gatherRows(target.categories!, startsOf(objects, classes), classes);
    const probabilities = objects.map((cell) => cell * channels + 5 * boxes);
    const category = yield* lossOfRows(
      predictions,
      probabilities,
      classes,
      grad,
      1,
      (rows, rowsGrad) => categoryLoss(rows, kinds, { ...sum, classes, grad: rowsGrad }),
    );

    const total = coord * box + objectness + category;
    const result = { total, box, objectness, category };
    return grad === undefined ? result : { ...result, grad };
  }
  const { box: truth, labels, categories } = target;
  const arrays = [predictions, truth, labels, categories, grad];
  return follow(WHERE, arrays, steps(), () => undefined) as YoloV1Loss;
}
