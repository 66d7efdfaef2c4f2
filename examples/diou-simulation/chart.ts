/** The curves of the simulation: the total error after every iteration, on a logarithmic scale. */
import { type Chart, FAINT } from '../svg';
import { caseCount, FULL_POINTS } from './cases';
import { published } from './published';
import { LOSS_NAMES, type LossName } from './simulate';

const LABELS: Record<LossName, string> = { iou: 'IoU', giou: 'GIoU', diou: 'DIoU', ciou: 'CIoU' };
const FULL_BOXES = caseCount(FULL_POINTS).toLocaleString('en');
const COLOURS = ['#6b7280', '#d97706', '#2563eb', '#059669'];

/**
 * @param errors For each loss the total error by iteration, scaled to as many cases as the paper's.
 * @param cases As many as were run.
 */
export function chartOf(errors: Record<LossName, Float64Array>, cases: number): Chart {
  const exact = LOSS_NAMES.flatMap((name) =>
    Array.from(errors[name], (error, iteration) => ({ loss: LABELS[name], iteration, error })),
  );
  const printed = LOSS_NAMES.flatMap((name) =>
    (published.totalError[name] ?? []).map((error, i) => ({
      loss: LABELS[name],
      iteration: published.iterations[i],
      error,
    })),
  );
  const end = Math.max(...exact.map((row) => row.iteration));
  const x = { field: 'iteration', type: 'quantitative' } as const;
  const y = { field: 'error', type: 'quantitative' } as const;
  const color = {
    field: 'loss',
    type: 'nominal',
    scale: { domain: Object.values(LABELS), range: COLOURS },
    legend: null,
  } as const;

  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: {
      text: `Gradient descent on ${cases.toLocaleString('en')} boxes`,
      subtitle: 'Lines: exact gradients. Open circles: as published, with hand-written gradients.',
    },
    width: 620,
    height: 440,
    layer: [
      {
        data: { values: exact },
        mark: { type: 'line', strokeWidth: 2.25, clip: true },
        encoding: {
          x: {
            ...x,
            title: 'Iteration',
            scale: { domain: [0, end] },
            axis: { grid: false, values: [0, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200] },
          },
          y: {
            ...y,
            title: `Total error of ${FULL_BOXES} boxes`,
            scale: { type: 'log', domain: [2e3, 1e7], nice: false },
            axis: { values: [1e4, 1e5, 1e6, 1e7], labelExpr: POWERS },
          },
          color,
        },
      },
      {
        data: { values: printed },
        mark: {
          type: 'line',
          strokeWidth: 1.25,
          strokeDash: [2, 4],
          point: { filled: false, fill: 'white', size: 64, strokeWidth: 2 },
        },
        encoding: { x, y, color },
      },
      {
        data: { values: exact.filter((row) => row.iteration === end) },
        mark: { type: 'text', align: 'left', dx: 12, fontSize: 14, fontWeight: 'bold' },
        encoding: { x, y, color, text: { field: 'loss' } },
      },
      {
        // The published IoU ends where the exact one does and needs no label of its own.
        data: { values: printed.filter((row) => row.iteration === end && row.loss !== 'IoU') },
        mark: { type: 'text', align: 'left', dx: 12, fontSize: 13 },
        transform: [{ calculate: "datum.loss + ', published'", as: 'label' }],
        encoding: { x, y, color, text: { field: 'label' } },
      },
      {
        data: { values: [160, 180].map((iteration) => ({ iteration })) },
        mark: { type: 'rule', stroke: '#9ca3af', strokeDash: [1, 3] },
        encoding: { x },
      },
      {
        data: {
          values: [
            { iteration: 158, label: 'η = 0.1', align: 'right' },
            { iteration: 170, label: '0.01' },
            { iteration: 190, label: '0.001' },
          ],
        },
        mark: {
          type: 'text',
          align: { expr: "datum.align || 'center'" },
          color: FAINT,
          fontSize: 12,
          y: -8,
        },
        encoding: { x, text: { field: 'label' } },
      },
    ],
  };
}

/** Labels a logarithmic axis with powers of ten. */
const POWERS = "'10' + {4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷'}[round(log(datum.value) / LN10)]";
