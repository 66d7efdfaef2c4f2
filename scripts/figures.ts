/**
 * Draws docs/l1-l2-huber.svg: the regression losses and their derivatives, as the library computes
 * them.
 */
import path from 'node:path';
import { regression } from 'detloss';
import { type Chart, type Panel, writeSvg } from '../examples/svg';

const LIMIT = 3;
const STEPS_PER_UNIT = 50;

/** L1 is wide and lowest, so that it shows where Huber covers it. */
const LOSSES = [
  { name: 'L1', compute: regression.l1, style: { stroke: '#f5b971', strokeWidth: 7 } },
  { name: 'L2', compute: regression.l2, style: { stroke: '#6b7280', strokeDash: [7, 4] } },
  { name: 'Huber', compute: regression.huber, style: { stroke: '#2563eb' } },
];

interface Point {
  d: number;
  /** Absent where the curve has a gap. */
  y: number | null;
}

/** The value and the derivative of a loss over d = target − prediction in [−3, 3]. */
function curves(compute: typeof regression.l1): { value: Point[]; derivative: Point[] } {
  const count = 2 * LIMIT * STEPS_PER_UNIT + 1;
  const target = Float32Array.from({ length: count }, (_, i) => i / STEPS_PER_UNIT - LIMIT);
  const pred = new Float32Array(count);
  const { losses, grad } = compute(pred, target, { reduction: 'none', grad: true });
  const value: Point[] = [];
  const derivative: Point[] = [];
  target.forEach((d, i) => {
    value.push({ d, y: losses[i] });
    if (i > 0 && Math.abs(grad[i] - grad[i - 1]) > 0.5) derivative.push({ d, y: null });
    // The library derives by the prediction; by d the sign is the other one.
    derivative.push({ d, y: -grad[i] });
  });
  return { value, derivative };
}

/** One of the two panels: the curve of every loss; with `named`, its name where it ends. */
function panel(title: string, data: Point[][], yMin: number, yMax: number, named: boolean): Panel {
  const x = {
    field: 'd',
    type: 'quantitative' as const,
    title: 'd = target − prediction',
    scale: { domain: [-LIMIT, LIMIT], nice: false },
    axis: { tickCount: 7, labelFlush: false },
  };
  const y = {
    field: 'y',
    type: 'quantitative' as const,
    title: null,
    scale: { domain: [yMin, yMax], nice: false },
    axis: { tickCount: 7 },
  };
  const lines = LOSSES.map(({ style }, i) => ({
    data: { values: data[i] },
    mark: {
      type: 'line' as const,
      strokeWidth: 2.5,
      clip: true,
      invalid: 'break-paths-show-domains' as const,
      ...style,
    },
    encoding: { x, y },
  }));
  const names = LOSSES.map(({ name }, i) => ({
    data: { values: data[i].filter((point) => (point.y ?? Infinity) < 0.96 * yMax).slice(-1) },
    mark: { type: 'text' as const, text: name, align: 'left' as const, dx: 8, fontSize: 14 },
    encoding: { x, y },
  }));
  return {
    title: { text: title, fontSize: 14, offset: 12 },
    width: 370,
    height: 330,
    layer: named ? [...lines, ...names] : lines,
  };
}

async function main(): Promise<void> {
  const data = LOSSES.map(({ compute }) => curves(compute));
  const chart: Chart = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: {
      text: 'L1, L2 and Huber (δ = 1)',
      subtitle: 'Huber is quadratic near 0, like L2, with a bounded derivative, like L1.',
    },
    hconcat: [
      panel(
        'Loss ℓ(d)',
        data.map(({ value }) => value),
        0,
        6,
        true,
      ),
      panel(
        'Derivative dℓ/dd',
        data.map(({ derivative }) => derivative),
        -3,
        3,
        false,
      ),
    ],
    spacing: 24,
  };
  await writeSvg(chart, path.join(__dirname, '../docs/l1-l2-huber.svg'));
}

void main();
