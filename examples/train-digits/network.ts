/**
 * A small YOLO v3: convolutions down to 1/8 and 1/16 of the image, and a head on each, the finer of
 * which also sees the coarser.
 */
import * as tf from '@tensorflow/tfjs-core';
import { convolve } from './convolution';
import { Normalization } from './normalization';
import { normal, type Random } from '../random';

/** The side of a square scene, in pixels. */
export const SIDE = 96;
/** The pixels from cell to cell of each output, the coarsest first. */
export const STRIDES = [16, 8];

type Stride = 1 | 2;

export class Network {
  private training = false;
  private readonly variables: tf.Variable[] = [];
  private readonly layers: Record<string, (x: tf.Tensor4D) => tf.Tensor4D>;

  /** `channels` are the numbers of an anchor: its box, objectness and the classes. */
  constructor(
    private readonly random: Random,
    anchors: number,
    channels: number,
  ) {
    this.layers = {
      half: this.layer(3, 1, 16, 2),
      quarter: this.layer(3, 16, 32, 2),
      quarterBlock: this.layer(3, 32, 32, 1),
      eighth: this.layer(3, 32, 64, 2),
      eighthBlock: this.layer(3, 64, 64, 1),
      sixteenth: this.layer(3, 64, 128, 2),
      sixteenthBlock: this.layer(3, 128, 128, 1),
      coarseHead: this.head(128, anchors, channels),
      lateral: this.layer(1, 128, 64, 1),
      fineBlock: this.layer(3, 64, 64, 1),
      fineHead: this.head(64, anchors, channels),
    };
  }

  /**
   * The features of images [B, 96, 96, 1] on both grids, [B, 6, 6, A·(5+K)] and
   * [B, 12, 12, A·(5+K)]. In training the batch's own statistics normalize.
   */
  forward(images: tf.Tensor4D, training: boolean): tf.Tensor4D[] {
    this.training = training;
    const layers = this.layers;
    const residual = (name: string, x: tf.Tensor4D) => tf.add<tf.Tensor4D>(x, layers[name](x));
    const quarter = residual('quarterBlock', layers.quarter(layers.half(images)));
    const eighth = residual('eighthBlock', layers.eighth(quarter));
    const sixteenth = residual('sixteenthBlock', layers.sixteenth(eighth));
    const wide = doubled(layers.lateral(sixteenth));
    const fine = residual('fineBlock', tf.add(eighth, wide));
    return [layers.coarseHead(sixteenth), layers.fineHead(fine)];
  }

  /** How many numbers are trained. */
  get parameters(): number {
    const trained = this.variables.filter(({ trainable }) => trainable);
    return trained.reduce((sum, { size }) => sum + size, 0);
  }

  dispose(): void {
    tf.dispose(this.variables);
  }

  /** Convolution, normalization, relu. */
  private layer(size: number, inputs: number, outputs: number, stride: Stride) {
    // He's rule: it keeps the variance through layers of relu.
    const filter = this.filter(size, inputs, outputs, Math.sqrt(2 / (size * size * inputs)));
    const normalization = new Normalization(outputs);
    this.variables.push(...normalization.variables);
    return (x: tf.Tensor4D): tf.Tensor4D => {
      const convolved = convolve(x, filter, stride);
      const normalized = this.training
        ? normalization.train(convolved)
        : normalization.infer(convolved);
      return tf.relu(normalized);
    };
  }

  /** The features of every cell, near 0 at first. */
  private head(inputs: number, anchors: number, channels: number) {
    const filter = this.filter(1, inputs, anchors * channels, 0.01);
    const bias = tf.variable(tf.zeros([anchors * channels]));
    this.variables.push(bias);
    return (x: tf.Tensor4D): tf.Tensor4D => tf.add(convolve(x, filter, 1), bias);
  }

  private filter(size: number, inputs: number, outputs: number, deviation: number) {
    const shape: [number, number, number, number] = [size, size, inputs, outputs];
    const length = size * size * inputs * outputs;
    const weights = Float32Array.from({ length }, () => deviation * normal(this.random));
    const variable = tf.variable(tf.tensor4d(weights, shape)) as tf.Variable<tf.Rank.R4>;
    this.variables.push(variable);
    return variable;
  }
}

/** Every pixel four times: twice as many down and across. */
function doubled(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  return tf.image.resizeNearestNeighbor(x, [2 * height, 2 * width]);
}
