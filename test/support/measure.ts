/** Measures losses over rows, from the usual to the extreme, on every instruction set. */
import { native } from '../../lib/binding';
import { formatOptions, isOverlap, type Arrays, type LossCase } from '../losses/table';
import {
  allowedError,
  BOUNDS,
  conditionOf,
  gradientError,
  isOfDifferences,
  lossError,
  reducedError,
  surroundingsOf,
  ulp,
  type Surroundings,
} from './agreement';
import type { Numbers } from './close';
import type { Figures } from './figures';
import { random } from './random';
import type { BoxFormat } from '../../lib/types';

/** What half an ULP of a row's inputs may change for the row to be well conditioned. */
const WELL = { ulps: BOUNDS.ulps, gradient: BOUNDS.gradient / 10 };

/** How many wrong rows are enough to show what is wrong. */
const FEW = 5;

/** What was measured of a loss. */
export interface Measured {
  rows: number;
  /** Rows whose gradient was not compared, being beside a kink. */
  kinks: number;
  /** Rows whose loss is well conditioned, of those that were looked at. */
  share: number;
  targets: Record<string, Figures>;
  wrong: string[];
}

/** A call, the reference's results, and what about its rows takes long to find out. */
class Sample {
  readonly rows: number;
  readonly losses: Numbers;
  readonly grad: Numbers;
  readonly mean: number;
  private readonly conditions = new Map<number, number>();
  private readonly surroundings = new Map<number, Surroundings>();

  constructor(
    readonly loss: LossCase,
    readonly kind: string,
    readonly arrays: Arrays,
    readonly options: { format?: BoxFormat },
  ) {
    this.rows = arrays[0].length / loss.width;
    const { losses, grad } = loss.reference(arrays, { ...options, reduction: 'none', grad: true });
    this.losses = losses!;
    this.grad = grad!;
    this.mean = losses!.reduce((a, b) => a + b, 0) / this.rows;
  }

  conditionOf(row: number): number {
    return remembered(this.conditions, row, () =>
      conditionOf(this.loss, this.arrays, row, this.options),
    );
  }

  surroundingsOf(row: number): Surroundings {
    return remembered(this.surroundings, row, () =>
      surroundingsOf(this.loss, this.arrays, row, this.options),
    );
  }

  /** Whether the ends of boxes are numbers of the row: then there is no doubt which is beyond which. */
  get hasEnds(): boolean {
    const { format } = this.options;
    return isOverlap(this.loss.card) && (format === 'xyxy' || format === 'tlbr');
  }

  /** Words for a row that is wrong. */
  describe(row: number): string {
    const numbers = this.arrays
      .filter((array): array is Float32Array => ArrayBuffer.isView(array))
      .map((array) => {
        const width = array.length / this.rows;
        return `[${Array.from(array.subarray(row * width, (row + 1) * width)).join(', ')}]`;
      });
    const { format } = this.options;
    return [this.loss.title, this.kind, format, ...numbers].filter(Boolean).join(' ');
  }
}

function remembered<Value>(known: Map<number, Value>, key: number, find: () => Value): Value {
  const value = known.get(key) ?? find();
  known.set(key, value);
  return value;
}

/** Measures one call on the instruction set in use, into `worst`. */
function measureCall(
  sample: Sample,
  worst: Required<Pick<Figures, 'loss' | 'gradient' | 'reduced'>>,
) {
  const { loss, arrays, options, rows } = sample;
  const actual = loss.native(arrays, { ...options, reduction: 'none', grad: true });
  const wrong: string[] = [];
  let kinks = 0;
  for (let row = 0; row < rows && wrong.length < FEW; row++) {
    const error = lossError(actual.losses![row], sample.losses[row]);
    if (!(error <= worst.loss)) {
      const condition = sample.conditionOf(row);
      if (condition <= WELL.ulps) worst.loss = Math.max(worst.loss, error);
      if (!(error <= BOUNDS.ulps + condition)) {
        wrong.push(`${error} ULP: ${sample.describe(row)}`);
      }
    }
    const slope = gradientError(actual.grad!, sample.grad, row, loss.width);
    if (slope <= worst.gradient) continue;
    const surroundings = sample.surroundingsOf(row);
    if (surroundings.isKink && !sample.hasEnds) {
      kinks++;
    } else if (!(slope <= allowedError(loss, surroundings))) {
      wrong.push(`gradient off by ${slope}: ${sample.describe(row)}`);
    } else if (isOfDifferences(loss) || surroundings.movement <= WELL.gradient) {
      worst.gradient = slope;
    }
  }
  const { loss: mean } = loss.native(arrays, { ...options, reduction: 'mean' });
  const reduced = reducedError(mean!, sample.mean);
  if (reduced <= BOUNDS.reduced) worst.reduced = Math.max(worst.reduced, reduced);
  else if (isOfDifferences(loss) || !(reduced <= BOUNDS.reduced + conditionOfMean(sample))) {
    wrong.push(`mean off by ${reduced}: ${[loss.title, sample.kind, options.format].join(' ')}`);
  }
  return { wrong, kinks };
}

/** What half an ULP of the inputs, and 4 ULP of ill-conditioned rows, can make of the mean. */
function conditionOfMean(sample: Sample): number {
  const moved = Array.from({ length: sample.rows }, (_, row) => {
    return (BOUNDS.ulps + sample.conditionOf(row)) * ulp(sample.losses[row]);
  });
  return moved.reduce((a, b) => a + b, 0) / (sample.mean * sample.rows);
}

/** Rows of a call: what takes long of a row takes the longer the more there are. */
const ROWS_PER_CALL = 250;

/** Calls of a loss with so many rows in all, divided among every kind of input in every format. */
function samplesOf(loss: LossCase, all: number): Sample[] {
  const kinds = Object.entries({ ...loss.inputs, ...loss.extremes });
  const formats = formatOptions(loss);
  const rows = Math.max(3, Math.ceil(all / kinds.length / formats.length));
  const calls = Math.ceil(rows / ROWS_PER_CALL);
  return formats.flatMap((options, k) =>
    kinds.flatMap(([kind, make], at) => {
      const next = random(1000 * at + k);
      return Array.from({ length: calls }, () => {
        const arrays = make(next, Math.ceil(rows / calls), options.format ?? 'yxhw');
        return new Sample(loss, kind, arrays, options);
      });
    }),
  );
}

/** Measures the cases of a function, each with so many rows. */
export function measure(
  cases: readonly LossCase[],
  targets: readonly string[],
  rowsOf: (loss: LossCase) => number,
): Measured {
  const samples = cases.flatMap((loss) => samplesOf(loss, rowsOf(loss)));
  // Of each usual call a few rows tell how many are well conditioned.
  const probes = samples
    .filter(({ loss, kind }) => kind in loss.inputs)
    .flatMap((sample) => [0, 1].map((row) => sample.conditionOf(row)));
  const result: Measured = {
    rows: samples.reduce((sum, { rows }) => sum + rows, 0),
    kinks: 0,
    share: probes.filter((condition) => condition <= WELL.ulps).length / probes.length,
    targets: {},
    wrong: [],
  };
  for (const target of targets) {
    native.useTarget(target);
    const worst = { loss: 0, gradient: 0, reduced: 0 };
    for (const sample of samples) {
      const { wrong, kinks } = measureCall(sample, worst);
      result.wrong.push(...wrong.map((words) => `${target}: ${words}`));
      result.kinks += kinks;
    }
    result.targets[target] = worst;
  }
  native.useTarget();
  return result;
}
