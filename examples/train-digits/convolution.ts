/**
 * Convolution with gradients made of convolutions. The WebAssembly backend of TensorFlow.js has no
 * kernel for the gradient by the filter, and the one for the gradient by the input takes ten times
 * as long as a convolution, which is vectorized.
 */
import * as tf from '@tensorflow/tfjs-core';

type Stride = 1 | 2;
type Sides = [before: number, after: number];

/**
 * The convolution of images [B, H, W, C] with a filter [k, k, C, D] of odd k, padded with 0 so that
 * the result is [B, H/stride, W/stride, D]. With stride 2, k is 3, and H and W are even.
 */
export function convolve(images: tf.Tensor4D, filter: tf.Tensor4D, stride: Stride): tf.Tensor4D {
  const operation = tf.customGrad((...inputs) => {
    const [x, w, save] = inputs as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    save([x, w]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [savedX, savedW] = saved as tf.Tensor4D[];
      return [
        byInput(dy as tf.Tensor4D, savedW, stride),
        byFilter(dy as tf.Tensor4D, savedX, savedW.shape[0], stride),
      ];
    };
    return { value: tf.conv2d(x, w, stride, 'same'), gradFunc };
  });
  return operation(images, filter) as tf.Tensor4D;
}

/** What 'same' adds before and after an axis. */
function paddingOf(size: number, stride: Stride): Sides {
  const both = size - stride;
  return [both >> 1, both - (both >> 1)];
}

/** The convolution of dy with the filter turned by 180° and its channels exchanged. */
function byInput(dy: tf.Tensor4D, filter: tf.Tensor4D, stride: Stride): tf.Tensor4D {
  if (stride === 2) return bySpreadInput(dy, filter);
  return tf.conv2d(dy, turned(tf.transpose(filter, [0, 1, 3, 2])), 1, 'same');
}

/**
 * The same with stride 2, where dy belongs on every second pixel, the others being 0. An even pixel
 * of the result sees taps 0 and 2 of the filter, an odd one tap 1: these are four convolutions of dy
 * with 2 × 2 taps, one for each place in a square of pixels, done as one.
 */
function bySpreadInput(dy: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  const [, , inputs, outputs] = filter.shape;
  const even = tf.pad(filter, [
    [0, 1],
    [0, 1],
    [0, 0],
    [0, 0],
  ]);
  // Tap 2a + p is tap a of the convolution for place p, down and across.
  const taps = tf.reshape(even, [2, 2, 2, 2, inputs, outputs]);
  const places = tf.reshape(tf.transpose(taps, [0, 2, 5, 1, 3, 4]), [2, 2, outputs, 4 * inputs]);
  const squares = tf.conv2d(padded(dy, [1, 0]), turned(places as tf.Tensor4D), 1, 'valid');
  return unfolded(squares);
}

/**
 * Every pixel's 4 × C channels as a square of pixels of C, for which the backend's own kernel is
 * slow: the upper halves of the squares of a line make one line, the lower halves the next.
 */
function unfolded(squares: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = squares.shape;
  const lines = tf
    .split(squares, 2, 3)
    .map((half) => tf.reshape(half, [batch * height, (width * channels) / 2]));
  return tf.reshape(tf.concat(lines, 1), [batch, 2 * height, 2 * width, channels / 4]);
}

/** A filter turned by 180°: its taps in reverse order, for which the backend's own kernel is slow. */
function turned(filter: tf.Tensor4D): tf.Tensor4D {
  const count = filter.shape[0] * filter.shape[1];
  const taps = tf.split(tf.reshape(filter, [count, filter.size / count]), count);
  return tf.reshape(tf.concat(taps.reverse(), 0), filter.shape);
}

/**
 * The convolution of the input with dy, where channels and images change places: each channel of
 * the input is an image, of which the batch's images are the channels. The result is as large as
 * the filter.
 */
function byFilter(dy: tf.Tensor4D, input: tf.Tensor4D, size: number, stride: Stride): tf.Tensor4D {
  const images = tf.transpose(padded(input, paddingOf(size, stride)), [3, 1, 2, 0]);
  const filter = tf.transpose(dy, [1, 2, 0, 3]);
  const result = tf.conv2d(images, filter, 1, 'valid', 'NHWC', stride);
  return tf.transpose(result, [1, 2, 0, 3]);
}

function padded(images: tf.Tensor4D, [before, after]: Sides): tf.Tensor4D {
  if (before === 0 && after === 0) return images;
  return tf.pad(images, [
    [0, 0],
    [before, after],
    [before, after],
    [0, 0],
  ]);
}
