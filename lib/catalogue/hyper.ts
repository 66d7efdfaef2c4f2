/**
 * Hyperparameters: the options that a loss has of its own. A number goes to the kernel; a choice
 * selects the kernel.
 */
import { checkFloat, checkPart, checkPositive } from '../check';

export interface NumberOption {
  readonly kind: 'number';
  /** Of a number that calls have to give there is none. */
  readonly default: number | undefined;
  /** Throws unless a value is allowed; returns the number that the kernel gets. */
  readonly check: (where: string, name: string, value: unknown) => number;
  /** The kernel of the same family that computes the loss where float32 has 0 for the number. */
  readonly kernelAtZero: string | undefined;
}

export interface ChoiceOption {
  readonly kind: 'choice';
  /** What each value of the option puts into the type of the formula; the default comes first. */
  readonly formulas: Readonly<Record<string, string>>;
  /** Whether predictions have to be probabilities where the option is not given. */
  readonly impliesProbabilities: boolean;
}

export type Hyperparameter = NumberOption | ChoiceOption;

/** What a kind of number is told of the number. */
interface NumberSettings {
  default?: number;
  kernelAtZero?: string;
}

function number(
  check: NumberOption['check'],
  { default: byDefault, kernelAtZero }: NumberSettings,
): NumberOption {
  return { kind: 'number', default: byDefault, check, kernelAtZero };
}

/** A finite number above 0. */
export const positive = (settings: NumberSettings = {}) => number(checkPositive, settings);

/** A finite number of at least `least`. */
export function atLeast(least: number, settings: NumberSettings = {}): NumberOption {
  const rule = `a finite number of at least ${least}`;
  const isAllowed = (value: number) => value >= least;
  return number((where, name, value) => checkFloat(where, name, value, rule, isAllowed), settings);
}

/** A number from 0 to 1. */
export const part = (settings: NumberSettings = {}) => number(checkPart, settings);

/** One of several formulas. */
export function choice(formulas: ChoiceOption['formulas']): ChoiceOption {
  return { kind: 'choice', formulas, impliesProbabilities: false };
}

/** The option `input`: whether predictions are probabilities or logits. */
export function input(formulas: Record<'probability' | 'logit', string>): ChoiceOption {
  return { kind: 'choice', formulas, impliesProbabilities: true };
}
