/** Errors of whole detectors' losses. */
import { reducedError } from './agreement';

/** The largest errors of a total and its terms, each by itself, and of a gradient, by its row. */
export interface Errors {
  total: number;
  gradient: number;
}

/** The largest error of numbers by the numbers of the same names expected. */
export function relativeErrors(actual: object, expected: object): number {
  const errors = Object.entries(expected).map(([name, number]) =>
    reducedError(actual[name as never] as number, number as number),
  );
  return Math.max(0, ...errors);
}

export function worstOf(errors: readonly Errors[]): Errors {
  return {
    total: Math.max(...errors.map(({ total }) => total)),
    gradient: Math.max(...errors.map(({ gradient }) => gradient)),
  };
}
