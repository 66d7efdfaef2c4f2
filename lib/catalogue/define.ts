/** Makes losses of their cards. */
import { bind } from '../losses/bind';
import { processor } from '../losses/engine';
import type { LossFunction, LossOptions } from '../types';
import type { Card } from './card';
import type { Hyperparameter } from './hyper';

/** The options that come with the shape of rows: a card says of the others what they are. */
type CommonOption = keyof LossOptions | 'format' | 'classes';

/** What a loss's type says of it. */
type Signature<Loss> =
  Loss extends LossFunction<infer Arrays, infer Options, infer Reduced>
    ? { arrays: Arrays; options: Options; reduced: Reduced }
    : never;

/** The options that a loss has of its own. */
type OwnOption<Loss> = Exclude<keyof Signature<Loss>['options'], CommonOption>;

/** The card of a loss of that type: it has exactly the options of the type. */
type CardFor<Loss> = Omit<Card, 'hyper' | 'sameAs'> &
  ([OwnOption<Loss>] extends [never]
    ? { readonly hyper?: never }
    : { readonly hyper: Readonly<Record<OwnOption<Loss>, Hyperparameter>> });

const CARDS = new WeakMap<object, Card>();

function make<Loss>(card: Card): Loss {
  const loss = bind(card, processor);
  CARDS.set(loss, card);
  return loss as Loss;
}

/** The loss that a card describes, on the processor. */
export function defineLoss<Loss>(card: CardFor<Loss>): Loss {
  return make(card as Card);
}

/** Another name of a loss, with whatever else is other than of that. */
export function alias<Loss>(name: string, loss: object, changes?: Pick<Card, 'rows'>): Loss {
  const card = cardOf(loss);
  return make({ ...card, ...changes, name, sameAs: card.name });
}

/** The card of a loss. */
export function cardOf(loss: object): Card {
  const card = CARDS.get(loss);
  if (card === undefined) throw new Error('no loss of the catalogue');
  return card;
}
