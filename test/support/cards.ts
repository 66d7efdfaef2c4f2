/** The cards of all losses. */
import type { Card } from '../../lib/catalogue/card';
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
