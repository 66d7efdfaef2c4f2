/** Every loss on tensors is what it is on arrays, to the last bit, and so is its gradient. */
import { lossesFor } from '../../lib/tfjs';
import { CASES, type LossCase } from '../losses/table';
import { random } from '../support/random';
import { typicalRows } from '../support/rows';
import { expectTensor, tf } from '../support/tensors';

type TensorLoss = (pred: tf.Tensor, ...rest: unknown[]) => tf.Tensor;

const losses = lossesFor(tf) as unknown as Record<string, Record<string, TensorLoss>>;

const ROWS = 24;

/** The arguments as tensors, but for labels, which may be arrays, and a grid. */
function tensorsOf({ width }: LossCase, [first, ...others]: unknown[]) {
  const shape = width === 1 ? [ROWS] : [ROWS, width];
  const pred = tf.tensor(first as Float32Array, shape);
  const rest = others.map((other) => {
    if (!(other instanceof Float32Array)) return other;
    return tf.tensor(other, other.length === ROWS ? [ROWS] : shape);
  });
  return { pred, rest };
}

test.each(CASES)('$title', (loss) => {
  const arrays = typicalRows(loss, random(91), ROWS, loss.formats[0]);
  const { pred, rest } = tensorsOf(loss, arrays);
  const [family, name] = loss.name.split('.');
  const options: { classes?: number } = { ...loss.options };
  // It is the size of an axis.
  delete options.classes;
  for (const reduction of ['mean', 'sum', 'none']) {
    const all = { ...options, reduction };
    const ours = (p: tf.Tensor) => losses[family][name](p, ...rest, all);
    const expected = loss.native(arrays, { reduction, grad: true });
    const value = expected.losses ?? Float32Array.of(expected.loss!);
    expectTensor(ours(pred), tf.tensor(value, expected.losses ? [ROWS] : []), 0);
    expectTensor(tf.grad(ours)(pred), tf.tensor(expected.grad!, pred.shape), 0);
  }
});
