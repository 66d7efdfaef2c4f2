/**
 * A small YOLO v3: convolutions with residual blocks down to 1/8 and 1/16 of the image, and a head
 * on each, the finer of which also sees the coarser.
 */
import * as tf from '@tensorflow/tfjs-core';
import { convolve } from './convolution';
import { normal, type Random } from './random';

/** The side of a square scene, in pixels. */
export const SIDE = 96;
/** The pixels from cell to cell of each output, the coarsest first. */
export const STRIDES = [16, 8];

/** The logit of objectness that an untrained network gives: a probability of 0.02. */
const RARE = -4;

interface Layer {
  filter: tf.Variable<tf.Rank.R4>;
  bias: tf.Variable<tf.Rank.R1>;
}

export class Network {
  private readonly layers: Record<string, Layer> = {};

  /** `outputs` are the numbers of a cell: for every anchor a box, objectness and the classes. */
  constructor(
    private readonly random: Random,
    outputs: number,
    anchors: number,
  ) {
    this.add('stem', 3, 1, 16);
    this.add('quarter', 3, 16, 32);
    this.add('quarterBlock', 3, 32, 32);
    this.add('eighth', 3, 32, 64);
    this.add('eighthBlock1', 3, 64, 64);
    this.add('eighthBlock2', 3, 64, 64);
    this.add('sixteenth', 3, 64, 128);
    this.add('sixteenthBlock', 3, 128, 128);
    this.add('lateral', 1, 128, 64);
    this.add('merge', 3, 64, 64);
    this.add('coarseHead', 1, 128, outputs, anchors);
    this.add('fineHead', 1, 64, outputs, anchors);
  }

  /** The features of both outputs, [B, 6, 6, outputs] and [B, 12, 12, outputs]. */
  forward(images: tf.Tensor4D): tf.Tensor4D[] {
    let x = tf.relu(this.apply('stem', images, 2));
    x = tf.relu(this.apply('quarter', x, 2));
    x = this.block('quarterBlock', x);
    x = tf.relu(this.apply('eighth', x, 2));
    x = this.block('eighthBlock1', x);
    const eighth = this.block('eighthBlock2', x);
    x = tf.relu(this.apply('sixteenth', eighth, 2));
    const sixteenth = this.block('sixteenthBlock', x);
    const wide = doubled(this.apply('lateral', sixteenth, 1));
    const merged = this.block('merge', tf.relu(tf.add(eighth, wide)));
    return [this.apply('coarseHead', sixteenth, 1), this.apply('fineHead', merged, 1)];
  }

  /** The trained numbers. */
  get parameters(): number {
    const variables = Object.values(this.layers).flatMap(({ filter, bias }) => [filter, bias]);
    return variables.reduce((sum, { size }) => sum + size, 0);
  }

  dispose(): void {
    for (const { filter, bias } of Object.values(this.layers)) tf.dispose([filter, bias]);
  }

  private apply(name: string, x: tf.Tensor4D, stride: 1 | 2): tf.Tensor4D {
    const { filter, bias } = this.layers[name];
    return tf.add(convolve(x, filter, stride), bias);
  }

  private block(name: string, x: tf.Tensor4D): tf.Tensor4D {
    return tf.add(x, tf.relu(this.apply(name, x, 1)));
  }

  /** Random weights by He's rule, which keeps the variance through layers of relu. */
  private add(name: string, size: number, inputs: number, outputs: number, anchors = 0): void {
    const shape: [number, number, number, number] = [size, size, inputs, outputs];
    const deviation = Math.sqrt((anchors > 0 ? 0.1 : 2) / (size * size * inputs));
    const weights = Float32Array.from(
      { length: size * size * inputs * outputs },
      () => deviation * normal(this.random),
    );
    const channels = outputs / anchors;
    const bias = Float32Array.from({ length: outputs }, (_, k) => (k % channels === 4 ? RARE : 0));
    this.layers[name] = {
      filter: tf.variable(tf.tensor4d(weights, shape)),
      bias: tf.variable(tf.tensor1d(bias)),
    };
  }
}

/** Twice as many pixels, down and across. */
function doubled(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  return tf.image.resizeNearestNeighbor(x, [2 * height, 2 * width]);
}
