/** The losses that are other names of losses of the table. */
import { CARDS } from '../support/cards';

export interface Alias {
  name: string;
  /** The loss that it is another name of. */
  sameAs: string;
}

export const ALIASES: readonly Alias[] = CARDS.flatMap(({ name, sameAs }) =>
  sameAs === undefined ? [] : [{ name, sameAs }],
);
