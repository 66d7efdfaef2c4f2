/** How errors name a loss and its arguments, and what else the options of all losses depend on. */
import type { Card } from '../catalogue/card';

/** The reductions, by the numbers kernels have for them; the last is not every loss's. */
export const REDUCTIONS = ['mean', 'sum', 'none', 'balanced'] as const;

export interface Names {
  /** The loss. */
  readonly where: string;
  /** The predictions. */
  readonly pred: string;
  readonly predLength: string;
  readonly target: string;
  /** How many rows there are. */
  readonly rowCount: string;
  /** The reductions that the loss has. */
  readonly reductions: readonly string[];
  /** The number of the one that it has by default. */
  readonly reduction: number;
  /** Whether targets are from 0 to 1. */
  readonly fractions: boolean;
}

/** All from one place: see lib/losses/bound.ts. */
export function namesOf({ name, rows }: Card): Names {
  const [pred, target] = Object.keys(rows.arguments);
  const predLength = `${pred}.length`;
  const several = rows.width === 'classes' ? 'the number of rows' : `${predLength} / ${rows.width}`;
  return {
    where: name,
    pred,
    predLength,
    target,
    rowCount: rows.width === 1 ? predLength : several,
    reductions: rows.reductions,
    reduction: REDUCTIONS.indexOf(rows.defaultReduction),
    fractions: rows.fractions,
  };
}
