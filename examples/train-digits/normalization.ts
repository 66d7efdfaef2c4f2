/**
 * Batch normalization: every channel is brought to mean 0 and variance 1 over the batch, then scaled
 * and shifted by trained numbers.
 */
import * as tf from '@tensorflow/tfjs-core';

const EPSILON = 1e-3;
/** How much of the running mean and variance a batch leaves as it was. */
const MOMENTUM = 0.95;

/** Trained: `scale` and `shift`; `mean` and `variance` follow those of the batches. */
export class Normalization {
  private readonly scale: tf.Variable;
  private readonly shift: tf.Variable;
  private readonly mean: tf.Variable;
  private readonly variance: tf.Variable;

  constructor(channels: number) {
    this.scale = tf.variable(tf.ones([channels]));
    this.shift = tf.variable(tf.zeros([channels]));
    this.mean = tf.variable(tf.zeros([channels]), false);
    this.variance = tf.variable(tf.ones([channels]), false);
  }

  get variables(): tf.Variable[] {
    return [this.scale, this.shift, this.mean, this.variance];
  }

  /** By the statistics of this batch, [B, H, W, C], which join the running ones. */
  train(x: tf.Tensor4D): tf.Tensor4D {
    const operation = tf.customGrad((...inputs) => {
      const [input, scale, shift] = inputs as tf.Tensor[];
      const save = inputs[3] as tf.GradSaveFunc;
      const mean = means(input);
      const centred = tf.sub(input, mean);
      const variance = means(tf.square(centred));
      const deviation = tf.sqrt(tf.add(variance, EPSILON));
      const normal = tf.div(centred, deviation);
      this.follow(this.mean, mean);
      this.follow(this.variance, variance);
      const factor = tf.div(scale, deviation);
      save([normal, factor]);
      return { value: tf.add(tf.mul(normal, scale), shift), gradFunc: byInputs };
    });
    return operation(x, this.scale, this.shift) as tf.Tensor4D;
  }

  /** By the running statistics. */
  infer(x: tf.Tensor4D): tf.Tensor4D {
    const factor = tf.div(this.scale, tf.sqrt(tf.add(this.variance, EPSILON)));
    return tf.add(tf.mul(x, factor), tf.sub(this.shift, tf.mul(this.mean, factor)));
  }

  private follow(running: tf.Variable, current: tf.Tensor): void {
    running.assign(tf.add(tf.mul(running, MOMENTUM), tf.mul(current, 1 - MOMENTUM)));
  }
}

/**
 * dx = γ/σ (dy − mean dy − x̂ mean(dy x̂)), dγ = Σ dy x̂ and dβ = Σ dy, with x̂ the normalized input.
 */
function byInputs(dy: tf.Tensor, [normal, factor]: tf.Tensor[]): tf.Tensor[] {
  const count = dy.size / factor.size;
  const meanBy = means(dy);
  const meanProduct = means(tf.mul(dy, normal));
  const rest = tf.sub(tf.sub(dy, meanBy), tf.mul(normal, meanProduct));
  return [tf.mul(rest, factor), tf.mul(meanProduct, count), tf.mul(meanBy, count)];
}

/** The mean of every channel, [C]: as a product of matrices, which the backend has vectorized. */
function means(x: tf.Tensor): tf.Tensor1D {
  const channels = x.shape.at(-1)!;
  const count = x.size / channels;
  const parts = tf.fill([1, count], 1 / count);
  return tf.reshape(tf.matMul(parts, tf.reshape(x, [count, channels]) as tf.Tensor2D), [channels]);
}
