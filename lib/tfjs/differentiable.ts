/**
 * A loss computed outside TensorFlow.js as one of its operations.
 */
import type { TensorFlow, TensorLike } from './tensors';

/** What a loss comes to. */
export interface Evaluation {
  /** The loss, or with reduction `'none'` those of the rows. */
  value: number | Float32Array;
  /** The derivatives by the inputs; there if they were asked for. */
  grads: readonly (Float32Array | undefined)[];
}

/**
 * The loss of `inputs` as a tensor: a scalar, or of `shape` if there is one number for each row.
 * `evaluate` computes the value and, while TensorFlow.js records what has to be differentiated, the
 * gradient in the same pass. The gradient waits in a plain array until the backward pass, if there
 * is one, makes a tensor of it.
 */
export function differentiable<Tensor extends TensorLike, Scalar extends Tensor>(
  tf: TensorFlow<Tensor, Scalar>,
  where: string,
  inputs: readonly Tensor[],
  shape: number[],
  evaluate: (withGradient: boolean) => Evaluation,
): Tensor {
  const { value, grads } = evaluate(tf.engine().isTapeOn());
  const operation = tf.customGrad(() => ({
    value: typeof value === 'number' ? tf.scalar(value) : tf.tensor(value, shape),
    gradFunc: (dy) => grads.map((grad, i) => scaled(tf, where, inputs, grad!, inputs[i].shape, dy)),
  }));
  return operation(...inputs);
}

/**
 * `grad` times `dy`. It depends on the inputs in a way that is not known here, so that this is an
 * operation of theirs too, which cannot be differentiated: as a constant it would give second
 * derivatives that are wrong in silence. The inputs are not read here, and may be disposed.
 */
function scaled<Tensor extends TensorLike, Scalar extends Tensor>(
  tf: TensorFlow<Tensor, Scalar>,
  where: string,
  inputs: readonly Tensor[],
  grad: Float32Array,
  shape: number[],
  dy: Tensor,
): Tensor {
  const operation = tf.customGrad((...given) => {
    const by = given[inputs.length] as Tensor;
    // Of reduction 'none': a number for every row of the gradient.
    const factor = by.shape.length === shape.length - 1 ? tf.expandDims(by, -1) : by;
    return {
      value: tf.mul(tf.tensor(grad, shape), factor),
      gradFunc: () => {
        throw new Error(`${where}: has a gradient, but no gradient of that`);
      },
    };
  });
  return operation(...inputs, dy);
}
