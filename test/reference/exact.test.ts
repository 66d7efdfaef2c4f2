/**
 * The reference against results with 200 digits, of rows at the limits of float32: it is what every
 * other suite takes for the truth. scripts/accuracy/exact.py made them.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as reference from '../../lib/reference';
import { gradientError } from '../support/agreement';

interface Row {
  name: string;
  options: object;
  pred: number[];
  target: number[];
  loss: number;
  grad: number[];
}

const FILE = path.join(__dirname, '..', 'support/exact-rows.json');
const ROWS = JSON.parse(readFileSync(FILE, 'utf8')) as Row[];

type Loss = (...args: unknown[]) => reference.AnyLoss;

function compute({ name, options, pred, target }: Row) {
  const [family, member] = name.split('.');
  const loss = (reference as never as Record<string, Record<string, Loss>>)[family][member];
  const isSoftmax = name === 'category.fasterRcnn';
  const aims = isSoftmax ? Int32Array.from(target) : Float32Array.from(target);
  const anchors = name === 'box.fasterRcnn' ? [aims] : [];
  const all = { ...options, reduction: 'none', grad: true };
  return loss(Float32Array.from(pred), aims, ...anchors, all);
}

test.each([...new Set(ROWS.map(({ name }) => name))])('%s', (name) => {
  const wrong = ROWS.filter((row) => {
    if (row.name !== name) return false;
    const { losses, grad } = compute(row);
    const isRight =
      Math.abs(losses![0] - row.loss) <= 1e-14 * row.loss &&
      gradientError(grad!, row.grad, 0, row.grad.length) <= 1e-8;
    return !isRight;
  });
  expect(wrong).toEqual([]);
});
