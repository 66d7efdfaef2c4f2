/**
 * The regression simulation of the DIoU paper, at full size: `npm run demo`.
 *
 * 1,715,000 boxes are moved to their targets by 200 iterations of gradient descent with each of
 * four losses. What the paper's figure 3 shows is compared with what exact gradients give.
 */
import { Command, InvalidArgumentError } from 'commander';
import { writeSvg } from '../svg';
import { caseCount, FULL_POINTS } from './cases';
import { chartOf } from './chart';
import { progressBar } from './progress';
import { publishedError } from './published';
import { ITERATIONS, LOSS_NAMES, type LossName, simulate } from './simulate';

const SHOWN_ITERATIONS = [1, 50, 160, 200];

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('Expected a whole number of at least 1.');
  }
  return value;
}

/** One line per loss: the error found and, in brackets, the one published, in millions. */
function table(errors: Record<LossName, Float64Array>): string {
  const cells = [
    ['total error ×10⁶', ...SHOWN_ITERATIONS.map((iteration) => `iteration ${iteration}`)],
    ...LOSS_NAMES.map((name) => [
      name,
      ...SHOWN_ITERATIONS.map((iteration) => {
        const printed = publishedError(name, iteration);
        return `${millions(errors[name][iteration])} ${printed ? `(${millions(printed)})` : ''}`;
      }),
    ]),
  ];
  return cells
    .map(([first, ...rest]) => first.padEnd(18) + rest.map((cell) => cell.padEnd(16)).join(''))
    .map((line) => line.trimEnd())
    .join('\n');
}

function millions(error: number): string {
  const digits = error < 1e5 ? 3 : 2;
  return (error / 1e6).toFixed(digits);
}

async function main(): Promise<void> {
  const { points, svg } = new Command()
    .name('npm run demo --')
    .description('Repeats the regression simulation of the DIoU paper with exact gradients.')
    .option('--points <n>', 'anchor centres, 343 boxes each', positiveInteger, FULL_POINTS)
    .option('--svg <file>', 'where to write the chart', 'build/diou-simulation.svg')
    .parse()
    .opts<{ points: number; svg: string }>();

  const boxes = caseCount(points);
  console.log(
    `${boxes.toLocaleString('en')} boxes × ${ITERATIONS} iterations × ${LOSS_NAMES.length} losses`,
  );

  const errors = {} as Record<LossName, Float64Array>;
  const bar = progressBar(points * LOSS_NAMES.length);
  const start = performance.now();
  for (const name of LOSS_NAMES) {
    const total = simulate(name, points, (done) => bar.advance(done, name));
    // A smaller run is scaled up, so that it can be held against the published figures.
    errors[name] = total.map((error) => (error * FULL_POINTS) / points);
  }
  const seconds = (performance.now() - start) / 1000;
  bar.stop();

  const steps = boxes * ITERATIONS * LOSS_NAMES.length;
  console.log(`\n${table(errors)}`);
  console.log('\nIn brackets: as published (Zheng et al., AAAI 2020, arXiv 1911.08287, figure 3).');
  if (points !== FULL_POINTS) console.log(`Scaled from ${points} to ${FULL_POINTS} points.`);
  console.log(
    `\n${seconds.toFixed(1)} s on one thread: ${(steps / seconds / 1e6).toFixed(0)} million boxes · ` +
      `iterations per second, ${((seconds / steps) * 1e9).toFixed(1)} ns each`,
  );
  console.log(`\n${EXPLANATION}`);

  await writeSvg(chartOf(errors, boxes), svg);
  console.log(`\nCurves: ${svg}`);
}

const EXPLANATION = `\
The published curves were computed with gradients written by hand, in which a sign is wrong and the
steps of the sizes are doubled. With exact gradients GIoU ends as close to the targets as DIoU does:
most of the published gap between the two came from those gradients, not from the losses.`;

void main();
