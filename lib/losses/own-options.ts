/** The options that a loss has of its own, as a call gives them. */
import { ownOption } from '../catalogue/option-names';
import { choose } from '../check';
import type { Hyper } from '../kernels';
import { checkOptions } from '../options';
import {
  SEVERAL,
  type BoundLoss,
  type Choice,
  type NumberRule,
  type Options,
  type Way,
} from './bound';

/**
 * What a call gives of the loss's own options: the value of the one there is, or all options where the
 * loss has several of its own. Nothing where they have their defaults.
 */
export function ownOf(loss: BoundLoss<unknown>, options: Options | undefined): unknown {
  return options !== undefined && loss.hasOwn ? ownOption(options, loss.place) : undefined;
}

/** A call's options once their names have been checked; none where it gives none and needs none. */
export function optionsOf<O extends object>(
  loss: BoundLoss<unknown>,
  options: O | undefined,
): O | undefined {
  const given = options === undefined ? (loss.noOptions as O | undefined) : options;
  return given === undefined
    ? undefined
    : checkOptions(loss.names.where, given, loss.options, loss.sought);
}

/** The numbers of a call that gives `own`. */
export function hyperOf(loss: BoundLoss<unknown>, own: unknown): Hyper | undefined {
  return own === undefined || loss.number === undefined ? loss.hyper : hyperFrom(loss, own);
}

function hyperFrom({ names, number, place }: BoundLoss<unknown>, own: unknown): Hyper {
  const first = number!;
  if (place !== SEVERAL) return first.check(names.where, first.name, own);
  const value = numberOf(names.where, first, own as Options);
  return first.next === undefined ? value : numbersOf(names.where, first, own as Options, value);
}

function numberOf(where: string, rule: NumberRule, options: Options): number {
  const value = ownOption(options, rule.place);
  return value === undefined && rule.default !== undefined
    ? rule.default
    : rule.check(where, rule.name, value);
}

function numbersOf(
  where: string,
  { next }: NumberRule,
  options: Options,
  first: number,
): readonly number[] {
  const numbers = [first];
  for (let rule = next; rule !== undefined; rule = rule.next) {
    numbers.push(numberOf(where, rule, options));
  }
  return numbers;
}

/** The way that is selected by a call that gives `own`, of which `hyper` are the numbers. */
export function wayOf<Kernel>(
  loss: BoundLoss<Kernel>,
  own: unknown,
  hyper: Hyper | undefined,
): Way<Kernel> {
  if (own === undefined || !loss.selects) return loss.way;
  return own === loss.otherValue ? loss.otherWay : selectWay(loss, own, hyper);
}

function selectWay<Kernel>(
  loss: BoundLoss<Kernel>,
  own: unknown,
  hyper: Hyper | undefined,
): Way<Kernel> {
  const { choice, ways, wayAtZero } = loss;
  if (wayAtZero !== undefined) return Math.fround(hyper as number) === 0 ? wayAtZero : loss.way;
  const { where } = loss.names;
  const first = choice!;
  if (loss.place !== SEVERAL) return ways[stepOf(where, first, own)];
  const step = stepOf(where, first, ownOption(own as Options, first.place));
  return ways[first.next === undefined ? step : stepsOf(where, first, own as Options, step)];
}

/** 0 where a choice's value is absent, and otherwise one more than the place of the value. */
function stepOf(where: string, { name, values }: Choice, value: unknown): number {
  return value === undefined ? 0 : 1 + choose(where, name, value, values);
}

/** The place of the way for the values of all choices. */
function stepsOf(where: string, { next }: Choice, options: Options, first: number): number {
  let place = first;
  for (let choice = next; choice !== undefined; choice = choice.next) {
    const step = stepOf(where, choice, ownOption(options, choice.place));
    place = place * (choice.values.length + 1) + step;
  }
  return place;
}
