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
export const TERMS = ['box', 'objectness', 'category'] as const;

/** The first of a term's channels, and the one after its last. */
export const CHANNELS = {
  box: () => [0, 4],
  objectness: () => [4, 5],
  category: (classes: number) => [5, 5 + classes],
};

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

export function rowsIn({ batch }: Pick<Call, 'batch'>, grid: Grid): number {
  return (batch * grid.height * grid.width * grid.anchors.length) / 2;
}

/** Where a channel of a row of [B, H, W, A] is in a scale's features. */
export function placeIn(
  { classes, layout }: Pick<Call, 'classes' | 'layout'>,
  { height, width, anchors }: Grid,
): (row: number, channel: number) => number {
  const [anchorCount, cells, channels] = [anchors.length / 2, height * width, 5 + classes];
  if (layout !== 'NCHW') return (row, channel) => row * channels + channel;
  return (row, channel) => {
    const [cell, anchor] = [Math.floor(row / anchorCount), row % anchorCount];
    const plane = Math.floor(cell / cells) * anchorCount + anchor;
    return (plane * channels + channel) * cells + (cell % cells);
  };
}

/** The places of a term's channels of a row. */
export function placesOf(
  call: Call,
  scale: Grid,
  row: number,
  term: (typeof TERMS)[number],
): number[] {
  const [first, end] = CHANNELS[term](call.classes);
  const place = placeIn(call, scale);
  return Array.from({ length: end - first }, (_, k) => place(row, first + k));
}

/** How large raw features are at most: of boxes, and of objectness and classes. */
export interface Reach {
  box: number;
  logits: number;
}

const USUAL: Reach = { box: 1.5, logits: 4 };

/** Random features in a grid, and targets with any number of objects. */
export function randomScale(next: Random, call: Call, grid: Grid, most = USUAL): Scale {
  const rows = rowsIn(call, grid);
  const share = pick(next, [0, 0.1, 0.4, 1]);
  const ignored = pick(next, [undefined, 0.3, 1]);
  const soft = next() < 0.2;
  // Near what random features decode to; a few on the border of a cell.
  const near = uniform(next, 4 * rows, -1.5, 1.5);
  const box = Float32Array.from(
    reference.codec.yoloV3.decode(near, grid, { format: call.format }),
    (number, k) => (k % 4 < 2 && next() < 0.02 ? 0 : number),
  );
  const target: Scale['target'] = {
    box,
    objectness: Float32Array.from({ length: rows }, () =>
      next() < share ? (soft ? 0.1 + 0.9 * next() : 1) : 0,
    ),
  };
  if (next() < 0.5) target.labels = labelsOf(next, rows, call.classes);
  else target.categories = uniform(next, rows * call.classes).map((t) => (t < 0.7 ? 0 : t));
  if (ignored !== undefined) {
    target.ignore = Uint8Array.from({ length: rows }, () => Number(next() < ignored) * 255);
  }
  const [place, features] = [placeIn(call, grid), new Float32Array(rows * (5 + call.classes))];
  for (let k = 0; k < features.length; k++) {
    const channel = k % (5 + call.classes);
    const reach = channel < 4 ? most.box : most.logits;
    features[place(Math.floor(k / (5 + call.classes)), channel)] = reach * (2 * next() - 1);
  }
  return { ...grid, features, target };
}

/** A call of one to three scales; every option is given in some calls and left out of others. */
export function randomCall(next: Random, given: Partial<Call> = {}, most = USUAL): Call {
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
    ...given,
  };
  const scales = Array.from({ length: count }, () => {
    const [height, width] = pick(next, CELLS);
    const anchors = uniform(next, 2 * pick(next, [1, 2, 3, 4, 5]), 0.1, 0.7);
    return randomScale(next, call, { height, width, anchors }, most);
  });
  return { ...call, scales };
}

/** What the reference makes of a call. */
export function referenceLoss(call: Call) {
  return reference.yoloV3.loss({ ...call, grad: true } as reference.yoloV3.YoloV3LossArguments & {
    grad: true;
  });
}

/**
 * The largest error of each term's gradient, by the largest of the row's components in the term, or
 * by a hundredth of the scale's where that is more: of a soft target σ(z) − t cancels.
 */
export function gradientErrors(
  call: Call,
  actual: readonly Numbers[],
  expected: readonly Numbers[],
) {
  const worst = { box: 0, objectness: 0, category: 0 };
  call.scales.forEach((scale, s) => {
    const rows = Array.from({ length: rowsIn(call, scale) }, (_, row) => row);
    for (const term of TERMS) {
      const places = rows.map((row) => placesOf(call, scale, row, term));
      const largest = places.map((row) => Math.max(...row.map((at) => Math.abs(expected[s][at]))));
      const least = Math.max(...largest) / 100;
      places.forEach((row, i) => {
        const differences = row.map((at) => Math.abs(actual[s][at] - expected[s][at]));
        const error = Math.max(...differences) / Math.max(largest[i], least);
        if (differences.some((difference) => difference !== 0) && !(error <= worst[term])) {
          worst[term] = error;
        }
      });
    }
  });
  return worst;
}

/** A call on two scales large enough for several threads to share, a row in fifty with an object. */
export function largeCall(next: Random, layout: (typeof LAYOUTS)[number]): Call {
  const [batch, classes] = [2, 20];
  const scales = [32, 64].map((side): Scale => {
    const grid = { height: side, width: side, anchors: uniform(next, 6, 0.1, 0.9) };
    const rows = rowsIn({ batch }, grid);
    const objectness = uniform(next, rows).map((number) => (number < 0.02 ? 1 : 0));
    return {
      ...grid,
      features: uniform(next, rows * (5 + classes), -3, 3),
      target: {
        box: Float32Array.from(
          reference.codec.yoloV3.decode(uniform(next, 4 * rows, -1.5, 1.5), grid),
        ),
        objectness,
        labels: Int32Array.from({ length: rows }, () => Math.floor(classes * next())),
        ignore: Uint8Array.from({ length: rows }, () => (next() < 0.1 ? 1 : 0)),
      },
    };
  });
  return { batch, classes, scales, layout };
}
