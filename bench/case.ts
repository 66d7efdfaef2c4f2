/**
 * What the benchmark does with a function: the calls it times and what it holds them against.
 */
import type { AnyLoss } from 'detloss';
import type { Random } from '../test/support/random';
import { gradientError, relativeError, valueError } from './accuracy';
import { bytesRead, drawnAndRepeated, type LossInputs, type OverlapInputs } from './inputs';
import { warmUp, type Call, type Effort } from './measure';

/** Who computes: the addon, and JavaScript by hand in two forms. */
export const CONTENDERS = ['native', 'tuned', 'textbook'] as const;

export type Contender = (typeof CONTENDERS)[number];

/** A function of which nothing but the addon is measured. */
export interface NativeCase {
  name: string;
  /** What its times are divided by the number of: elements of the prediction, boxes, pairs. */
  unit: Unit;
  /** The calls to measure, on inputs of about `size` units. */
  prepare(size: number, next: Random): NativePass[];
}

/** A function to measure. */
export interface Case extends NativeCase {
  prepare(size: number, next: Random): Pass[];
}

export type Unit = 'element' | 'box' | 'pair';

/** One line of a table. */
export interface NativePass {
  computes: 'value' | 'value + gradient';
  /** How many units the inputs came to. */
  count: number;
  /** The bytes that have to be read and written once. */
  bytes: { read: number; written: number };
  /** On one thread. */
  calls: { native: Call };
  /** The addon on as many threads as it takes. */
  together: Call;
}

/** The same with JavaScript. */
export interface Pass extends NativePass {
  calls: Record<Contender, Call>;
  /** Runs all of them and compares them with detloss/reference. */
  errors(): Errors;
}

/**
 * Has the engine compile all contenders, by calls that should be small. Where V8 first meets a function
 * in a large call, it compiles the loop on the stack and may leave the function interpreted that small
 * calls enter by.
 */
export function compile(passes: readonly Pass[], { warmUp: milliseconds }: Effort): void {
  for (const { calls, together } of passes) {
    for (const contender of CONTENDERS) warmUp(calls[contender], milliseconds);
    warmUp(together, milliseconds);
  }
}

function isEmpty(options: object): boolean {
  return Object.keys(options).length === 0;
}

/** The largest errors over all rows. */
export interface Errors {
  /** Of the addon's value of a row, in units of the last place. */
  value: number;
  /** Of the addon's gradient, relative to the largest component of its row. */
  gradient?: number;
  /** Of all that a function in JavaScript returns and writes, relative. */
  tuned: number;
  textbook: number;
}

type Function = (...args: unknown[]) => unknown;

/** The functions of a family by name. Their arguments are what the case's inputs hold. */
type Functions = Readonly<Record<string, (...args: never[]) => unknown>>;

/** A family as everyone has it. */
export interface Family<Names extends Functions> extends Record<Contender, Functions> {
  native: Names;
  reference: Functions;
}

type NameOf<Names> = keyof Names & string;

function find(functions: Functions, name: string): Function {
  if (!(name in functions)) throw new Error(`no function ${name}`);
  return functions[name] as Function;
}

/** Another case of a loss that has one already. */
export interface Variant {
  /** What the table calls it. */
  note: string;
  /** What the names of the functions in JavaScript end with. */
  suffix: string;
  /** Options of the package's function and of the reference. */
  options?: object;
}

/**
 * Makes the cases of a family's losses: by value, and by value and gradient, with the default
 * reduction. In JavaScript a loss takes the arrays, the weight if there is one and, by the name with
 * `Gradient`, the array that receives the gradient, and returns the loss.
 */
export function lossFamily<Names extends Functions>(
  family: string,
  unit: 'element' | 'box',
  functions: Family<Names>,
) {
  return (
    name: NameOf<Names>,
    make: (size: number, next: Random) => LossInputs,
    { note, suffix, options }: Variant = { note: '', suffix: '' },
  ): Case => {
    const [native, reference] = [functions.native, functions.reference].map(
      (all) => find(all, name) as (...args: unknown[]) => AnyLoss,
    );
    const [tuned, textbook] = [functions.tuned, functions.textbook].map((all) => ({
      value: find(all, name + suffix),
      gradient: find(all, `${name}${suffix}Gradient`),
    }));
    const prepare = (size: number, next: Random): Pass[] => {
      const inputs = drawnAndRepeated(make, size, next);
      const { arrays, width, weight, grad } = inputs;
      const given = weight === undefined ? options : { ...options, weight };
      const handed = weight === undefined ? arrays : [...arrays, weight];

      const errors = (calls: Pass['calls'], gradient: boolean): Errors => {
        const byRow = { ...given, reduction: 'none' };
        const rows = reference(...arrays, { ...byRow, grad: true });
        const { losses = [] } = native(...arrays, gradient ? { ...byRow, grad } : byRow);
        const value = valueError(losses, rows.losses ?? []);
        const own = gradient ? gradientError(grad, rows.grad ?? [], width) : undefined;

        const reduced = reference(...arrays, { ...given, grad: true });
        const javaScript = (contender: 'tuned' | 'textbook') => {
          grad.fill(NaN);
          const error = relativeError(calls[contender]() as number, reduced.loss ?? NaN);
          if (!gradient) return error;
          return Math.max(error, gradientError(grad, reduced.grad ?? [], width));
        };
        return {
          value,
          gradient: own,
          tuned: javaScript('tuned'),
          textbook: javaScript('textbook'),
        };
      };
      const pass = (
        computes: Pass['computes'],
        output: { grad?: Float32Array },
        javaScript: Pick<Pass['calls'], 'tuned' | 'textbook'>,
      ): Pass => {
        // Not by spreading: of such objects V8 lists the names anew at every call.
        const together = Object.assign({}, given, output);
        const calls = {
          native: native.bind(undefined, ...arrays, { ...together, threads: 1 }),
          ...javaScript,
        };
        return {
          computes,
          count: unit === 'box' ? grad.length / width : grad.length,
          bytes: { read: bytesRead(inputs), written: output.grad?.byteLength ?? 0 },
          calls,
          together: native.bind(undefined, ...arrays, ...(isEmpty(together) ? [] : [together])),
          errors: () => errors(calls, computes !== 'value'),
        };
      };
      return [
        pass(
          'value',
          {},
          {
            tuned: tuned.value.bind(undefined, ...handed),
            textbook: textbook.value.bind(undefined, ...handed),
          },
        ),
        pass(
          'value + gradient',
          { grad },
          {
            tuned: tuned.gradient.bind(undefined, ...handed, grad),
            textbook: textbook.gradient.bind(undefined, ...handed, grad),
          },
        ),
      ];
    };
    return { name: `${family}.${name}${note && `, ${note}`}`, unit, prepare };
  };
}

/**
 * Below this, errors of an overlap count as those of a number just below 1. Boxes that barely meet
 * have an overlap whose own last place is far beyond that of their coordinates.
 */
const NEAR_ONE = 0.5;

/**
 * Makes the cases of measures of overlap, which have no gradient. In JavaScript they take both
 * arrays and the one that receives the overlaps.
 */
export function overlapFamily<Names extends Functions>(functions: Family<Names>) {
  return (name: NameOf<Names>, make: (size: number, next: Random) => OverlapInputs): Case => {
    const native = find(functions.native, name);
    const reference = find(functions.reference, name);
    const tuned = find(functions.tuned, name);
    const textbook = find(functions.textbook, name);
    const prepare = (size: number, next: Random): Pass[] => {
      const { a, b, out } = make(size, next);
      const calls = {
        native: native.bind(undefined, a, b, { out, threads: 1 }),
        tuned: tuned.bind(undefined, a, b, out),
        textbook: textbook.bind(undefined, a, b, out),
      };
      const errors = () => {
        const exact = reference(a, b) as Float64Array;
        const ulps = (call: Call, least?: number) => {
          out.fill(NaN);
          call();
          return valueError(out, exact, least);
        };
        return {
          value: ulps(calls.native, NEAR_ONE),
          tuned: ulps(calls.tuned) * 2 ** -23,
          textbook: ulps(calls.textbook) * 2 ** -23,
        };
      };
      const bytes = { read: a.byteLength + b.byteLength, written: out.byteLength };
      const together = native.bind(undefined, a, b, { out });
      return [{ computes: 'value', count: out.length, bytes, calls, together, errors }];
    };
    return { name: `overlap.${name}`, unit: 'pair', prepare };
  };
}
