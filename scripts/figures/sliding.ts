/**
 * The losses of overlap, and their derivatives, as one box slides past another.
 */
import { box } from 'detloss';
import type { Chart } from '../../examples/svg';
import { COLOURS, panel, pointsOf, steps, type Curve } from './panel';

/** How far to the left and to the right, in widths of the target. */
const FAR = 3;
const COUNT = 601;

/** The target is 1 × 1; the box is wider and lower, so that CIoU differs from DIoU. */
const HEIGHT = 0.6;
const WIDTH = 1.4;

const LOSSES = [
  { name: 'IoU', compute: box.iou, style: { stroke: COLOURS.iou } },
  { name: 'GIoU', compute: box.giou, style: { stroke: COLOURS.giou } },
  { name: 'DIoU, CIoU', compute: box.diou, style: { stroke: COLOURS.diou } },
  {
    // Above DIoU by αv, which is small and does not change with the place.
    name: '',
    compute: box.ciou,
    style: { stroke: COLOURS.ciou, strokeDash: [7, 4] as [number, number] },
  },
];

export function slidingFigure(): Chart {
  const offsets = steps(-FAR, FAR, COUNT);
  const pred = Float32Array.from(
    { length: 4 * COUNT },
    (_, k) => [0, offsets[k >> 2], HEIGHT, WIDTH][k % 4],
  );
  const target = Float32Array.from({ length: 4 * COUNT }, (_, k) => [0, 0, 1, 1][k % 4]);
  const values: Curve[] = [];
  const derivatives: Curve[] = [];
  for (const { name, compute, style } of LOSSES) {
    const { losses, grad } = compute(pred, target, { reduction: 'none', grad: true });
    values.push({ name, style, points: pointsOf(offsets, losses) });
    const byX = offsets.map((_, i) => grad[4 * i + 1]);
    derivatives.push({ name, style, points: pointsOf(offsets, byX, 0.1) });
  }
  const x = [-FAR, FAR] as const;
  const variable = 'offset of the centre x, in widths of the target';
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: {
      text: 'A box slides past its target',
      subtitle:
        'Apart, IoU is flat. Where the box covers the target’s width, only DIoU and CIoU still pull.',
    },
    hconcat: [
      panel({ title: 'Loss', variable, x, y: [0, 1.8], curves: values, named: true }),
      panel({ title: 'Derivative by x', variable, x, y: [-1.2, 1.2], curves: derivatives }),
    ],
    spacing: 88,
  };
}
