/**
 * What CIoU adds to DIoU, over the ratio of the sides of a box of the target's centre and area.
 */
import { box } from 'detloss';
import type { Chart } from '../../examples/svg';
import { panel, pointsOf, steps, type Curve } from './panel';

const MOST = 8;
const COUNT = 401;

/** Boxes of area 1 about 0. */
function boxesOf(ratios: Float32Array): Float32Array {
  return Float32Array.from({ length: 4 * ratios.length }, (_, k) => {
    const ratio = ratios[k >> 2];
    return [0, 0, 1 / Math.sqrt(ratio), Math.sqrt(ratio)][k % 4];
  });
}

/** What CIoU has beyond DIoU: αv, and its derivative by ln(w/h) among boxes of one area. */
function addedBy(ratios: Float32Array, targetRatio: number, alpha: 'detached' | 'full') {
  const pred = boxesOf(ratios);
  const target = boxesOf(new Float32Array(COUNT).fill(targetRatio));
  const asked = { reduction: 'none', grad: true } as const;
  const diou = box.diou(pred, target, asked);
  const ciou = box.ciou(pred, target, { ...asked, alpha });
  const grad = ciou.grad.map((derivative, k) => derivative - diou.grad[k]);
  return {
    value: ciou.losses.map((loss, i) => loss - diou.losses[i]),
    // w grows with the root of the ratio, and h shrinks.
    derivative: ratios.map((_, i) => {
      const [h, w] = [4 * i + 2, 4 * i + 3];
      return (pred[w] * grad[w] - pred[h] * grad[h]) / 2;
    }),
  };
}

export function aspectFigure(): Chart {
  const ratios = steps(-Math.log(MOST), Math.log(MOST), COUNT).map(Math.exp);
  const curve = (name: string, y: Float32Array, stroke: string): Curve => ({
    name,
    points: pointsOf(ratios, y),
    style: { stroke },
  });
  const targets = [
    { ratio: 0.5, colour: '#6b7280' },
    { ratio: 1, colour: '#2563eb' },
    { ratio: 2, colour: '#d97706' },
  ];
  const x = [1 / MOST, MOST] as const;
  const variable = 'w / h';
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: {
      text: 'What CIoU adds to DIoU',
      subtitle: 'αv of boxes of the target’s centre and area, over the ratio of their sides.',
    },
    hconcat: [
      panel({
        title: 'αv',
        variable,
        x,
        y: [0, 0.2],
        base: 2,
        named: true,
        curves: targets.map(({ ratio, colour }) =>
          curve(`w*/h* = ${ratio}`, addedBy(ratios, ratio, 'detached').value, colour),
        ),
      }),
      panel({
        title: 'Derivative by ln(w/h), of w*/h* = 1',
        variable,
        x,
        y: [-0.04, 0.04],
        base: 2,
        named: true,
        curves: [
          curve('α constant', addedBy(ratios, 1, 'detached').derivative, '#be185d'),
          curve('α full', addedBy(ratios, 1, 'full').derivative, '#7c3aed'),
        ],
      }),
    ],
    spacing: 96,
  };
}
