/**
 * The accuracy the documents promise, measured over random rows on every instruction set.
 * Prints what it measured: the numbers that docstrings and documents state.
 */
import { native } from '../lib/binding';
import { CASES, formatOptions, type Arrays, type LossCase } from './losses';
import { BOUNDS, conditionOf, gradientError, isBesideKink, ulp } from './support/agreement';
import type { Numbers } from './support/close';
import { random } from './support/random';
import { typicalRows } from './support/rows';

/** Of each loss, in calls that divide its formats among them. */
const ROWS = 20_000;
const ROWS_PER_CALL = 500;

/** Of each call, the rows whose condition tells how many rows are well conditioned. */
const PROBES = 2;

/** A call and the reference's results. */
interface Sample {
  arrays: Arrays;
  options: object;
  losses: Numbers;
  grad: Numbers;
}

/** The largest errors seen: of a well-conditioned row's loss, of a gradient, of a mean. */
interface Errors {
  ulps: number;
  gradient: number;
  reduced: number;
  /** How many rows' losses are off by more than 4 ULP and what half an ULP of its inputs does. */
  beyond: number;
}

function samplesOf(loss: LossCase): Sample[] {
  const formats = formatOptions(loss);
  return Array.from({ length: ROWS / ROWS_PER_CALL }, (_, call) => {
    const options = formats[call % formats.length];
    const next = random(1000 + call);
    const arrays = typicalRows(loss, next, ROWS_PER_CALL, options.format ?? 'yxhw');
    const rows = loss.reference(arrays, { ...options, reduction: 'none', grad: true });
    return { arrays, options, losses: rows.losses!, grad: rows.grad! };
  });
}

/** How many ULP half an ULP of every input moves a row's loss; 4 at most is well conditioned. */
function conditionInUlps(loss: LossCase, { arrays, options, losses }: Sample, row: number) {
  return conditionOf(loss, arrays, row, options) / ulp(losses[row]);
}

function measure(loss: LossCase, samples: readonly Sample[]): Errors {
  const worst: Errors = { ulps: 0, gradient: 0, reduced: 0, beyond: 0 };
  for (const sample of samples) {
    const { arrays, options, losses, grad } = sample;
    const actual = loss.native(arrays, { ...options, reduction: 'none', grad: true });
    for (let row = 0; row < ROWS_PER_CALL; row++) {
      const ulps = Math.abs(actual.losses![row] - losses[row]) / ulp(losses[row]);
      if (!(ulps <= Math.min(worst.ulps, BOUNDS.ulps))) {
        const condition = conditionInUlps(loss, sample, row);
        if (condition <= BOUNDS.ulps) worst.ulps = Math.max(worst.ulps, ulps);
        if (!(ulps <= BOUNDS.ulps + condition)) worst.beyond++;
        // Enough to fail; a condition takes long to compute.
        if (worst.beyond > 10) return worst;
      }
      const error = gradientError(actual.grad!, grad, row, loss.width);
      if (error <= worst.gradient) continue;
      if (error > BOUNDS.gradient && isBesideKink(loss, arrays, row, options)) continue;
      worst.gradient = error;
    }
    const sum = Array.from(losses).reduce((a, b) => a + b, 0);
    const { loss: mean } = loss.native(arrays, options);
    const reduced = Math.abs(mean! - sum / ROWS_PER_CALL) / (sum / ROWS_PER_CALL);
    worst.reduced = Math.max(worst.reduced, reduced);
  }
  return worst;
}

/** The share of well-conditioned rows, by a few of every call. */
function wellConditionedShare(loss: LossCase, samples: readonly Sample[]): number {
  const rows = samples.flatMap((sample) =>
    Array.from({ length: PROBES }, (_, row) => conditionInUlps(loss, sample, row)),
  );
  return rows.filter((condition) => condition <= BOUNDS.ulps).length / rows.length;
}

const targets = native.targets();
const table = [['', 'well conditioned', ...targets.map((target) => `${target}: ULP, gradient`)]];

afterAll(() => {
  native.useTarget();
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const lines = table.map((row) => row.map((cell, k) => cell.padEnd(widths[k])).join('  '));
  process.stdout.write(`${lines.join('\n')}\n`);
});

test.each(CASES)('$title is as accurate as promised', (loss) => {
  const samples = samplesOf(loss);
  const share = wellConditionedShare(loss, samples);
  const errors = targets.map((target) => {
    native.useTarget(target);
    return measure(loss, samples);
  });
  table.push([
    loss.title,
    `${(100 * share).toFixed(0)} %`,
    ...errors.map(({ ulps, gradient }) => `${ulps.toFixed(1)}, ${gradient.toExponential(1)}`),
  ]);
  // Otherwise a bound on them says little.
  expect(share).toBeGreaterThan(0.25);
  for (const { beyond, gradient, reduced } of errors) {
    expect(beyond).toBe(0);
    expect(gradient).toBeLessThanOrEqual(BOUNDS.gradient);
    expect(reduced).toBeLessThanOrEqual(BOUNDS.reduced);
  }
});
