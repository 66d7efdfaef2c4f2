/**
 * TensorFlow.js for the tests, on each of the backends that run here.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
// Brings the gradients of the operations, which the core has none of under Node.
import '@tensorflow/tfjs-layers';

export { tf };
export const BACKENDS = ['cpu', 'wasm'];

// Keeps the cpu backend's advice to use another one out of the tests' output.
tf.env().set('IS_TEST', true);
// The cpu backend is there at once, for what is made before a suite chooses its backend.
void tf.setBackend('cpu');

/** Expects the same numbers, to `tolerance` times the largest of them. */
export function expectTensor(actual: tf.Tensor, expected: tf.Tensor, tolerance = 1e-5) {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [actual, expected].map((tensor) => Array.from(tensor.dataSync()));
  const scale = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  const wrong = [...a.keys()].filter((i) => !(Math.abs(a[i] - b[i]) <= tolerance * scale));
  expect(wrong.map((i) => `element ${i}: ${a[i]} instead of ${b[i]}`)).toEqual([]);
}

/** How many tensors `run` leaves behind beside what it returns, which is disposed. */
export function leaked(run: () => tf.TensorContainer): number {
  const before = tf.memory().numTensors;
  tf.dispose(run());
  return tf.memory().numTensors - before;
}
