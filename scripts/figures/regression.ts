/**
 * The regression losses and their derivatives.
 */
import { regression } from 'detloss';
import type { Chart } from '../../examples/svg';
import { panel, pointsOf, steps, type Curve } from './panel';

const LIMIT = 3;
const COUNT = 301;

/** L1 is wide and lowest, so that it shows where Huber covers it. */
const LOSSES = [
  { name: 'L1', compute: regression.l1, style: { stroke: '#f5b971', strokeWidth: 7 } },
  {
    name: 'L2',
    compute: regression.l2,
    style: { stroke: '#6b7280', strokeDash: [7, 4] as [number, number] },
  },
  { name: 'Huber', compute: regression.huber, style: { stroke: '#2563eb' } },
];

export function regressionFigure(): Chart {
  const d = steps(-LIMIT, LIMIT, COUNT);
  const zero = new Float32Array(COUNT);
  const values: Curve[] = [];
  const derivatives: Curve[] = [];
  for (const { name, compute, style } of LOSSES) {
    const { losses, grad } = compute(zero, d, { reduction: 'none', grad: true });
    values.push({ name, style, points: pointsOf(d, losses) });
    // The library derives by the prediction; by d the sign is the other one.
    const byD = grad.map((derivative) => -derivative);
    derivatives.push({ name, style, points: pointsOf(d, byD, 0.5) });
  }
  const x = [-LIMIT, LIMIT] as const;
  const variable = 'd = target − prediction';
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: {
      text: 'L1, L2 and Huber (δ = 1)',
      subtitle: 'Huber is quadratic near 0, like L2, with a bounded derivative, like L1.',
    },
    hconcat: [
      panel({ title: 'Loss ℓ(d)', variable, x, y: [0, 6], curves: values, named: true }),
      panel({ title: 'Derivative dℓ/dd', variable, x, y: [-3, 3], curves: derivatives }),
    ],
    spacing: 24,
  };
}
