/**
 * A loss's card: all that is known of the loss but its formula. Its function, checks, kernels,
 * promised and tensor forms and its row of the test table are made from it.
 */
import type { LossOptions } from '../types';
import type { Hyperparameter } from './hyper';
import type { RowShape } from './rows';

export interface Card {
  /** Such as `box.ciou`. */
  readonly name: string;
  readonly rows: RowShape;
  /** The options it has of its own; numbers are in the order of the formula's members. */
  readonly hyper?: Readonly<Record<string, Hyperparameter>>;
  /** The formula's C++ type, in which `{alpha}` is what the choice of `alpha` puts there. */
  readonly formula: string;
  /** The file in native/formulas that has it, without `.h`. */
  readonly header: string;
  /** The loss that this one is another name of. It has the kernels. */
  readonly sameAs?: string;
}

/** The options that all calls of a loss of so many classes, or of boxes, have. */
export const LOSS_OPTIONS = ['reduction', 'weight', 'grad', 'out', 'threads'] as const;

/** The names of the options of a loss, its own ones first. */
export function optionNamesOf({ rows, hyper }: Card): string[] {
  const takesClasses = Object.values(rows.arguments).includes('labels or like prediction');
  return [
    ...Object.keys(hyper ?? {}),
    ...(takesClasses ? ['classes'] : []),
    ...(rows.formats.length > 0 ? ['format'] : []),
    ...LOSS_OPTIONS,
  ];
}

/** The options that a row's shape brings: of the rest a card has to say what they are. */
export type ShapeOption = keyof LossOptions | 'format' | 'classes';

/** The family and the name within it. */
export function pathOf({ name }: Pick<Card, 'name'>): [family: string, name: string] {
  return name.split('.') as [string, string];
}

/** A value for each of a card's choices. */
export type Choices = Readonly<Record<string, string>>;

/** A kernel of a loss. */
export interface KernelCard {
  readonly name: string;
  /** The formula's C++ type. */
  readonly formula: string;
}

/**
 * The kernel for some values of a loss's choices. Its name is the loss's, followed by every value that
 * is not the default.
 */
export function kernelOf(
  { name, sameAs, rows, hyper = {}, formula }: Card,
  chosen: Choices,
): KernelCard {
  let [, kernel] = pathOf({ name: sameAs ?? name });
  let type = formula;
  for (const [option, value] of Object.entries(chosen)) {
    const { formulas } = hyper[option] as Extract<Hyperparameter, { kind: 'choice' }>;
    if (value !== Object.keys(formulas)[0]) kernel += value[0].toUpperCase() + value.slice(1);
    type = type.replaceAll(`{${option}}`, formulas[value]);
  }
  if (rows.over === 'sum') type = `SumOverClasses<${type}>`;
  if (rows.over === 'mean') type = `MeanOverClasses<${type}>`;
  return { name: kernel, formula: type };
}

/** Every combination of values of a loss's choices, the defaults first. */
export function choicesOf({ hyper = {} }: Card): Choices[] {
  return Object.entries(hyper).reduce<Choices[]>(
    (all, [name, option]) =>
      option.kind === 'number'
        ? all
        : all.flatMap((chosen) =>
            Object.keys(option.formulas).map((value) => ({ ...chosen, [name]: value })),
          ),
    [{}],
  );
}
