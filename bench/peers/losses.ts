/**
 * The losses that peers have, too: detloss's, the inputs all of them get, and the exact results.
 */
import { box, category, objectness, regression, type AnyLoss } from 'detloss';
import * as reference from 'detloss/reference';
import { random, type Random } from '../../test/support/random';
import { gradientError, valueError } from '../accuracy';
import * as inputs from '../inputs';
import type { ResultErrors } from '../table';

/** A prediction and a target. */
export interface Sample {
  pred: Float32Array;
  target: Float32Array | Int32Array;
  /** The numbers of the prediction in a row. */
  width: number;
  /** What a time is divided by: the elements of the prediction, or the boxes. */
  count: number;
}

type Loss = (pred: Float32Array, target: Sample['target'], options: object) => AnyLoss;

export interface PeerLoss {
  name: string;
  /** Of about `size` elements or boxes. Boxes are `edges` of the two, or centre and size. */
  sample(size: number, seed: number, edges: boolean): Sample;
  /** detloss's options. Reductions are means in all libraries. */
  options(edges: boolean): object;
  ours: Loss;
  reference: Loss;
}

/** What a library makes of a sample. */
export interface Results {
  /** By row. */
  losses: ArrayLike<number>;
  /** Of the mean. */
  grad: ArrayLike<number>;
}

/** On how many elements or boxes results are compared. */
export const COMPARED = 4099;

/** (y, x, h, w) to (x₁, y₁, x₂, y₂), in place. */
function toEdges(boxes: Float32Array): void {
  for (let i = 0; i < boxes.length; i += 4) {
    const [y, x, h, w] = boxes.subarray(i, i + 4);
    boxes.set([x - w / 2, y - h / 2, x + w / 2, y + h / 2], i);
  }
}

/** The losses of a family that peers have. `options` are detloss's. */
function losses(
  family: string,
  ours: object,
  exact: object,
  make: (size: number, next: Random) => inputs.LossInputs,
  names: readonly string[],
  options?: { input: 'logit' },
): PeerLoss[] {
  const boxes = family === 'box';
  return names.map((name) => ({
    name: `${family}.${name}${options === undefined ? '' : ', logits'}`,
    sample(size, seed, edges) {
      const { arrays, width, grad } = inputs.drawnAndRepeated(make, size, random(seed));
      const [pred, target] = arrays as [Float32Array, Sample['target']];
      if (boxes && edges) [pred, target as Float32Array].forEach(toEdges);
      return { pred, target, width, count: grad.length / (boxes ? width : 1) };
    },
    options: (edges) => ({
      ...options,
      ...(boxes && edges && { format: 'xyxy' }),
      reduction: 'mean',
    }),
    ours: (ours as Record<string, Loss>)[name],
    reference: (exact as Record<string, Loss>)[name],
  }));
}

export const PEER_LOSSES: readonly PeerLoss[] = [
  ...losses('regression', regression, reference.regression, inputs.elements, [
    'l1',
    'l2',
    'huber',
    'smoothL1',
  ]),
  ...losses('box', box, reference.box, inputs.boxes, ['iou', 'giou', 'diou', 'ciou']),
  ...losses('objectness', objectness, reference.objectness, inputs.probabilities, ['yoloV3']),
  ...losses('objectness', objectness, reference.objectness, inputs.logits, ['yoloV3'], {
    input: 'logit',
  }),
  ...losses('category', category, reference.category, inputs.labelled(81), ['fasterRcnn']),
];

/** The largest errors of a library's results for {@link COMPARED} elements or boxes. */
export function peerErrors(
  loss: PeerLoss,
  seed: number,
  edges: boolean,
  compute: (sample: Sample) => Results,
): ResultErrors {
  const sample = loss.sample(COMPARED, seed, edges);
  const { pred, target, width } = sample;
  const options = { ...loss.options(edges), grad: true };
  const rows = loss.reference(pred, target, { ...options, reduction: 'none' }).losses!;
  const slopes = loss.reference(pred, target, options).grad!;
  const { losses: actual, grad } = compute(sample);
  return { value: valueError(actual, rows), gradient: gradientError(grad, slopes, width) };
}
