/**
 * How far every loss over rows is from the reference, over rows from the usual to the extreme, on
 * every instruction set: within the bounds the documents promise, and as docs/accuracy.json states.
 */
import { native } from '../../lib/binding';
import { CASES, CLASS_CASES, type LossCase } from '../losses/table';
import { settle } from '../support/figures';
import { measure } from '../support/measure';

/** Rows of each way of calling a loss, which its kinds of input and its formats divide among them. */
const ROWS = 15_000;

/** Numbers, of the many ways of calling a loss of any number of classes. */
const NUMBERS_OF_CLASSES = 6_000;

const rowsOf = ({ card, width }: LossCase) =>
  card.rows.width === 'classes' ? NUMBERS_OF_CLASSES / width : ROWS;

const ALL = [...CASES, ...CLASS_CASES];
const NAMES = [...new Set(ALL.map(({ name }) => name))];

jest.setTimeout(300_000);

// Once one is used, it is the only one there is.
const targets = native.targets();

test.each(NAMES)('%s', (name) => {
  const cases = ALL.filter((loss) => loss.name === name);
  const { rows, kinks, share, wrong, targets: figures } = measure(cases, targets, rowsOf);
  // A few show what is wrong.
  expect(wrong.slice(0, 10)).toEqual([]);
  // Otherwise a bound on them says little.
  expect(share).toBeGreaterThan(0.25);
  expect(kinks).toBeLessThan((rows * targets.length) / 20);
  const samples = [...new Set(cases.map(({ sample }) => sample))];
  settle(name, { sample: samples.join(', '), rows, targets: figures });
});
