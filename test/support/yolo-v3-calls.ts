/** Random calls of `yoloV3.loss`, and its features row by row. */
import type { Grid, yoloV3 } from '../../lib';
import * as reference from '../../lib/reference';
import type { Numbers } from './close';
import { labelsOf } from './class-rows';
import { uniform, type Random } from './random';

export type Call = yoloV3.YoloV3LossOptions;
export type Scale = yoloV3.YoloV3Scale;

export const BOX_KINDS = ['iou', 'giou', 'diou', 'ciou', 'l2'] as const;
export const LAYOUTS = ['NHWC', 'NCHW'] as const;
export const RAW_FORMATS = ['yxhw', 'cxcywh'] as const;

/** The channels of a row's terms. */
export const TERM_CHANNELS = (classes: number) => ({
  box: [0, 4],
  objectness: [4, 5],
  category: [5, 5 + classes],
});

const CELLS = [
  [1, 1],
  [1, 3],
  [3, 1],
  [2, 2],
  [3, 2],
  [4, 5],
];

export function pick<T>(next: Random, choices: readonly T[]): T {
  return choices[Math.floor(next() * choices.length)];
}

export function rowsIn(call: Pick<Call, 'batch'>, grid: Grid): number {
  return (call.batch * grid.height * grid.width * grid.anchors.length) / 2;
}

/** Where a channel of a row of [B, H, W, A] is in the features. */
export function placeIn(call: Call, { height, width, anchors }: Grid) {
  const [anchorCount, cells, channels] = [anchors.length / 2, height * width, 5 + call.classes];
  if (call.layout !== 'NCHW') return (row: number, channel: number) => row * channels + channel;
  return (row: number, channel: number) => {
    const [cell, anchor] = [Math.floor(row / anchorCount), row % anchorCount];
    const plane = Math.floor(cell / cells) * anchorCount + anchor;
    return (plane * channels + channel) * cells + (cell % cells);
  };
}

/** A call's scale made of a grid's random features and targets of all kinds. */
export function randomScale(next: Random, call: Call, grid: Grid): Scale {
  const rows = rowsIn(call, grid);
  const share = pick(next, [0, 0.1, 0.4, 1]);
  const ignored = pick(next, [undefined, 0.3, 1]);
  const soft = next() < 0.2;
  // Near what random features decode to.
  const near = uniform(next, 4 * rows, -2, 2);
  const target: Scale['target'] = {
    box: Float32Array.from(reference.codec.yoloV3.decode(near, grid, { format: call.format })),
    objectness: Float32Array.from({ length: rows }, () =>
      next() < share ? (soft ? 0.1 + 0.9 * next() : 1) : 0,
    ),
  };
  if (next() < 0.5) target.labels = labelsOf(next, rows, call.classes);
  else target.categories = uniform(next, rows * call.classes).map((t) => (t < 0.7 ? 0 : 1));
  if (ignored !== undefined) {
    target.ignore = Uint8Array.from({ length: rows }, () => Number(next() < ignored) * 255);
  }
  return { ...grid, features: uniform(next, rows * (5 + call.classes), -3, 3), target };
}

/** A call of one to three scales; every option is given in some calls and left out in others. */
export function randomCall(next: Random): Call {
  const count = pick(next, [1, 1, 2, 3]);
  const weight = () => {
    const numbers = Array.from({ length: count }, () => pick(next, [0, 0.5, 1, 3]));
    return pick(next, [undefined, numbers[0], numbers]);
  };
  const call: Call = {
    batch: pick(next, [0, 1, 1, 3]),
    classes: pick(next, [1, 2, 3, 7, 17, 20]),
    scales: [],
    box: pick(next, [undefined, ...BOX_KINDS]),
    layout: pick(next, [undefined, ...LAYOUTS]),
    format: pick(next, [undefined, ...RAW_FORMATS]),
    labelSmoothing: pick(next, [undefined, 0, 0.1, 1]),
    weights: { box: weight(), objectness: weight(), category: weight() },
  };
  const scales = Array.from({ length: count }, () => {
    const [height, width] = pick(next, CELLS);
    const anchors = uniform(next, 2 * pick(next, [1, 2, 3, 4, 5]), 0.1, 0.7);
    return randomScale(next, call, { height, width, anchors });
  });
  return { ...call, scales };
}

/** What is left of the gradient where a scale's rows have no part in a term. */
export function loss(call: Call): reference.yoloV3.YoloV3Loss & { grads: Float64Array[] } {
  return reference.yoloV3.loss({ ...call, grad: true } as reference.yoloV3.YoloV3LossArguments & {
    grad: true;
  });
}

/** The largest error of a row's component, by the largest of its term's; and where it is. */
export function worstGradient(call: Call, actual: Numbers[], expected: Numbers[]) {
  const worst = { error: 0, where: 'nowhere' };
  call.scales.forEach((scale, s) => {
    const place = placeIn(call, scale);
    for (let row = 0; row < rowsIn(call, scale); row++) {
      for (const [term, [first, end]] of Object.entries(TERM_CHANNELS(call.classes))) {
        let [difference, largest] = [0, 0];
        for (let channel = first; channel < end; channel++) {
          const at = place(row, channel);
          const distance = Math.abs(actual[s][at] - expected[s][at]);
          if (!(distance <= difference)) difference = distance;
          largest = Math.max(largest, Math.abs(expected[s][at]));
        }
        const error = difference === 0 ? 0 : difference / largest;
        if (!(error <= worst.error))
          Object.assign(worst, { error, where: `scale ${s}, row ${row}, ${term}` });
      }
    }
  });
  return worst;
}
