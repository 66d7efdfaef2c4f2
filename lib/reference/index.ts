/**
 * The losses in plain float64 TypeScript: every formula once, as it is printed, with a gradient by
 * automatic differentiation. For reading, and for checking the fast implementation against.
 *
 * Names, argument order, options and defaults are those of the package itself; any array of numbers
 * will do, results are plain numbers and `Float64Array`s. Of arguments lengths and labels are
 * checked; everything else is trusted.
 *
 * @module
 */
import { named } from '../names';
import * as box from './box';
import * as category from './category';
import * as objectness from './objectness';
import * as regression from './regression';

export * as regression from './regression';
export * as box from './box';
export * as objectness from './objectness';
export * as category from './category';
export * as overlap from './overlap';
export * as codec from './codec';
export * as fasterRcnn from './faster-rcnn';
export * as yoloV1 from './yolo-v1';
export * as yoloV3 from './yolo-v3';
export type {
  AnyLoss,
  Gradient,
  Loss,
  LossFunction,
  LossOptions,
  PairLoss,
  RowLosses,
} from './reduce';

named({ box, category, objectness, regression });
