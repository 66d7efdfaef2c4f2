/** Gradients beyond the caches, which are written in a way of their own. */
import { objectness, yoloV3 } from '../../../lib';
import { expectClose } from '../../support/close';
import { random, uniform } from '../../support/random';

test('a scale of more than eight million features', () => {
  const [batch, side, classes, channels] = [4, 170, 20, 25];
  const next = random(1);
  const rows = batch * side * side * 3;
  const target = {
    box: new Float32Array(4 * rows).fill(0.5),
    objectness: new Float32Array(rows),
    labels: new Int32Array(rows),
    ignore: Uint8Array.from({ length: rows }, (_, row) => Number(row % 7 === 0)),
  };
  for (let row = 3; row < rows; row += 40_013) target.objectness[row] = 1;
  const pattern = uniform(next, 9973, -3, 3);
  const features = new Float32Array(rows * channels).map((_, k) => pattern[k % 9973]);
  // Not at the start of a line of the cache, nor of a vector.
  const memory = new Float32Array(features.length + 8).fill(7);
  const grad = memory.subarray(3, 3 + features.length);
  const anchors = new Float32Array([0.1, 0.1, 0.2, 0.3, 0.4, 0.2]);
  const scales = [{ height: side, width: side, anchors, features, target }];
  expect(features.length).toBeGreaterThan(8 << 20);
  const { scales: parts } = yoloV3.loss({ batch, classes, scales, grad: [grad] });

  const logits = Float32Array.from({ length: rows }, (_, row) => features[row * channels + 4]);
  const expected = objectness.yoloV3(logits, target.objectness, {
    input: 'logit',
    weight: Float32Array.from(target.ignore, (ignored) => 1 - ignored),
    grad: true,
  });
  expect(parts[0].objectness).toBeCloseTo(expected.loss, 6);
  expectClose(
    Float32Array.from({ length: rows }, (_, row) => grad[row * channels + 4]),
    expected.grad,
    1e-9,
  );
  const others = new Set<number>();
  grad.forEach((number, k) => {
    if (number !== 0 && k % channels !== 4) others.add(Math.floor(k / channels));
  });
  const objects = Array.from(target.objectness.keys()).filter((row) => target.objectness[row] > 0);
  expect([...others]).toEqual(objects);
  expect(Array.from(memory.subarray(0, 3))).toEqual([7, 7, 7]);
  expect(Array.from(memory.subarray(-5))).toEqual([7, 7, 7, 7, 7]);
});
