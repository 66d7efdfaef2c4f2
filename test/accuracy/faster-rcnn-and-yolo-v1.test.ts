/**
 * How far the losses of YOLO v1 and of Faster R-CNN are from the reference, on every instruction set,
 * as docs/accuracy.json states. That of YOLO v3 has a suite of its own.
 */
import { fasterRcnn, yoloV1 } from '../../lib';
import { native } from '../../lib/binding';
import * as reference from '../../lib/reference';
import { BOUNDS, gradientError } from '../support/agreement';
import type { Numbers } from '../support/close';
import { detections, proposals, scene } from '../support/detector-calls';
import { settle } from '../support/figures';
import { FORMATS, random } from '../support/random';
import { relativeErrors, worstOf, type Errors } from '../support/terms';

jest.setTimeout(300_000);

// Once one is used, it is the only one there is.
const targets = native.targets();

/** A call: how many rows it has, and the errors of its terms and of its gradients. */
interface Call {
  rows: number;
  errors: () => Errors;
}

/** The largest error of a gradient by the largest component of its row. */
function rowErrors(actual: Numbers, expected: Numbers, width: number): number {
  const rows = Array.from({ length: expected.length / width }, (_, row) => row);
  return Math.max(0, ...rows.map((row) => gradientError(actual, expected, row, width)));
}

const SHAPES = [
  { batch: 2, grid: 7, boxes: 2, classes: 20 },
  { batch: 2, grid: 5, boxes: 3, classes: 1 },
  { batch: 5, grid: 3, boxes: 1, classes: 4 },
];

function ofYoloV1(seed: number): Call {
  const shape = SHAPES[seed % SHAPES.length];
  const args = {
    ...scene(random(seed), shape),
    format: (['yxhw', 'cxcywh'] as const)[seed % 2],
    grad: true,
  } as const;
  const { grad: expected, ...terms } = reference.yoloV1.loss(args);
  return {
    rows: shape.batch * shape.grid ** 2,
    errors() {
      const { grad, ...parts } = yoloV1.loss(args);
      return {
        total: relativeErrors(parts, terms),
        // A cell's predictors and classes are a row.
        gradient: rowErrors(grad, expected, 5 * shape.boxes + shape.classes),
      };
    },
  };
}

type Result<Values> = { grads: Record<'logits' | 'deltas', Values> };

function ofFasterRcnn<Args>(
  args: Args,
  rows: number,
  widths: Record<'logits' | 'deltas', number>,
  loss: (args: Args) => Result<Float32Array>,
  double: (args: Args) => Result<Float64Array>,
): Call {
  const { grads: expected, ...terms } = double(args);
  return {
    rows,
    errors() {
      const { grads, ...parts } = loss(args);
      const gradients = (['logits', 'deltas'] as const).map((name) =>
        rowErrors(grads[name], expected[name], widths[name]),
      );
      return { total: relativeErrors(parts, terms), gradient: Math.max(...gradients) };
    },
  };
}

const ROWS = 300;

function ofRpn(seed: number): Call {
  const args = proposals(random(seed), ROWS, FORMATS[seed % FORMATS.length]);
  return ofFasterRcnn(
    { ...args, delta: [1 / 9, 1][seed % 2], grad: true } as const,
    ROWS,
    { logits: 2, deltas: 4 },
    fasterRcnn.rpnLoss,
    reference.fasterRcnn.rpnLoss,
  );
}

function ofHead(seed: number): Call {
  const classes = [1, 3, 20][seed % 3];
  return ofFasterRcnn(
    { ...detections(random(seed), ROWS, seed % 2 === 0, classes), grad: true } as const,
    ROWS,
    { logits: classes + 1, deltas: 4 },
    fasterRcnn.headLoss,
    reference.fasterRcnn.headLoss,
  );
}

test.each([
  ['yoloV1.loss', 'cells of predictions', ofYoloV1],
  ['fasterRcnn.rpnLoss', 'anchors', ofRpn],
  ['fasterRcnn.headLoss', 'regions', ofHead],
] as const)('%s', (name, sample, callOf) => {
  const calls = Array.from({ length: 30 }, (_, seed) => callOf(seed));
  const figures = targets.map((target) => {
    native.useTarget(target);
    return [target, worstOf(calls.map(({ errors }) => errors()))] as const;
  });
  native.useTarget();
  for (const [, { total, gradient }] of figures) {
    expect(total).toBeLessThanOrEqual(BOUNDS.reduced);
    expect(gradient).toBeLessThanOrEqual(BOUNDS.gradient);
  }
  const rows = calls.reduce((sum, call) => sum + call.rows, 0);
  settle(name, { sample, rows, targets: Object.fromEntries(figures) });
});
