/**
 * Binary cross-entropy over probabilities and over logits.
 */
import { objectness } from 'detloss';
import type { Chart } from '../../examples/svg';
import { panel, pointsOf, steps, type Curve } from './panel';

const COUNT = 301;
const LOGIT = 6;

const TARGETS = [
  { target: 1, style: { stroke: '#2563eb' } },
  { target: 0, style: { stroke: '#6b7280' } },
  { target: 0.9, style: { stroke: '#be185d', strokeDash: [7, 4] as [number, number] } },
];

export function crossEntropyFigure(): Chart {
  const logits = steps(-LOGIT, LOGIT, COUNT);
  const probabilities = steps(0, 1, COUNT);
  const ofProbability: Curve[] = [];
  const ofLogit: Curve[] = [];
  const derivative: Curve[] = [];
  for (const { target, style } of TARGETS) {
    const targets = new Float32Array(COUNT).fill(target);
    const asked = { reduction: 'none', grad: true } as const;
    const name = `o* = ${target}`;
    const p = objectness.yoloV3(probabilities, targets, asked);
    const z = objectness.yoloV3(logits, targets, { ...asked, input: 'logit' });
    ofProbability.push({ name, style, points: pointsOf(probabilities, p.losses) });
    ofLogit.push({ name, style, points: pointsOf(logits, z.losses) });
    derivative.push({ name, style, points: pointsOf(logits, z.grad) });
  }
  const x = [-LOGIT, LOGIT] as const;
  const small = { width: 270, height: 270 };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: {
      text: 'Binary cross-entropy',
      subtitle: 'Of a logit its derivative is σ(z) − o*: bounded, and 0 where the target is met.',
    },
    hconcat: [
      {
        ...panel({
          title: 'Loss of a probability',
          variable: 'o',
          x: [0, 1],
          y: [0, 6],
          curves: ofProbability,
        }),
        ...small,
      },
      {
        ...panel({ title: 'Loss of a logit', variable: 'z', x, y: [0, 6], curves: ofLogit }),
        ...small,
      },
      {
        ...panel({
          title: 'Derivative by the logit',
          variable: 'z',
          x,
          y: [-1, 1.1],
          curves: derivative,
          named: true,
        }),
        ...small,
      },
    ],
    spacing: 32,
  };
}
