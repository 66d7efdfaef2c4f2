import { checkDistinct } from '../check';
import { wrongKind } from '../words';
import { allocate } from '../device';
import { checkGradient, type InputArrays } from './arguments';

/** The derivatives of a total by the two outputs, in their shapes. */
export interface FasterRcnnGradients {
  /** Of the length of the logits. */
  logits: Float32Array;
  /** Of the length of the deltas. */
  deltas: Float32Array;
}

/** What `grad` adds to a result. */
export interface WithGradients {
  /** The arrays passed as `grad`, or new ones. */
  grads: FasterRcnnGradients;
}

/** The arrays that receive the gradients, or none; `others` are the call's other arrays. */
export function gradientsOf(
  where: string,
  grad: boolean | FasterRcnnGradients | undefined,
  logits: Float32Array,
  deltas: Float32Array,
  others: InputArrays,
): FasterRcnnGradients | undefined {
  if (grad === undefined || grad === false) return undefined;
  if (grad === true) {
    return {
      logits: allocate(where, Float32Array, logits.length),
      deltas: allocate(where, Float32Array, deltas.length),
    };
  }
  if (typeof grad !== 'object' || grad === null) {
    throw wrongKind(where, 'grad', 'a boolean or an object', grad);
  }
  const inputs = { logits, deltas, ...others };
  checkGradient(where, 'grad.logits', grad.logits, logits, 'logits', inputs);
  checkGradient(where, 'grad.deltas', grad.deltas, deltas, 'deltas', inputs);
  checkDistinct(where, 'grad.deltas', grad.deltas, 'grad.logits', grad.logits);
  return grad;
}
