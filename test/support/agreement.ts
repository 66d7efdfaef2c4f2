/**
 * How far a native result may be from the reference's: a row's loss 4 ULP and what half an ULP of
 * each of its inputs moves it, a reduced loss 1e-6 of it, a gradient 1e-5 of its row's largest
 * component except beside a kink, and what an ULP of each input moves it where the loss is of more than
 * differences of its inputs, which are exact.
 */
import { centreSize } from '../../lib/reference/formats';
import { constants } from '../../lib/reference/number';
import type { BoxFormat } from '../../lib/types';
import type { Arrays, LossCase } from '../losses/table';
import type { Numbers } from './close';

export const BOUNDS = { ulps: 4, reduced: 1e-6, gradient: 1e-5 };

/** The smallest float with all its digits. A result below it may be 0, as powers of e are. */
const LEAST = 2 ** -126;

/** How many wrong rows are enough to show what is wrong. */
const FEW = 5;

interface Options {
  format?: BoxFormat;
  weight?: Float32Array;
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The distance from a number's float32 to the next larger one. */
export function ulp(value: number): number {
  float[0] = Math.abs(value);
  const [here] = float;
  bits[0]++;
  return float[0] - here;
}

/** The largest number of a row's boxes that counts: their distance and sizes, not their place. */
function extent(arrays: Arrays, row: number, width: number, format?: BoxFormat): number {
  const [pred, target] = arrays
    .slice(0, 2)
    .map((array) => Array.from((array as Float32Array).subarray(row * width, (row + 1) * width)));
  const sizes = [pred, target].flatMap((numbers) => {
    if (format === undefined) return [];
    const { h, w } = centreSize(constants(numbers), format);
    return [h.value, w.value];
  });
  const distances = pred.map((number, k) => number - target[k]);
  return Math.max(...[...distances, ...sizes].map(Math.abs));
}

/** Inputs next to others: half a float32 ULP away, and a whole one. */
interface Neighbour {
  near: Arrays;
  far: Arrays;
}

/** The inputs of which the numbers of a row of one array are moved, by half an ULP and by a whole one. */
function neighbour(arrays: Arrays, index: number, first: number, steps: number[]): Neighbour {
  const moved = (times: number) => {
    const numbers = Float64Array.from(arrays[index] as Float32Array);
    steps.forEach((step, k) => {
      numbers[first + k] += times * step;
    });
    return arrays.map((other, at) => (at === index ? numbers : other)) as Arrays;
  };
  return { near: moved(1), far: moved(2) };
}

type Neighbours = [down: Neighbour, up: Neighbour];

/**
 * The inputs with one number of a row off by half a float32 ULP or one, down and up, for each number.
 * Far from the origin it is half an ULP of the boxes' extent: there, too, differences are exact.
 */
function* neighbours(
  loss: LossCase,
  arrays: Arrays,
  row: number,
  format?: BoxFormat,
): Generator<Neighbours> {
  for (const [index, first, steps] of stepsOf(loss, arrays, row, format)) {
    for (const [k, step] of steps.entries()) {
      const alone = (by: number) => neighbour(arrays, index, first + k, [by]);
      if (step !== 0) yield [alone(-step), alone(step)];
    }
  }
}

/** The same with all numbers of a box off at once: two edges can only just touch, one along each axis. */
function* jointNeighbours(
  ...[loss, arrays, row, format]: Parameters<typeof neighbours>
): Generator<Neighbours> {
  if (format === undefined) return;
  for (const [index, first, steps] of stepsOf(loss, arrays, row, format)) {
    for (const signs of [
      [1, 1, 1, 1],
      [1, 1, -1, -1],
      [1, -1, 1, -1],
      [1, -1, -1, 1],
    ]) {
      const together = (by: number) =>
        neighbour(
          arrays,
          index,
          first,
          steps.map((step, k) => by * signs[k] * step),
        );
      yield [together(-1), together(1)];
    }
  }
}

/** Half an ULP of each number of a row, by the array that has it and the place of the row's first. */
function* stepsOf(
  ...[loss, arrays, row, format]: Parameters<typeof neighbours>
): Generator<[index: number, first: number, steps: number[]]> {
  const rows = arrays[0].length / loss.width;
  const reach = loss.symmetries.includes('translation')
    ? extent(arrays, row, loss.width, format)
    : Infinity;
  for (const [index, array] of arrays.entries()) {
    if (!(array instanceof Float32Array)) continue;
    const width = array.length / rows;
    const numbers = array.subarray(row * width, (row + 1) * width);
    // A 0 is exact: an objectness of 0 is another case than the least number above it.
    const steps = Array.from(numbers, (number) =>
      number === 0 ? 0 : ulp(Math.min(Math.abs(number), reach)) / 2,
    );
    yield [index, row * width, steps];
  }
}

/** The options under which the reference evaluates nothing but one row. */
function alone(row: number, rows: number, { format, weight }: Options) {
  const only = new Float32Array(rows);
  only[row] = weight?.[row] ?? 1;
  return { format, weight: only, reduction: 'none', grad: true } as const;
}

/** How many ULP a row's loss can move when each of its inputs is off by half an ULP. */
export function conditionOf(loss: LossCase, arrays: Arrays, row: number, options: Options): number {
  const rows = arrays[0].length / loss.width;
  const at = (inputs: Arrays) =>
    loss.reference(inputs, { ...alone(row, rows, options), grad: false }).losses![row];
  const here = at(arrays);
  let movement = 0;
  for (const pair of neighbours(loss, arrays, row, options.format)) {
    const moves = pair.map(({ near }) => Math.abs(at(near) - here));
    // Beyond the end of its range, a probability's say, there is no loss.
    movement += Math.max(...moves.filter((move) => !Number.isNaN(move)));
  }
  return movement / ulp(here);
}

/** How far apart they are, by more than the least; beyond the largest float there is only infinity. */
function distance(actual: number, expected: number): number {
  if (Math.abs(Math.fround(expected)) === Infinity) {
    return actual === Math.fround(expected) ? 0 : Infinity;
  }
  const error = Math.abs(actual - expected);
  return error <= LEAST ? 0 : error;
}

/** How many ULP a row's loss is off. */
export function lossError(actual: number, expected: number): number {
  return distance(actual, expected) / ulp(expected);
}

/** How far off a reduced loss is, as a share of it. */
export function reducedError(actual: number, expected: number): number {
  const error = distance(actual, expected);
  return error === 0 ? 0 : error / expected;
}

/** How a row's gradient changes about its inputs, by the row's largest component. */
export interface Surroundings {
  /** What half an ULP of each of its inputs changes at most. */
  movement: number;
  /**
   * Whether there is a kink within an ULP: the gradient then does not change by the same with each
   * half of an ULP.
   */
  isKink: boolean;
}

export function surroundingsOf(
  loss: LossCase,
  arrays: Arrays,
  row: number,
  options: Options,
): Surroundings {
  const rows = arrays[0].length / loss.width;
  const at = (inputs: Arrays) => {
    const { grad } = loss.reference(inputs, alone(row, rows, options));
    return Array.from(grad!.subarray(row * loss.width, (row + 1) * loss.width));
  };
  const most = (numbers: number[]) => Math.max(...numbers.map(Math.abs));
  const here = at(arrays);
  let largest = most(here);
  let jump = 0;
  /** What half an ULP of the inputs of a pair changes at most. */
  const look = ([below, above]: Neighbours): number => {
    const [down, up] = [below, above].map(({ near, far }) => ({ near: at(near), far: at(far) }));
    const bends = here.flatMap((slope, k) => [
      down.far[k] - 2 * down.near[k] + slope,
      down.near[k] - 2 * slope + up.near[k],
      slope - 2 * up.near[k] + up.far[k],
    ]);
    jump = Math.max(jump, most(bends));
    largest = Math.max(largest, most(down.far), most(up.far));
    return most(here.flatMap((slope, k) => [down.near[k] - slope, up.near[k] - slope]));
  };
  let movement = 0;
  for (const pair of neighbours(loss, arrays, row, options.format)) movement += look(pair);
  for (const pair of jointNeighbours(loss, arrays, row, options.format)) look(pair);
  return { movement: movement / most(here), isKink: jump > BOUNDS.gradient * largest };
}

/**
 * Whether a loss is one of differences of its inputs, which are exact, so that what rounding the inputs
 * would do is no excuse.
 */
export function isOfDifferences({ symmetries, ofAngles }: LossCase): boolean {
  return symmetries.includes('translation') && !ofAngles;
}

/** How far off the gradient of a row may be that is off by more than 1e-5 and beside no kink. */
export function allowedError(loss: LossCase, { movement }: Surroundings): number {
  return BOUNDS.gradient + (isOfDifferences(loss) ? 0 : 2 * movement);
}

/** The largest difference of a row's components, by the largest component expected of it. */
export function gradientError(
  actual: Numbers,
  expected: Numbers,
  row: number,
  width: number,
): number {
  let difference = 0;
  let largest = 0;
  for (let k = row * width; k < (row + 1) * width; k++) {
    const error = distance(actual[k], expected[k]);
    if (!(error <= difference)) difference = error;
    largest = Math.max(largest, Math.abs(expected[k]));
  }
  return difference === 0 ? 0 : difference / largest;
}

/** What is wrong with a native result (a few examples), and how many rows' gradients were beside a kink. */
export interface Comparison {
  wrong: string[];
  kinks: number;
}

/** Compares the three reductions of a loss, with their gradients, with the reference's. */
export function compare(loss: LossCase, arrays: Arrays, options: Options): Comparison {
  const { width } = loss;
  const rows = arrays[0].length / width;
  const comparison: Comparison = { wrong: [], kinks: 0 };
  const report = (what: string, actual: number, expected: number) => {
    const where = [options.format, options.weight && 'weighted'].filter(Boolean).join(' ');
    const message = `${where} ${what}: ${actual} instead of ${expected}`;
    comparison.wrong.push(message.trimStart());
  };

  for (const reduction of ['none', 'sum', 'mean'] as const) {
    const [actual, expected] = [
      loss.native(arrays, { ...options, reduction, grad: true }),
      loss.reference(arrays, { ...options, reduction, grad: true }),
    ];
    if (reduction === 'none') {
      const [losses, wanted] = [actual.losses!, expected.losses!];
      for (let row = 0; row < rows && comparison.wrong.length < FEW; row++) {
        const error = lossError(losses[row], wanted[row]) - BOUNDS.ulps;
        if (error <= 0 || error <= conditionOf(loss, arrays, row, options)) continue;
        report(`row ${row}`, losses[row], wanted[row]);
      }
    } else {
      if (!(reducedError(actual.loss!, expected.loss!) <= BOUNDS.reduced)) {
        report(reduction, actual.loss!, expected.loss!);
      }
    }
    for (let row = 0; row < rows && comparison.wrong.length < FEW; row++) {
      const error = gradientError(actual.grad!, expected.grad!, row, width);
      if (error <= BOUNDS.gradient) continue;
      const surroundings = surroundingsOf(loss, arrays, row, options);
      if (surroundings.isKink) comparison.kinks++;
      else if (error <= allowedError(loss, surroundings)) continue;
      else report(`${reduction}, gradient of row ${row}, relative error`, error, 0);
    }
  }
  return comparison;
}
