/**
 * Where each loss of overlap moves the centre of a box, over where that centre is.
 */
import { box } from 'detloss';
import { FAINT, type Chart, type Panel } from '../../examples/svg';
import { COLOURS } from './panel';

/** Half the side of the picture, in sides of the target. */
const FAR = 2;
const ARROWS_PER_SIDE = 15;

/** The target is 1 × 1 about 0; the box is small enough to lie inside it. */
const TARGET = [0, 0, 1, 1];
const HEIGHT = 0.3;
const WIDTH = 0.3;

const LOSSES = [
  { title: 'IoU', compute: box.iou, colour: COLOURS.iou },
  { title: 'GIoU', compute: box.giou, colour: COLOURS.giou },
  { title: 'DIoU', compute: box.diou, colour: COLOURS.diou },
];

interface Arrow {
  x: number;
  y: number;
  /** Clockwise from the top, in degrees: that of the negative gradient. */
  angle: number;
  strength: number;
}

function arrowsOf(compute: typeof box.iou): Arrow[] {
  const count = ARROWS_PER_SIDE ** 2;
  const place = (k: number) => FAR * ((2 * k) / (ARROWS_PER_SIDE - 1) - 1);
  const pred = Float32Array.from({ length: 4 * count }, (_, k) => {
    const arrow = k >> 2;
    const [row, column] = [Math.floor(arrow / ARROWS_PER_SIDE), arrow % ARROWS_PER_SIDE];
    return [place(row), place(column), HEIGHT, WIDTH][k % 4];
  });
  const target = Float32Array.from({ length: 4 * count }, (_, k) => TARGET[k % 4]);
  const { grad } = compute(pred, target, { reduction: 'none', grad: true });
  return Array.from({ length: count }, (_, i) => {
    const [y, x] = [pred[4 * i], pred[4 * i + 1]];
    const [down, right] = [-grad[4 * i], -grad[4 * i + 1]];
    const angle = (Math.atan2(right, -down) * 180) / Math.PI;
    return { x, y, angle, strength: Math.hypot(down, right) };
  });
}

function panelOf({ title, compute, colour }: (typeof LOSSES)[number]): Panel {
  const axis = { tickCount: 5, grid: false };
  const domain = [-FAR - 0.2, FAR + 0.2];
  const arrows = arrowsOf(compute);
  const x = { field: 'x', type: 'quantitative' as const, title: 'x', scale: { domain }, axis };
  // Images have y downwards.
  const yScale = { domain: [...domain].reverse() };
  const y = { field: 'y', type: 'quantitative' as const, title: 'y', scale: yScale, axis };
  return {
    title: { text: title, fontSize: 14, offset: 12 },
    width: 270,
    height: 270,
    layer: [
      {
        data: { values: [{ x: -0.5, y: -0.5, right: 0.5, bottom: 0.5 }] },
        mark: { type: 'rect', fill: '#f3f4f6', stroke: FAINT, strokeDash: [4, 3] },
        encoding: { x, y, x2: { field: 'right' }, y2: { field: 'bottom' } },
      },
      {
        data: { values: arrows.filter(({ strength }) => strength === 0) },
        mark: {
          type: 'point',
          aria: false,
          shape: 'circle',
          size: 5,
          filled: true,
          color: '#9ca3af',
        },
        encoding: { x, y },
      },
      {
        data: { values: arrows.filter(({ strength }) => strength > 0) },
        mark: { type: 'point', aria: false, shape: 'arrow', filled: true, color: colour },
        encoding: {
          x,
          y,
          angle: {
            field: 'angle',
            type: 'quantitative',
            scale: { domain: [0, 360], range: [0, 360] },
          },
          size: {
            field: 'strength',
            type: 'quantitative',
            legend: null,
            scale: { domain: [0, 1], range: [90, 520], clamp: true },
          },
        },
      },
    ],
  };
}

export function directionsFigure(): Chart {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: {
      text: 'Where the gradient moves a centre',
      subtitle: [
        'About every arrow lies a box of 0.3 × 0.3; the dashed box is its target.',
        'A dot is a gradient of 0. The larger an arrow, the longer the step.',
      ],
    },
    hconcat: LOSSES.map(panelOf),
    spacing: 24,
  };
}
