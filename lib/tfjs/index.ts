/**
 * The losses as operations of TensorFlow.js, which differentiates a network through them.
 */
import * as box from '../catalogue/box';
import * as category from '../catalogue/category';
import { wrongKind } from '../words';
import { named } from '../names';
import * as objectness from '../catalogue/objectness';
import * as regression from '../catalogue/regression';
import { tensorDetectors, type TensorDetectors } from './detectors';
import { tensorFamily, type TensorFamily } from './row-losses';
import type { TensorFlow, TensorLike } from './tensors';

export type {
  TensorDetectors,
  TensorHeadOptions,
  TensorRpnOptions,
  TensorTotal,
  TensorYoloV1Options,
  TensorYoloV3Options,
  TensorYoloV3Scale,
  WithTensors,
} from './detectors';
export type {
  TensorArguments,
  TensorConstant,
  TensorFamily,
  TensorFunction,
  TensorLoss,
  TensorOptions,
} from './row-losses';
export type { TensorEngine, TensorFlow, TensorLike, TensorOperation } from './tensors';

/** All losses, on tensors. */
export interface TensorLosses<Tensor, Scalar> extends TensorDetectors<Tensor, Scalar> {
  box: TensorFamily<typeof box, Tensor, Scalar>;
  objectness: TensorFamily<typeof objectness, Tensor, Scalar>;
  category: TensorFamily<typeof category, Tensor, Scalar>;
  regression: TensorFamily<typeof regression, Tensor, Scalar>;
}

const FUNCTIONS = ['customGrad', 'engine', 'expandDims', 'mul', 'scalar', 'tensor'] as const;

/**
 * The losses of detloss as operations of TensorFlow.js.
 *
 * Each has the name, the formula and the options of the loss on arrays. What differs:
 * - the prediction is a float32 tensor of any shape whose last axis is that of a row, [N, 4] or
 *   [B, H, W, A, 4] for boxes; of elementwise losses, of any shape at all;
 * - targets, anchors and weights may be tensors too, of the prediction's shape or that of its rows,
 *   or the arrays that the loss on arrays takes. Labels are of dtype int32; other numbers may have
 *   any dtype, bool included;
 * - the result is a scalar, or with reduction `'none'` a tensor of one loss per row;
 * - of whole detectors `total` is a scalar, and the terms are numbers, for the log. Targets and
 *   anchors are the arrays that `assign` makes;
 * - the options `grad` and `out` are not there, nor is `classes`, which the shape tells.
 *
 * @param tf TensorFlow.js: `@tensorflow/tfjs-core`, or a package that has it all, such as
 * `@tensorflow/tfjs`. This module loads none itself.
 * @returns The losses, by family as in the package's main module. They are differentiated by the
 * prediction alone: targets, anchors and weights are constants. The types of tensors are those of
 * `tf`.
 * @throws TypeError where `tf` lacks a function used here. The losses throw as those on arrays do,
 * with RangeError for a wrong shape and TypeError for a wrong dtype. Asking for a second derivative
 * throws an Error, as the gradient is not an operation that could be differentiated.
 *
 * Value and gradient come from one pass of the loss on arrays, with its accuracy and edges; the
 * gradient only where TensorFlow.js records operations to differentiate them. The backward pass
 * multiplies it by what follows the loss. The loss is computed on the CPU: with a backend of the
 * GPU (webgl, webgpu) predictions are read back and gradients uploaded, and the thread waits for
 * it. No tensor but the result is left behind.
 *
 * `compile` of TensorFlow.js's layers gives a loss the target first and the prediction second: give
 * it `(target, pred) => losses.box.giou(pred, target)`, not `losses.box.giou`.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import { lossesFor } from 'detloss/tfjs';
 *
 * const losses = lossesFor(tf);
 * const target = tf.tensor2d([[0.52, 0.5, 0.25, 0.3]]);
 * const gradient = tf.grad((pred) => losses.box.ciou(pred, target));
 * gradient(tf.tensor2d([[0.5, 0.5, 0.2, 0.3]])).dataSync(); // [-0.262…, 0, -4.004…, -0.268…]
 */
export function lossesFor<Tensor extends TensorLike, Scalar extends Tensor>(
  tf: TensorFlow<Tensor, Scalar>,
): TensorLosses<Tensor, Scalar> {
  for (const name of FUNCTIONS) {
    if (typeof (tf as Partial<typeof tf> | undefined)?.[name] !== 'function') {
      throw wrongKind('lossesFor', 'tf', `TensorFlow.js, with a function '${name}'`, tf);
    }
  }
  return named({
    box: tensorFamily(tf, box),
    objectness: tensorFamily(tf, objectness),
    category: tensorFamily(tf, category),
    regression: tensorFamily(tf, regression),
    ...tensorDetectors(tf),
  });
}
