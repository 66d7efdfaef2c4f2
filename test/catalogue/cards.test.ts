/** What a card makes of calls, on an engine that records what its kernels are given. */
import type { Card } from '../../lib/catalogue/card';
import { defineLoss } from '../../lib/catalogue/define';
import {
  atLeast,
  choice,
  input,
  part,
  positive,
  type Hyperparameter,
} from '../../lib/catalogue/hyper';
import { boxes, classes, elements } from '../../lib/catalogue/rows';
import { bind } from '../../lib/losses/bind';
import type { LossOptions, PairLoss } from '../../lib/types';
import { floats } from '../support/random';
import { thrownBy } from '../support/refusals';

type Call = (...args: unknown[]) => unknown;

/** The name of the kernel of a loss's call, the numbers that the kernel gets, and whether it asks for probabilities. */
function recorded(hyper: Record<string, Hyperparameter>, more: Partial<Card> = {}) {
  const calls: unknown[] = [];
  const card: Card = {
    name: 'regression.some',
    rows: elements(),
    hyper,
    formula: 'Some',
    header: 'some',
    ...more,
  };
  const engine = {
    kernel: (family: string, name: string) => {
      const isClass = family === 'category';
      return ((...args: unknown[]) => {
        calls.push([`${family}.${name}`, args[isClass ? 9 : 5], args[isClass ? 10 : 12]]);
        return 0;
      }) as never;
    },
  };
  const loss = bind(card, engine) as unknown as Call;
  const call = (options?: object) => {
    calls.length = 0;
    loss(floats(1), floats(1), options);
    return calls[0];
  };
  return { call, loss };
}

describe('numbers', () => {
  test('none, and one by itself', () => {
    expect(recorded({}).call()).toEqual(['regression.some', undefined, false]);
    const { call } = recorded({ delta: positive({ default: 2 }) });
    expect(call()).toEqual(['regression.some', 2, false]);
    expect(call({})).toEqual(['regression.some', 2, false]);
    expect(call({ delta: undefined })).toEqual(['regression.some', 2, false]);
    expect(call({ delta: 3 })).toEqual(['regression.some', 3, false]);
    expect(call({ delta: 1e-60 })).toEqual(['regression.some', 2 ** -149, false]);
  });

  test('several, in the order of the card', () => {
    const { call } = recorded({
      delta: positive({ default: 2 }),
      beta: atLeast(1, { default: 4 }),
      alpha: part({ default: 0.5 }),
    });
    expect(call()).toEqual(['regression.some', [2, 4, 0.5], false]);
    expect(call({ reduction: 'sum' })).toEqual(['regression.some', [2, 4, 0.5], false]);
    expect(call({ alpha: 1, beta: 3 })).toEqual(['regression.some', [2, 3, 1], false]);
    expect(thrownBy(() => call({ beta: 0.5 }))).toBe(
      'RangeError: regression.some: expected beta to be a finite number of at least 1, got 0.5',
    );
    expect(thrownBy(() => call({ alpha: 2 }))).toBe(
      'RangeError: regression.some: expected alpha to be a number from 0 to 1, got 2',
    );
  });

  test('those that calls have to give', () => {
    const { call } = recorded({ delta: positive(), beta: positive({ default: 4 }) });
    const missing = 'TypeError: regression.some: expected delta to be a number, got undefined';
    expect(thrownBy(() => call())).toBe(missing);
    expect(thrownBy(() => call({}))).toBe(missing);
    expect(thrownBy(() => call({ beta: 1 }))).toBe(missing);
    expect(call({ delta: 3 })).toEqual(['regression.some', [3, 4], false]);
    const sole = recorded({ delta: positive() });
    expect(thrownBy(() => sole.call())).toBe(missing);
    expect(sole.call({ delta: 3 })).toEqual(['regression.some', 3, false]);
  });

  test('0 may have a kernel of its own', () => {
    const { call } = recorded({ beta: atLeast(0, { default: 1, kernelAtZero: 'other' }) });
    expect(call({ beta: 0 })).toEqual(['regression.other', 0, false]);
    expect(call({ beta: 1e-60 })).toEqual(['regression.other', 1e-60, false]);
    expect(call({ beta: 1e-40 })).toEqual(['regression.some', 1e-40, false]);
  });
});

describe('choices', () => {
  test('one', () => {
    const { call } = recorded({ alpha: choice({ detached: 'D', full: 'F', none: 'N' }) });
    for (const options of [undefined, {}, { alpha: 'detached' }]) {
      expect(call(options)).toEqual(['regression.some', undefined, false]);
    }
    expect(call({ alpha: 'full' })).toEqual(['regression.someFull', undefined, false]);
    expect(call({ alpha: 'none' })).toEqual(['regression.someNone', undefined, false]);
    expect(thrownBy(() => call({ alpha: 'ful' }))).toBe(
      "RangeError: regression.some: expected alpha to be 'detached', 'full' or 'none', got 'ful'",
    );
  });

  test('several, with numbers', () => {
    const { call } = recorded({
      alpha: choice({ detached: 'D', full: 'F' }),
      delta: positive({ default: 2 }),
      input: input({ probability: 'P', logit: 'L' }),
    });
    expect(call()).toEqual(['regression.some', 2, true]);
    expect(call({ delta: 1 })).toEqual(['regression.some', 1, true]);
    expect(call({ alpha: 'full' })).toEqual(['regression.someFull', 2, true]);
    expect(call({ input: 'probability' })).toEqual(['regression.some', 2, false]);
    expect(call({ input: 'logit' })).toEqual(['regression.someLogit', 2, false]);
    expect(call({ input: 'logit', alpha: 'full', delta: 7 })).toEqual([
      'regression.someFullLogit',
      7,
      false,
    ]);
  });

  test('of losses over classes', () => {
    const { call } = recorded(
      {
        input: input({ probability: 'P', logit: 'L' }),
        delta: positive({ default: 2 }),
        labelSmoothing: part({ default: 0 }),
      },
      { name: 'category.some', rows: classes('pred', 'mean') },
    );
    expect(call()).toEqual(['category.some', [2, 0], true]);
    expect(call({ input: 'logit', labelSmoothing: 0.5 })).toEqual([
      'category.someLogit',
      [2, 0.5],
      false,
    ]);
  });
});

test('each option is read once', () => {
  const { call } = recorded({
    alpha: choice({ detached: 'D', full: 'F' }),
    delta: positive({ default: 2 }),
  });
  const read: string[] = [];
  const options = {
    get alpha() {
      read.push('alpha');
      return 'full';
    },
    get delta() {
      read.push('delta');
      return 3;
    },
  };
  expect(call(options)).toEqual(['regression.someFull', 3, false]);
  expect(read.sort()).toEqual(['alpha', 'delta']);
});

test('a loss has the name it is called by, and the options of its shape', () => {
  const { loss } = recorded(
    { delta: positive({ default: 1 }) },
    { name: 'box.some', rows: boxes() },
  );
  expect(loss.name).toBe('some');
  expect(thrownBy(() => loss(floats(), floats(), { foo: 1 }))).toBe(
    "TypeError: box.some: unknown option 'foo'; the options are 'delta', 'format', 'reduction', " +
      "'weight', 'grad', 'out' and 'threads'",
  );
});

test('a card has the options of its type, and no others', () => {
  interface SomeOptions extends LossOptions {
    delta?: number;
  }
  const card = { name: 'regression.some', rows: elements(), formula: 'Some', header: 'some' };
  const delta = positive({ default: 1 });
  const losses: object[] = [
    defineLoss<PairLoss<LossOptions>>(card),
    defineLoss<PairLoss<SomeOptions>>({ ...card, hyper: { delta } }),
    // @ts-expect-error delta is missing
    defineLoss<PairLoss<SomeOptions>>(card),
    // @ts-expect-error the type has no beta
    defineLoss<PairLoss<SomeOptions>>({ ...card, hyper: { delta, beta: delta } }),
    // @ts-expect-error the type has no option
    defineLoss<PairLoss<LossOptions>>({ ...card, hyper: { delta } }),
  ];
  expect(losses).toHaveLength(5);
});
