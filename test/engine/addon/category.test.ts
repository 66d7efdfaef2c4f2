/** The addon's losses of classes without the facade: they throw, and neither crash nor write. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { native } from '../../../lib/binding';
import { KERNELS, someHyper, takes } from '../../support/cards';
import { floats } from '../../support/random';
import {
  ANY_ERROR,
  NO_NUMBERS,
  NO_QUANTITIES,
  RANGE_ERROR,
  TYPE_ERROR,
  detached,
  expectRefused,
  thrownBy,
} from '../../support/refusals';

type Kernel = (...args: unknown[]) => unknown;

const NO_ARRAYS = [null, 5, 'rows', [], {}, new Float64Array(6), new Uint8Array(6), () => 4];

/** Three rows of two classes. */
const anyCall = () => ({
  pred: new Float32Array(6).fill(0.5) as unknown,
  labels: Int32Array.of(0, 1, 1) as unknown,
  target: undefined as unknown,
  weight: new Float32Array(3).fill(1) as unknown,
  grad: new Float32Array(6).fill(7) as unknown,
  losses: new Float32Array(3).fill(7) as unknown,
  threads: 1 as unknown,
  reduction: 2 as unknown,
  classes: 2 as unknown,
  hyper: 0 as unknown,
});
type Call = ReturnType<typeof anyCall>;

const families = native as unknown as Record<string, Record<string, Kernel>>;

const kernels = KERNELS.filter(({ card }) => card.rows.width === 'classes').map(
  ({ family, name, card }) => ({ name, card, kernel: families[family][name] }),
);

describe.each(kernels)('$name', ({ card, kernel }) => {
  const byLabels = takes(card, 'labels');

  const rightCall = (): Call => ({ ...anyCall(), hyper: someHyper(card, 0) });

  /** Expects a call to throw and to leave its outputs alone. */
  function refuse(change: Partial<Call>, error: RegExp) {
    const call = { ...rightCall(), ...change };
    expectRefused(() => kernel(...Object.values(call)), [call.grad, call.losses], error);
  }

  test('the call that the others are wrong versions of', () => {
    const call = rightCall();
    expect(kernel(...Object.values(call))).toBeGreaterThan(0);
    expect(Array.from(call.losses as Float32Array)).not.toContain(7);
    expect(Array.from(call.grad as Float32Array)).not.toContain(7);
  });

  test('too few arguments, too many, and a call by new', () => {
    const all = Object.values(rightCall());
    for (let count = 0; count < all.length - 1; count++) {
      expect(thrownBy(() => kernel(...all.slice(0, count)))).toMatch(ANY_ERROR);
    }
    expect(thrownBy(() => kernel(...all, ...all))).toBe('nothing');
    expect(thrownBy(() => Reflect.construct(kernel, []))).toMatch(TYPE_ERROR);
  });

  test('what is no array', () => {
    for (const wrong of NO_ARRAYS) {
      for (const array of ['pred', 'labels', 'target', 'weight', 'grad', 'losses']) {
        refuse({ [array]: wrong }, TYPE_ERROR);
      }
    }
    refuse({ pred: undefined }, TYPE_ERROR);
    refuse({ labels: undefined }, TYPE_ERROR);
    refuse({ labels: new Float32Array(3) }, TYPE_ERROR);
    refuse({ pred: new Float64Array(6) }, TYPE_ERROR);
  });

  test('what is no number, and numbers out of range', () => {
    for (const wrong of NO_NUMBERS) {
      for (const number of ['threads', 'reduction', 'classes', 'hyper']) {
        refuse({ [number]: wrong }, TYPE_ERROR);
      }
    }
    for (const wrong of NO_QUANTITIES) {
      refuse({ reduction: wrong }, RANGE_ERROR);
      refuse({ classes: wrong }, RANGE_ERROR);
    }
    for (const classes of [0, 4, 5, 7]) refuse({ classes }, RANGE_ERROR);
    refuse({ reduction: 3 }, RANGE_ERROR);
    for (const number of [-1, NaN, Infinity, 1e300]) {
      const call = { ...rightCall(), hyper: someHyper(card, number) };
      expect(kernel(...Object.values(call))).toEqual(expect.any(Number));
    }
  });

  test('labels that are no class, and lengths', () => {
    for (const label of [-1, 2, 2 ** 31 - 1, -(2 ** 31)]) {
      refuse({ labels: Int32Array.of(0, 1, label) }, RANGE_ERROR);
      refuse({ labels: Int32Array.of(0, 1, label), weight: undefined }, RANGE_ERROR);
      const call = { ...rightCall(), labels: Int32Array.of(0, 1, label), weight: floats(1, 1, 0) };
      expect(kernel(...Object.values(call))).toBeGreaterThan(0);
    }
    for (const length of [0, 1, 2, 4, 5, 7, 1000]) {
      const wrong = new Float32Array(length);
      for (const array of ['weight', 'losses', 'grad', 'target']) {
        refuse({ [array]: wrong }, RANGE_ERROR);
      }
      refuse({ labels: new Int32Array(length) }, RANGE_ERROR);
      refuse({ pred: wrong }, length === 0 ? /./ : RANGE_ERROR);
    }
    refuse({ pred: detached(6) }, RANGE_ERROR);
    refuse({ grad: detached(6) }, RANGE_ERROR);
  });

  test('no rows', () => {
    const none = { pred: floats(), labels: new Int32Array(0), weight: floats() };
    const call = { ...rightCall(), ...none, grad: floats(), losses: floats() };
    expect(kernel(...Object.values(call))).toBe(0);
  });

  test('outputs in the memory of another array', () => {
    const memory = new Float32Array(20).fill(7);
    const [first, second] = [memory.subarray(0, 6), memory.subarray(5, 11)];
    refuse({ pred: first, grad: second }, RANGE_ERROR);
    refuse({ pred: second, grad: first }, RANGE_ERROR);
    refuse({ pred: first, losses: memory.subarray(5, 8) }, RANGE_ERROR);
    refuse({ grad: first, losses: memory.subarray(0, 3) }, RANGE_ERROR);
    refuse({ grad: first, weight: memory.subarray(5, 8) }, RANGE_ERROR);
    if (!byLabels) refuse({ target: first, grad: second, labels: undefined }, RANGE_ERROR);
    const labels = Int32Array.of(0, 1, 1);
    refuse({ labels, losses: new Float32Array(labels.buffer) }, RANGE_ERROR);
    expect(new Set(memory)).toEqual(new Set([7]));
    expect(Array.from(labels)).toEqual([0, 1, 1]);
  });
});

test('softmax of targets that are no labels throws', () => {
  // In a process of its own, which it may take down.
  const script =
    `const { category, computeClasses, numbers, slots } = require(${JSON.stringify(require.resolve('node-gyp-build'))})(${JSON.stringify(path.join(__dirname, '..', '..', '..'))});` +
    'const pred = Float32Array.of(1, 2, 3, 4);' +
    'const all = { threads: 1, kernel: category.fasterRcnn, classes: 2 };' +
    'numbers.set(slots.map((slot) => all[slot] ?? 0));' +
    'try { computeClasses(pred, undefined, pred.slice()) }' +
    'catch (error) { process.stdout.write(error.message) }';
  const { stdout, signal } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect({ stdout, signal }).toEqual({ stdout: 'neither labels nor a target', signal: null });
});
