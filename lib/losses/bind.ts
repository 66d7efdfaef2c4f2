/** Makes a loss's function for an engine. */
import type { NativeShape } from '../catalogue/rows';
import type { Card } from '../catalogue/card';
import { boundLoss, type BoundLoss } from './bound';
import { classLoss, labelLoss } from './classes';
import type { Engine } from './engine';
import { anchoredBoxLoss, boxLoss, cellLoss, elementLoss, logitPairLoss } from './rows';

type AnyFunction = (...args: never[]) => unknown;

const ENTRIES: Record<NativeShape, (loss: BoundLoss<never>) => AnyFunction> = {
  Elements: elementLoss,
  SidedElements: elementLoss,
  LogitPairs: logitPairLoss,
  Boxes: boxLoss,
  AnchoredBoxes: anchoredBoxLoss,
  Cells: cellLoss,
  Classes: classLoss,
  Softmax: labelLoss,
};

export function bind(card: Card, engine: Engine): AnyFunction {
  const call = ENTRIES[card.rows.native](boundLoss(card, engine));
  const [, name] = card.name.split('.');
  return Object.defineProperty(call, 'name', { value: name, configurable: true });
}
