/**
 * Single losses beside those of peers as Markdown.
 */
import { code, digits, errors, sizeName, table, times } from '../table';
import type { Measured, PeersReport } from './run';

/** `1.2 (0.9)`, or `12 (9.1), 10×` where it is compared with ours. */
function cell(
  measured: Measured | null,
  what: 'value' | 'gradient',
  ours?: Measured | null,
): string {
  if (measured === null) return '';
  const { alone, together } = measured[what];
  const all = together === undefined ? '' : ` (${digits(together)})`;
  return `${digits(alone)}${all}${ours ? `, ${times(alone / ours[what].alone)}` : ''}`;
}

export function peersSection(report: PeersReport | undefined): string[] {
  if (report === undefined) return [];
  const { size, compared, peers, absent } = report;
  const [ours, ...others] = peers;
  const lines = report.losses.flatMap((name, k) =>
    (['value', 'gradient'] as const).map((what) => [
      code(name),
      what === 'value' ? what : 'value + gradient',
      cell(ours.measured[k], what),
      ...others.map(({ measured }) => cell(measured[k], what, ours.measured[k])),
      ...peers.map(({ measured }) => {
        const found = measured[k]?.errors;
        return found === undefined ? '' : errors(what === 'value' ? { value: found.value } : found);
      }),
    ]),
  );
  return [
    '## Against PyTorch and TensorFlow.js',
    `Nanoseconds for each element or box of ${sizeName(size)}, as means, on one thread and, in parentheses, on
all; \`12 (9.1), 10×\` takes ten times as long as detloss, both on one thread. PyTorch has its own
losses and torchvision's, with their defaults and autograd, which makes the array of the gradient
anew. TensorFlow.js, one thread, has its own losses or, of boxes, losses composed of its operations
(\`bench/composed\`), with automatic differentiation; what is read back is the value. Boxes are edges
(\`format: 'xyxy'\`) in detloss and PyTorch, centre and size in TensorFlow.js. Errors are the
largest against float64 on ${compared} elements or boxes: of a row's value in units of its last place, and of
the mean's gradient relative to the row's largest component.`,
    table(
      [
        'function',
        'computes',
        ...peers.map(({ name }) => `${name}, ns`),
        ...peers.map(({ name }) => `error of ${name.split(/[ ,]/)[0]}`),
      ],
      lines,
    ),
    ...absent.map(({ name, install }) => `${name} is not installed: ${install}.`),
  ];
}
