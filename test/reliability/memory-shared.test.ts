/**
 * Two objects may have the same memory: a SharedArrayBuffer and what comes of it by a message. An
 * output in the memory of an input is refused, whichever object it is seen through.
 */
import * as detloss from '../../lib';
import * as promises from '../../lib/promises';
import { detections, proposals, scene } from '../support/detector-calls';
import { random, randomBoxes } from '../support/random';
import { largeCall } from '../support/yolo-v3-calls';

const ROWS = 12;
const next = random(11);

/** The numbers in shared memory, and an array of the same memory through another object. */
function twins<A extends Float32Array | Int32Array>(numbers: A): [A, Float32Array] {
  const shared = new SharedArrayBuffer(numbers.byteLength);
  const array = new (numbers.constructor as new (memory: SharedArrayBuffer) => A)(shared);
  array.set(numbers);
  const twin = structuredClone(shared);
  expect(twin).not.toBe(shared);
  return [array, new Float32Array(twin)];
}

type Library = typeof detloss | typeof promises;

const pred = () => randomBoxes(next, ROWS);
const v1 = () => scene(next, { batch: 2, grid: 3, boxes: 2, classes: 4 });
const grid = { height: 2, width: 3, anchors: Float32Array.of(0.2, 0.3) };

/** Calls whose output is in the memory of an input. */
const CALLS: Record<string, (library: Library) => unknown> = {
  'box.ciou: expected grad not to overlap pred'({ box }) {
    const [array, grad] = twins(pred());
    return box.ciou(array, pred(), { grad });
  },
  'box.giou: expected out not to overlap target'({ box }) {
    const [array, out] = twins(pred());
    return box.giou(pred(), array, { reduction: 'none', out: out.subarray(0, ROWS) });
  },
  'objectness.yoloV1: expected grad not to overlap weight'({ objectness }) {
    const [weight, grad] = twins(new Float32Array(ROWS).fill(1));
    return objectness.yoloV1(new Float32Array(ROWS), new Float32Array(ROWS), { weight, grad });
  },
  'regression.l1: expected out not to overlap grad'({ regression }) {
    const [grad, out] = twins(new Float32Array(ROWS));
    const options = { reduction: 'none', grad, out } as const;
    return regression.l1(new Float32Array(ROWS), new Float32Array(ROWS), options);
  },
  'category.fasterRcnn: expected out not to overlap labels'({ category }) {
    const [labels, out] = twins(new Int32Array(ROWS));
    const logits = new Float32Array(3 * ROWS);
    return category.fasterRcnn(logits, labels, { reduction: 'none', out });
  },
  'codec.yoloV3.encode: expected out not to overlap'({ codec }) {
    const [boxes, out] = twins(pred());
    return codec.yoloV3.encode(boxes, grid, { out });
  },
  'overlap.iou: expected out not to overlap b'({ overlap }) {
    const [b, out] = twins(pred());
    return overlap.iou(pred().subarray(0, 4), b, { out: out.subarray(ROWS, 2 * ROWS) });
  },
  "yoloV3.loss: expected grad[0] not to overlap scales[1]'s features"({ yoloV3 }) {
    const { scales, ...call } = largeCall(next, 'NHWC');
    const grad = scales.map((scale) => new Float32Array(scale.features.length));
    const [features, twin] = twins<Float32Array>(scales[1].features);
    grad[0] = twin.subarray(0, grad[0].length) as Float32Array<ArrayBuffer>;
    return yoloV3.loss({ ...call, scales: [scales[0], { ...scales[1], features }], grad });
  },
  'yoloV1.loss: expected grad not to overlap predictions'({ yoloV1 }) {
    const call = v1();
    const [predictions, grad] = twins(call.predictions);
    return yoloV1.loss({ ...call, predictions, grad });
  },
  'yoloV1.loss: expected grad not to overlap target.box'({ yoloV1 }) {
    const call = v1();
    const longer = new Float32Array(call.predictions.length);
    longer.set(call.target.box);
    const [memory, grad] = twins(longer);
    const target = { ...call.target, box: memory.subarray(0, call.target.box.length) };
    return yoloV1.loss({ ...call, target, grad });
  },
  'fasterRcnn.rpnLoss: expected grad.logits not to overlap logits'({ fasterRcnn }) {
    const call = proposals(next, ROWS);
    const [logits, gradient] = twins(call.logits);
    const grad = { logits: gradient, deltas: new Float32Array(call.deltas.length) };
    return fasterRcnn.rpnLoss({ ...call, logits, grad });
  },
  'fasterRcnn.rpnLoss: expected grad.deltas not to overlap assignment.box'({ fasterRcnn }) {
    const call = proposals(next, ROWS);
    const [box, deltas] = twins(call.assignment.box);
    const assignment = { ...call.assignment, box };
    const grad = { logits: new Float32Array(call.logits.length), deltas };
    return fasterRcnn.rpnLoss({ ...call, assignment, grad });
  },
  'fasterRcnn.headLoss: expected grad.deltas not to overlap grad.logits'({ fasterRcnn }) {
    const call = detections(next, ROWS, true);
    const [deltas, logits] = twins(new Float32Array(call.deltas.length));
    const grad = { deltas, logits: logits.subarray(0, call.logits.length) };
    return fasterRcnn.headLoss({ ...call, grad });
  },
};

describe.each(Object.entries(CALLS))('%s', (words, call) => {
  test('now', () => {
    expect(() => call(detloss)).toThrow(RangeError);
    expect(() => call(detloss)).toThrow(words);
  });

  test('later', async () => {
    await expect(call(promises)).rejects.toThrow(words);
  });
});
