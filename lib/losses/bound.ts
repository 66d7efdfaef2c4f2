/**
 * What is known of a loss before it is called, and what a call's own options make of that.
 *
 * All losses of a row shape are closures made at one place, and share what V8 learns there. So every
 * object here is made at one place too, with the same properties for every loss: of objects that
 * differ V8 would have to look where each of their properties is.
 */
import { kernelOf, optionNamesOf, pathOf, type Card, type Choices } from '../catalogue/card';
import type { ChoiceOption, NumberOption } from '../catalogue/hyper';
import { OWN_OPTIONS } from '../catalogue/option-names';
import type { Hyper } from '../kernels';
import type { Engine } from './engine';
import { namesOf, type Names } from './names';

/** One of the ways to compute a loss, which the values of its choices select. */
export interface Way<Kernel> {
  readonly engine: Engine;
  readonly family: string;
  /** The kernel's name in its family. */
  readonly name: string;
  /** There once it has been looked up. */
  kernel: Kernel | undefined;
  /** Whether predictions have to be probabilities. */
  readonly probabilities: boolean;
}

/** An option that is one of several values. */
export interface Choice {
  readonly name: string;
  /** Its place in OWN_OPTIONS. */
  readonly place: number;
  readonly values: readonly string[];
  /** The loss's other choices. */
  readonly next: Choice | undefined;
}

/** An option that is a number. */
export interface NumberRule {
  readonly name: string;
  /** Its place in OWN_OPTIONS. */
  readonly place: number;
  readonly default: number | undefined;
  readonly check: NumberOption['check'];
  /** The loss's other numbers. */
  readonly next: NumberRule | undefined;
}

/** The place of a loss's own option, where there are several: that of all options together. */
export const SEVERAL = -1;

/** Options by their names. */
export type Options = Readonly<Record<string, unknown>>;

/** A loss on an engine. */
export interface BoundLoss<Kernel> {
  readonly names: Names;
  /** The names of its options. */
  readonly options: readonly string[];
  /** The same names, the most used first. */
  readonly sought: readonly string[];
  /** Whether a row's loss is the mean of its classes' terms. */
  readonly isMeanOfClasses: boolean;
  /** Whether it has options of its own. */
  readonly hasOwn: boolean;
  /** The place of its own option in OWN_OPTIONS, or SEVERAL. */
  readonly place: number;
  /** Stands for absent options where calls have to give a number: an object without properties. */
  readonly noOptions: Options | undefined;
  /** The way of calls that give none of its own options. */
  readonly way: Way<Kernel>;
  /** The numbers of calls that give none; not there if it has none, or calls have to give one. */
  readonly hyper: Hyper | undefined;
  /** Whether its own options select the way. */
  readonly selects: boolean;
  readonly choice: Choice | undefined;
  readonly number: NumberRule | undefined;
  /** The ways for all values of its choices. Each may also be absent, which comes first. */
  readonly ways: readonly Way<Kernel>[];
  /** The second value of its sole choice: whoever gives one rarely gives the default, which is first. */
  readonly otherValue: string | undefined;
  /** The way for that. */
  readonly otherWay: Way<Kernel>;
  /** The way where its number is 0, if that is another. */
  readonly wayAtZero: Way<Kernel> | undefined;
}

const NO_OPTIONS: Options = Object.freeze(Object.create(null) as Options);

/** The place of an option in OWN_OPTIONS; of one that is new there, beyond its end. */
function placeOf(name: string): number {
  const place = OWN_OPTIONS.indexOf(name);
  return place < 0 ? OWN_OPTIONS.length : place;
}

function choicesFrom([first, ...others]: [string, ChoiceOption][]): Choice | undefined {
  if (first === undefined) return undefined;
  const [name, { formulas }] = first;
  const values = Object.keys(formulas);
  return { name, place: placeOf(name), values, next: choicesFrom(others) };
}

function numbersFrom([first, ...others]: [string, NumberOption][]): NumberRule | undefined {
  if (first === undefined) return undefined;
  const [name, option] = first;
  return {
    name,
    place: placeOf(name),
    default: option.default,
    check: option.check,
    next: numbersFrom(others),
  };
}

/** Values of choices, and whether predictions have to be probabilities. */
interface Combination {
  readonly chosen: Choices;
  readonly probabilities: boolean;
}

/** All values of choices, of which each may also be absent. */
function combinations(choices: readonly [string, ChoiceOption][]): Combination[] {
  return choices.reduce<Combination[]>(
    (all, [name, { formulas, impliesProbabilities }]) => {
      const values = Object.keys(formulas);
      return all.flatMap(({ chosen, probabilities }) => [
        {
          chosen: { ...chosen, [name]: values[0] },
          probabilities: probabilities || impliesProbabilities,
        },
        ...values.map((value) => ({ chosen: { ...chosen, [name]: value }, probabilities })),
      ]);
    },
    [{ chosen: {}, probabilities: false }],
  );
}

export function boundLoss<Kernel>(card: Card, engine: Engine): BoundLoss<Kernel> {
  const [family] = pathOf(card);
  const own = Object.entries(card.hyper ?? {});
  const choices = own.filter(
    (entry): entry is [string, ChoiceOption] => entry[1].kind === 'choice',
  );
  const numbers = own.filter(
    (entry): entry is [string, NumberOption] => entry[1].kind === 'number',
  );
  const defaults = numbers.flatMap(([, option]) => option.default ?? []);
  const isComplete = defaults.length === numbers.length;
  const wayBy = (name: string, probabilities: boolean): Way<Kernel> => ({
    engine,
    family,
    name,
    kernel: undefined,
    probabilities,
  });
  const ways = combinations(choices).map(({ chosen, probabilities }) =>
    wayBy(kernelOf(card, chosen).name, probabilities),
  );
  const [other] = own.length === 1 ? choices : [];
  const kernelAtZero = numbers[0]?.[1].kernelAtZero;
  return {
    names: namesOf(card),
    options: optionNamesOf(card),
    sought: [
      ...new Set([
        'grad',
        ...own.map(([name]) => name),
        'weight',
        'reduction',
        ...optionNamesOf(card),
      ]),
    ],
    isMeanOfClasses: card.rows.over === 'mean',
    hasOwn: own.length > 0,
    place: own.length === 1 && isComplete ? placeOf(own[0][0]) : SEVERAL,
    noOptions: isComplete ? undefined : NO_OPTIONS,
    way: ways[0],
    hyper: isComplete ? (defaults.length > 1 ? defaults : defaults[0]) : undefined,
    selects: choices.length > 0 || kernelAtZero !== undefined,
    choice: choicesFrom(choices),
    number: numbersFrom(numbers),
    ways,
    otherValue: other && Object.keys(other[1].formulas)[1],
    otherWay: ways[2] ?? ways[0],
    wayAtZero: kernelAtZero === undefined ? undefined : wayBy(kernelAtZero, false),
  };
}

/** The kernel of a way, which is looked up once. */
export function kernelFor<Kernel>(way: Way<Kernel>): Kernel {
  return way.kernel ?? lookUp(way);
}

function lookUp<Kernel>(way: Way<Kernel>): Kernel {
  return (way.kernel = way.engine.kernel(way.family, way.name) as Kernel);
}
