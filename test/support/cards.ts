/** The cards of all losses. */
import { choicesOf, kernelOf, pathOf, type Card } from '../../lib/catalogue/card';
import type { Role } from '../../lib/catalogue/rows';
import * as box from '../../lib/catalogue/box';
import * as category from '../../lib/catalogue/category';
import { cardOf } from '../../lib/catalogue/define';
import * as objectness from '../../lib/catalogue/objectness';
import * as regression from '../../lib/catalogue/regression';

/** The families of losses, by their names. */
export const FAMILIES = { box, category, objectness, regression };

export const CARDS: readonly Card[] = Object.values(FAMILIES)
  .flatMap((family) => Object.values<object>(family))
  .map(cardOf);

/** A kernel of the addon, and the loss that it computes. */
export interface KernelOfLoss {
  family: string;
  name: string;
  card: Card;
}

/** The kernels of all losses, one for each choice of their options. */
export const KERNELS: readonly KernelOfLoss[] = CARDS.filter(
  ({ sameAs }) => sameAs === undefined,
).flatMap((card) =>
  choicesOf(card).map((chosen) => ({
    family: pathOf(card)[0],
    name: kernelOf(card, chosen).name,
    card,
  })),
);

/** Whether a loss has an argument of that role. */
export function takes({ rows }: Card, role: Role): boolean {
  return Object.values(rows.arguments).includes(role);
}

/** Some number for each of a loss's own that are numbers, as kernels are given them. */
export function someHyper({ hyper = {} }: Card, value = 1): number | number[] {
  const numbers = Object.values(hyper).filter(({ kind }) => kind === 'number');
  return numbers.length < 2 ? value : numbers.map(() => value);
}
