/** TensorFlow.js, whichever copy of it is used. */
export type Tf = typeof import('@tensorflow/tfjs-core');
export type { Scalar, Tensor } from '@tensorflow/tfjs-core';
