/**
 * The addon against JavaScript by hand, in speed and accuracy: one line per loss.
 */
import { random } from '../test/support/random';
import { compile, CONTENDERS, type Case, type Pass } from './case';
import { measure, type Effort } from './measure';
import { withProgress } from './progress';
import { code, digits, errors, sizeName, table, times as ratioText } from './table';

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

/** On how many results are compared with the reference: odd, so that loops by fours have a rest. */
export const CHECKED_SIZE = 4099;
/** How far JavaScript may be from the reference: some roundings to float32. */
const TOLERANCE = 1e-6;

/** Compares with the reference. */
function check({ name, unit }: Case, pass: Pass): Result {
  const { value, gradient, ...javaScript } = pass.errors();
  for (const [form, error] of Object.entries(javaScript)) {
    if (!(error <= TOLERANCE)) {
      throw new Error(
        `${form} ${name}, ${pass.computes}: error ${error} against detloss/reference`,
      );
    }
  }
  return {
    name,
    unit,
    computes: pass.computes,
    valueError: value,
    gradientError: gradient,
    times: [],
  };
}

function timing({ calls, count }: Pass, effort: Effort): Omit<Timing, 'size'> {
  const perCall = measure(
    CONTENDERS.map((contender) => calls[contender]),
    effort,
  );
  const [native, tuned, textbook] = perCall.map((time) => time / count);
  const ratios = { tuned: tuned / native, textbook: textbook / native };
  return { count, native, tuned, textbook, ratios };
}

export function runJavaScript(
  cases: readonly Case[],
  sizes: readonly number[],
  seed: number,
  effort: Effort,
): Result[] {
  return withProgress(cases.length * (1 + sizes.length), (step) =>
    cases.flatMap((entry) => {
      step(`${entry.name}, errors`);
      compile(entry.prepare(1, random(seed)), effort);
      const checked = entry.prepare(CHECKED_SIZE, random(seed));
      const lines = checked.map((pass) => check(entry, pass));
      compile(checked, effort);
      for (const size of sizes) {
        step(`${entry.name} × ${sizeName(size)}`);
        entry.prepare(size, random(seed)).forEach((pass, k) => {
          lines[k].times.push({ size, ...timing(pass, effort) });
        });
      }
      return lines;
    }),
  );
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
many short samples, taken in turns. All run on one thread; the addon is called through the package's
functions, with \`threads: 1\`.

Error is the addon's largest against float64 (\`detloss/reference\`) on some 4100 elements, boxes or
pairs: of a row's value in float32 units in the last place (ULP; of an overlap, in those of a number
just below 1), and of its gradient relative to the row's largest component.
`;

function cell({ native, tuned, textbook, ratios }: Timing): string {
  const besides = (time: number, ratio: number) => `${digits(time)} (${ratioText(ratio)})`;
  return `${digits(native)} · ${besides(tuned, ratios.tuned)} · ${besides(textbook, ratios.textbook)}`;
}

export function javaScriptSection(results: readonly Result[] | undefined): string[] {
  if (results === undefined) return [];
  const sizes = results[0].times.map(({ size }) => sizeName(size));
  const lines = results.map(({ name, computes, times, valueError, gradientError }) => [
    code(name),
    computes,
    ...times.map(cell),
    errors({ value: valueError, gradient: gradientError }),
  ]);
  return [
    '## Against JavaScript',
    EXPLANATION,
    table(['function', 'computes', ...sizes, 'error'], lines),
  ];
}
