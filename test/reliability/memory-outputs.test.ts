/**
 * A call writes every number of its outputs. What a promised call computes into has no numbers
 * before, so that one which is left out would be whatever was in that memory.
 */
import * as detloss from '../../lib';
import { native } from '../../lib/binding';
import type { AnyLoss } from '../../lib/types';
import { CASES } from '../losses/table';
import { KERNELS, someHyper, takes } from '../support/cards';
import { random, randomBoxes, uniform } from '../support/random';
import { typicalRows } from '../support/rows';
import { largeCall } from '../support/yolo-v3-calls';

/** No call results in it. */
const UNWRITTEN = 12345.678;

const untouched = (length: number) => new Float32Array(length).fill(UNWRITTEN);

function expectWritten(...outputs: Float32Array[]) {
  for (const output of outputs) expect(output.indexOf(Math.fround(UNWRITTEN))).toBe(-1);
}

describe.each(CASES)('$title', (loss) => {
  test.each([1, 7, 300])('of %d rows, some without weight', (rows) => {
    const arrays = typicalRows(loss, random(21), rows, loss.formats[0]);
    const weight = Float32Array.from({ length: rows }, (_, k) => k % 3);
    for (const reduction of ['mean', 'sum', 'none']) {
      for (const weights of [undefined, weight, new Float32Array(rows)]) {
        const grad = untouched(arrays[0].length);
        const out = reduction === 'none' ? untouched(rows) : undefined;
        const options = { reduction, grad, out, weight: weights };
        const result = loss.native(arrays, options) as AnyLoss;
        expectWritten(grad, ...(result.losses ? [result.losses] : []));
      }
    }
  });
});

test('kernels that are asked for the losses of rows and for one of all of them', () => {
  type Kernel = (...args: unknown[]) => number;
  const weight = Float32Array.of(0, 1, 0, 2);
  const families = native as unknown as Record<string, Record<string, Kernel>>;
  for (const { family, name, card } of KERNELS) {
    const kernel = families[family][name];
    const { width } = card.rows;
    for (const reduction of [0, 1, 2]) {
      if (width === 'classes') {
        const [grad, losses] = [untouched(12), untouched(4)];
        const labels = Int32Array.of(9, 1, 9, 2);
        const pred = uniform(random(4), 12);
        const hyper = someHyper(card, 0);
        kernel(pred, labels, undefined, weight, grad, losses, 1, reduction, 3, hyper);
        expectWritten(grad, losses);
        continue;
      }
      const [grad, losses] = [untouched(4 * width), untouched(4)];
      const pred = randomBoxes(random(3), 4).subarray(0, 4 * width);
      const target = takes(card, 'one per row') ? pred.slice(0, 4) : pred.slice();
      const anchors = takes(card, 'grid') ? Float32Array.of(0.3, 0.3) : pred.slice();
      const numbers = [1, reduction, 0, someHyper(card)];
      kernel(pred, target, ...numbers, grad, weight, losses, anchors, 2, 2);
      expectWritten(grad, losses);
    }
  }
});

test.each(['NHWC', 'NCHW'] as const)('yoloV3.loss, %s', (layout) => {
  const call = largeCall(random(5), layout);
  for (const nothing of [false, true]) {
    if (nothing) for (const { target } of call.scales) target.ignore = target.ignore?.fill(1);
    if (nothing) for (const { target } of call.scales) target.objectness.fill(0);
    const grad = call.scales.map(({ features }) => untouched(features.length));
    detloss.yoloV3.loss({ ...call, grad });
    expectWritten(...grad);
  }
});

test('codecs and overlaps', () => {
  const next = random(6);
  const [a, b] = [randomBoxes(next, 51), randomBoxes(next, 51)];
  const grid = { height: 3, width: 17, anchors: Float32Array.of(0.2, 0.3) };
  for (const way of ['encode', 'decode'] as const) {
    const out = untouched(a.length);
    expectWritten(detloss.codec.fasterRcnn[way](a, b, { out }));
    out.fill(UNWRITTEN);
    expectWritten(detloss.codec.yoloV3[way](a, grid, { out }));
  }
  expectWritten(detloss.overlap.alignedIou(a, b, { out: untouched(51) }));
  for (const metric of ['iou', 'giou', 'diou', 'ciou'] as const) {
    expectWritten(detloss.overlap.iou(a, b, { metric, out: untouched(51 * 51) }));
  }
});
