/** The losses that are other names of losses of the table. */
import * as box from '../../lib/catalogue/box';
import * as category from '../../lib/catalogue/category';
import { cardOf } from '../../lib/catalogue/define';
import * as objectness from '../../lib/catalogue/objectness';
import * as regression from '../../lib/catalogue/regression';

export interface Alias {
  name: string;
  /** The loss that it is another name of. */
  sameAs: string;
}

export const ALIASES: readonly Alias[] = [box, category, objectness, regression]
  .flatMap((family) => Object.values<object>(family))
  .map(cardOf)
  .flatMap(({ name, sameAs }) => (sameAs === undefined ? [] : [{ name, sameAs }]));
