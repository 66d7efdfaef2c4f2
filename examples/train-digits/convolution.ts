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
 * the result is [B, H/stride, W/stride, D]. With stride 2, H and W are even.
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

/** What 'same' adds before and after an axis: the first output is centred on input ½(stride − 1). */
function paddingOf(size: number, stride: Stride): Sides {
  const before = (size - stride) >> 1;
  return [before, size - stride - before];
}

/**
 * The convolution of dy, with stride − 1 zeros after each of its pixels, with the filter turned by
 * 180° and its channels exchanged.
 */
function byInput(dy: tf.Tensor4D, filter: tf.Tensor4D, stride: Stride): tf.Tensor4D {
  const size = filter.shape[0];
  const [before] = paddingOf(size, stride);
  const sides: Sides = [size - 1 - before, before];
  const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
  return tf.conv2d(padded(spread(dy, stride), sides), turned, 1, 'valid');
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

/** Puts stride − 1 zeros after every pixel, down and across. */
function spread(images: tf.Tensor4D, stride: Stride): tf.Tensor4D {
  if (stride === 1) return images;
  const [batch, height, width, channels] = images.shape;
  const across = tf.concat([images, tf.zerosLike(images)], 3);
  const rows = tf.reshape(across, [batch, height, 2 * width * channels]);
  const down = tf.concat([rows, tf.zerosLike(rows)], 2);
  return tf.reshape(down, [batch, 2 * height, 2 * width, channels]);
}
