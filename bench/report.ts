/**
 * The results as Markdown.
 */
import { format } from 'prettier';
import type { DetectorReport } from './detector/run';
import type { Machine } from './machine';

/** One line of the table. */
export interface Result {
  name: string;
  unit: string;
  computes: string;
  /** Largest error of a row's value, in units of the last place of a float32. */
  valueError: number;
  /** Largest error of the gradient, relative to the largest component of its row. */
  gradientError?: number;
  times: Timing[];
}

export interface Timing {
  /** The elements, boxes or pairs asked for, … */
  size: number;
  /** … and measured. */
  count: number;
  /** Nanoseconds for each of them. */
  native: number;
  tuned: number;
  textbook: number;
  /** How many times as long as the addon JavaScript takes. */
  ratios: { tuned: number; textbook: number };
}

export interface Report extends Machine {
  seed: number;
  results: Result[];
  /** The loss of a whole detector. */
  detector?: DetectorReport;
}

/** 1024 → 1k, 1048576 → 1M. */
export function sizeName(size: number): string {
  if (size % 2 ** 20 === 0) return `${size / 2 ** 20}M`;
  if (size % 2 ** 10 === 0) return `${size / 2 ** 10}k`;
  return String(size);
}

function digits(x: number): string {
  return x.toFixed(x >= 99.95 ? 0 : x >= 9.995 ? 1 : 2);
}

function times(ratio: number): string {
  return `${ratio.toFixed(ratio >= 9.95 ? 0 : ratio >= 0.95 ? 1 : 2)}×`;
}

function cell({ native, tuned, textbook, ratios }: Timing): string {
  const besides = (time: number, ratio: number) => `${digits(time)} (${times(ratio)})`;
  return `${digits(native)} · ${besides(tuned, ratios.tuned)} · ${besides(textbook, ratios.textbook)}`;
}

function errors({ valueError, gradientError }: Result): string {
  const value = `${valueError.toFixed(1)} ULP`;
  if (gradientError === undefined) return value;
  return `${value}, ${gradientError === 0 ? 0 : gradientError.toExponential(1)}`;
}

const EXPLANATION = `
\`1.9 · 16 (8.4×) · 62 (33×)\` reads: the addon takes 1.9 ns, tuned JavaScript 16 ns, which is 8.4
times as long, and textbook JavaScript 62 ns, 33 times as long. Times are for each element of the
prediction in \`regression\`, \`objectness\` and \`category\`, each box in \`box\` and each pair of boxes
in \`overlap\`; the columns are how many of them a call has. 1% positive: with a weight of 1 in one
row of a hundred, 0 in the others.

Textbook JavaScript (\`bench/textbook\`) is the formula as it is first written down: a plain loop with
Math.min, Math.max, conditionals and Math's functions. Tuned JavaScript (\`bench/tuned\`) is the
fastest found: without branches wherever that pays, with its own logarithm, exponential and
arctangent. Both have gradients by hand and neither has options, checks or edge cases. All three
return the reduced loss and write the gradient to an array they are given. A time is the best of
many short samples, taken in turns. The addon is called through the package's functions, with the
default number of threads.

Error is the addon's largest against float64 (\`detloss/reference\`) on some 4100 elements, boxes or
pairs: of a row's value in float32 units in the last place (ULP; of an overlap, in those of a number
just below 1), and of its gradient relative to the row's largest component.
`;

export function tableOf(header: string[], lines: string[][]): string {
  const rule = header.map((title) => (LEFT.includes(title) ? '---' : '--:'));
  return [header, rule, ...lines].map((columns) => `| ${columns.join(' | ')} |`).join('\n');
}

/** Columns of words; the others are numbers. */
const LEFT = ['function', 'computes', 'by', 'size'];

function rowTable(results: Result[]): string[] {
  if (results.length === 0) return [];
  const sizes = results[0].times.map(({ size }) => sizeName(size));
  const lines = results.map((result) => [
    `\`${result.name}\``,
    result.computes,
    ...result.times.map(cell),
    errors(result),
  ]);
  return [EXPLANATION, tableOf(['function', 'computes', ...sizes, 'error'], lines)];
}

function detectorTable(detector: DetectorReport | undefined): string[] {
  if (detector === undefined) return [];
  const { images, classes, objects, features, results, absent } = detector;
  const lines = results.map((result) => [
    result.name,
    digits(result.milliseconds),
    times(result.ratio),
    result.totalError.toExponential(1),
    result.gradientError.toExponential(1),
  ]);
  return [
    '## yoloV3.loss',
    `The loss of a batch and the gradient of the network's whole output: ${images} images of
416 × 416, ${classes} classes, scales of 13, 26 and 52 cells with three anchors each, which are
${(features / 1e6).toFixed(2)} million numbers; ${objects} objects; CIoU, balanced objectness and category.

JavaScript by hand has the same loops as above (\`bench/detector/javascript.ts\`). PyTorch and
TensorFlow.js compose the loss from their operations, on one thread, with automatic differentiation
(\`bench/peers\`, \`npm run bench -- --peers\`). The reference is timed once. Errors are relative to
it, the gradient's to the largest component of an anchor's row.`,
    tableOf(['by', 'ms', 'ratio', 'error of the total', 'of the gradient'], lines),
    ...absent.map(({ name, install }) => `${name} is not installed: ${install}.`),
  ];
}

export function markdown(report: Report): Promise<string> {
  const { cpu, cores, target, node, detloss, date, seed } = report;
  const text = [
    '# Benchmark',
    `${cpu}, ${cores} cores, ${target}; Node ${node}, detloss ${detloss}; ${date}; seed ${seed}.`,
    ...rowTable(report.results),
    ...detectorTable(report.detector),
  ];
  return format(text.join('\n\n'), { parser: 'markdown' });
}
