/**
 * The losses of the catalogue that have no twin in JavaScript: what is measured of them follows from
 * their cards.
 */
import * as detloss from 'detloss';
import type { Card } from '../lib/catalogue/card';
import type { NativeShape } from '../lib/catalogue/rows';
import { CARDS } from '../test/support/cards';
import type { Random } from '../test/support/random';
import type { NativeCase, NativePass } from './case';
import { CASES } from './cases';
import * as inputs from './inputs';

type Loss = (...args: unknown[]) => unknown;
type Make = (size: number, next: Random) => inputs.LossInputs;

const INPUTS: Readonly<Record<NativeShape, Make>> = {
  Elements: inputs.elements,
  SidedElements: inputs.logits,
  LogitPairs: inputs.twoLogits,
  Boxes: inputs.boxes,
  AnchoredBoxes: inputs.anchored,
  Cells: inputs.cells,
  Classes: inputs.labelled(80),
  Softmax: inputs.labelled(81),
};

function caseOf({ name, rows, hyper = {} }: Card): NativeCase {
  const [family, member] = name.split('.');
  const families = detloss as unknown as Record<string, Record<string, Loss>>;
  const loss = families[family][member];
  const options = 'input' in hyper ? { input: 'logit' } : {};
  const unit = rows.formats.length > 0 ? 'box' : 'element';
  return {
    name,
    unit,
    prepare: (size, next) => {
      const all = inputs.drawnAndRepeated(INPUTS[rows.native], size, next);
      const { arrays, width, grad } = all;
      const pass = (computes: NativePass['computes'], output: { grad?: Float32Array }) => {
        const call = (more: object) =>
          loss.bind(undefined, ...arrays, { ...options, ...output, ...more });
        return {
          computes,
          count: unit === 'box' ? grad.length / width : grad.length,
          bytes: { read: inputs.bytesRead(all), written: output.grad?.byteLength ?? 0 },
          calls: { native: call({ threads: 1 }) },
          together: call({}),
        };
      };
      return [pass('value', {}), pass('value + gradient', { grad })];
    },
  };
}

const MEASURED = new Set(CASES.map(({ name }) => name.split(',')[0]));

export const ALONE: readonly NativeCase[] = CARDS.filter(
  ({ name, sameAs }) => sameAs === undefined && !MEASURED.has(name),
).map(caseOf);
