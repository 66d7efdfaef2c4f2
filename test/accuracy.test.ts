/**
 * How far every loss over rows is from the reference, over rows from the usual to the extreme, on
 * every instruction set: within the bounds the documents promise, and as docs/accuracy.json states.
 */
import { native } from '../lib/binding';
import { CASES, CLASS_CASES, type LossCase } from './losses';
import { settle } from './support/figures';
import { measure } from './support/measure';

/** Of every kind of input in every format: numbers of predictions. */
const NUMBERS = 600;

/** Ways of calling a loss of any number of classes are many. */
const NUMBERS_OF_CLASSES = 240;

const rowsOf = (numbers: number) => (loss: LossCase) =>
  Math.max(3, Math.ceil(numbers / loss.width));

const ALL = [...CASES, ...CLASS_CASES];
const NAMES = [...new Set(ALL.map(({ name }) => name))];

// Once one is used, it is the only one there is.
const targets = native.targets();

test.each(NAMES)('%s', (name) => {
  const cases = ALL.filter((loss) => loss.name === name);
  const numbers = name.startsWith('category.') ? NUMBERS_OF_CLASSES : NUMBERS;
  const { rows, kinks, share, wrong, targets: figures } = measure(cases, targets, rowsOf(numbers));
  expect(wrong).toEqual([]);
  // Otherwise a bound on them says little.
  expect(share).toBeGreaterThan(0.25);
  expect(kinks).toBeLessThan((rows * targets.length) / 20);
  const samples = [...new Set(cases.map(({ sample }) => sample))];
  settle(name, { sample: samples.join(', '), rows, targets: figures });
});
