import * as box from './box';
import * as category from './category';
import { alignedIou } from './overlap';
import * as regression from './regression';
import {
  gather,
  gatherCategories,
  gatherRows,
  placesOf,
  termOf,
  type CategoryTarget,
} from './term';

/** What the cells are trained towards. */
export interface YoloV1Target extends CategoryTarget {
  /** `[B, S, S, 4]`: centre in units of the cell, size as fractions of the image. */
  box: ArrayLike<number>;
  /** `[B, S, S]`: more than 0 in cells that hold an object. */
  objectness: ArrayLike<number>;
}

/** Arguments of `yoloV1.loss`. */
export interface YoloV1LossArguments {
  /** Images, B. */
  batch: number;
  /** Cells along either axis, S. */
  grid: number;
  /** Predictors per cell. */
  boxes: number;
  /** K */
  classes: number;
  /**
   * `[B, S, S, boxes·5 + K]`: for every predictor a box, its centre in units of the cell and its size
   * as fractions of the image, and the confidence; then the cell's class probabilities.
   */
  predictions: ArrayLike<number>;
  target: YoloV1Target;
  /** λ_coord, the factor of the box term. Default 5. */
  coord?: number;
  /** λ_noobj, the factor of predictors without an object. Default 0.5. */
  noObject?: number;
  /** What a responsible predictor's confidence should be: its IoU, or 1. Default `'iou'`. */
  confidence?: 'iou' | 'objectness';
  /** The order of a box's numbers. Default `'yxhw'`. */
  format?: 'yxhw' | 'cxcywh';
  /** Whether to return the derivative of `total` by the predictions. */
  grad?: boolean;
}

/** The total and its terms. */
export interface YoloV1Loss {
  total: number;
  box: number;
  /** λ_noobj included. */
  objectness: number;
  category: number;
  grad?: Float64Array;
}

/** The place of the largest number, the first of equals; NaN counts as the largest. */
function indexOfLargest(numbers: Float64Array): number {
  const largest = Math.max(...numbers);
  return numbers.findIndex((n) => n === largest || Number.isNaN(n));
}

/**
 * Loss of YOLO (Redmon et al., 2016, arXiv 1506.02640), summed over cells and images.
 *
 *     total = λ_coord·box + objectness + category
 *     box = Σ over responsible predictors of `box.yoloV1`
 *     objectness = Σ over responsible predictors of (C − C∗)² + λ_noobj Σ over all others of C²
 *     category = Σ over cells with an object of Σₖ (p∗ₖ − pₖ)²
 *
 * In a cell with an object, the predictor whose box has the highest IoU with it is responsible, the
 * first of equals; IoU is that in the image, with centres divided by S. An IoU of NaN counts as the
 * highest, so that it reaches the loss. C∗ is the responsible predictor's IoU, constant in the
 * gradient, or 1.
 */
export function loss(
  args: YoloV1LossArguments & { grad: true },
): YoloV1Loss & { grad: Float64Array };
export function loss(args: YoloV1LossArguments): YoloV1Loss;
export function loss(args: YoloV1LossArguments): YoloV1Loss {
  const { batch, grid, boxes, classes, predictions, target, format, grad } = args;
  const { coord = 5, noObject = 0.5, confidence = 'iou' } = args;
  const cells = Array.from({ length: batch * grid * grid }, (_, cell) => cell);
  const objects = cells.filter((cell) => target.objectness[cell] > 0);
  const predictors = Array.from({ length: cells.length * boxes }, (_, p) => p);
  const sum = { reduction: 'sum', grad } as const;

  const channels = 5 * boxes + classes;
  const predictorPlace = (p: number) => Math.floor(p / boxes) * channels + 5 * (p % boxes);
  const boxPlaces = (rows: number[]) => placesOf(rows, 4, (p, k) => predictorPlace(p) + k);

  const inImage = (rows: Float64Array) => rows.map((n, k) => (k % 4 < 2 ? n / grid : n));
  const iousOf = (cell: number) => {
    const own = predictors.slice(cell * boxes, (cell + 1) * boxes);
    const truths = gatherRows(target.box, Array<number>(boxes).fill(cell), 4);
    const pred = gather(predictions, boxPlaces(own));
    return alignedIou(inImage(pred), inImage(truths), { format });
  };

  const aims = new Float64Array(predictors.length);
  const aimWeight = new Float64Array(predictors.length).fill(noObject);
  const responsible = objects.map((cell) => {
    const ious = iousOf(cell);
    const best = indexOfLargest(ious);
    const p = cell * boxes + best;
    aims[p] = confidence === 'iou' ? ious[best] : 1;
    aimWeight[p] = 1;
    return p;
  });

  const boxTerm = termOf(predictions, boxPlaces(responsible), (pred) =>
    box.yoloV1(pred, gatherRows(target.box, objects, 4), { ...sum, format }),
  );
  const confidencePlaces = predictors.map((p) => predictorPlace(p) + 4);
  const objectnessTerm = termOf(predictions, confidencePlaces, (pred) =>
    regression.l2(pred, aims, { ...sum, weight: aimWeight }),
  );
  const classPlaces = placesOf(objects, classes, (cell, k) => cell * channels + 5 * boxes + k);
  const categoryTerm = termOf(predictions, classPlaces, (prob) =>
    category.yoloV1(prob, gatherCategories('yoloV1.loss', target, objects, classes), {
      ...sum,
      classes,
    }),
  );

  const result = {
    total: coord * boxTerm.loss + objectnessTerm.loss + categoryTerm.loss,
    box: boxTerm.loss,
    objectness: objectnessTerm.loss,
    category: categoryTerm.loss,
  };
  if (!grad) return result;
  const gradient = new Float64Array(predictions.length);
  boxTerm.addGradient(gradient, coord);
  objectnessTerm.addGradient(gradient, 1);
  categoryTerm.addGradient(gradient, 1);
  return { ...result, grad: gradient };
}
