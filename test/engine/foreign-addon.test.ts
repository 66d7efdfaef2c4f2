/**
 * Another addon in the process: its memory may begin at any address, and it may leave threads in
 * another floating-point mode. Results are the same to the last bit.
 */
import { yoloV3 } from '../../lib';
import { native } from '../../lib/binding';
import * as promises from '../../lib/promises';
import { CASES, MEASURES, type Arrays, type LossCase } from '../losses/table';
import { expectSame } from '../support/close';
import { CODECS } from '../support/codecs';
import { foreignAddon, MODES } from '../support/foreign';
import { random, randomBoxes } from '../support/random';
import { mapRows, typicalRows } from '../support/rows';
import { onEveryTarget } from '../support/targets';
import { largeCall, type Call } from '../support/yolo-v3-calls';

const foreign = foreignAddon()!;
const describeWithAddon = foreign === undefined ? describe.skip : describe;

jest.setTimeout(120_000);

type AnyArray = Float32Array | Int32Array | Uint8Array;

/** A copy of an array, in memory so many bytes after a multiple of 64. */
function at<T extends AnyArray>(offset: number, array: T): T {
  const memory = foreign.memory(array.byteLength, offset);
  const copy = new (array.constructor as new (memory: ArrayBuffer) => T)(memory);
  copy.set(array);
  return copy;
}

function isArray(value: unknown): value is AnyArray {
  return [Float32Array, Int32Array, Uint8Array].some((kind) => value instanceof kind);
}

/** The same with all arrays within it moved. */
function moved<T>(offset: number, value: T): T {
  if (isArray(value)) return at(offset, value);
  if (Array.isArray(value)) return value.map((part: unknown) => moved(offset, part)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, moved(offset, part)]);
  return Object.fromEntries(entries) as T;
}

const ROWS = 2051;

describeWithAddon('memory at any address', () => {
  onEveryTarget(() => {
    test.each(CASES)('$title', (loss) => {
      const arrays = typicalRows(loss, random(1), ROWS, loss.formats[0]);
      const weight = Float32Array.from({ length: ROWS }, (_, row) => row % 3);
      const expected = loss.native(arrays, { reduction: 'none', grad: true, weight });
      for (const offset of [1, 2, 3, 61]) {
        const grad = at(offset, new Float32Array(expected.grad!.length));
        const out = at(offset, new Float32Array(ROWS));
        const options = { reduction: 'none', grad, out, weight: at(offset, weight) };
        loss.native(moved(offset, arrays), options);
        expectSame(out, expected.losses!);
        expectSame(grad, expected.grad!);
      }
    });

    test.each(MEASURES)('$title', ({ native: measure, matrix }) => {
      const next = random(2);
      const [a, b] = [randomBoxes(next, 33), randomBoxes(next, matrix ? 57 : 33)];
      const expected = measure(a, b);
      for (const offset of [1, 2, 3]) {
        const out = at(offset, new Float32Array(expected.length));
        measure(at(offset, a), at(offset, b), { out });
        expectSame(out, expected);
      }
    });

    test.each(CODECS)('$name', ({ arrays, native: code }) => {
      const [input, anchors] = arrays(random(3), ROWS, 'yxhw');
      const expected = code(input, anchors);
      for (const offset of [1, 2, 3]) {
        const out = at(offset, new Float32Array(expected.length));
        code(at(offset, input), moved(offset, anchors), { out });
        expectSame(out, expected);
      }
    });

    test.each(['NHWC', 'NCHW'] as const)('yoloV3.loss of %s', (layout) => {
      expectSameLoss(largeCall(random(4), layout), [1, 3]);
    });
  });

  // Beyond the caches the gradient is written in a way of its own.
  test.each(['NHWC', 'NCHW'] as const)('yoloV3.loss of more than 8 million, %s', (layout) => {
    const call = largeCall(random(5), layout);
    const [scale] = call.scales;
    const times = 60;
    const repeat = <T extends AnyArray>(array: T): T => {
      const long = new (array.constructor as new (length: number) => T)(times * array.length);
      for (let k = 0; k < times; k++) long.set(array, k * array.length);
      return long;
    };
    const entries = Object.entries(scale.target) as [string, AnyArray][];
    const target = Object.fromEntries(entries.map(([name, array]) => [name, repeat(array)]));
    const large = { ...scale, features: repeat(scale.features), target } as unknown as typeof scale;
    expect(large.features.length).toBeGreaterThan(8 << 20);
    expectSameLoss({ ...call, batch: times * call.batch, scales: [large] }, [1, 2, 4]);
  });
});

function expectSameLoss(call: Call, offsets: number[]): void {
  const { grads, ...parts } = yoloV3.loss({ ...call, grad: true });
  for (const offset of offsets) {
    const into = grads.map(({ length }) => at(offset, new Float32Array(length)));
    const others = yoloV3.loss({ ...moved(offset, call), grad: into });
    expect({ ...others, grads: undefined }).toEqual({ ...parts, grads: undefined });
    into.forEach((grad, s) => expectSame(grad, grads[s]));
  }
}

describeWithAddon('floating-point modes', () => {
  const LARGE = 200_000;
  const modes = MODES.map((name, mode) => ({ name, mode })).slice(1);

  /** Typical rows, and rows so small that their products are subnormal. */
  function inputsOf(loss: LossCase, rows: number): Arrays[] {
    const arrays = typicalRows(loss, random(6), rows, loss.formats[0]);
    return [arrays, mapRows(arrays, (array) => array.map((number) => 1e-38 * number))];
  }

  function inMode<T>(mode: number, call: () => T): T {
    foreign.setMode(mode);
    try {
      return call();
    } finally {
      foreign.setMode(0);
    }
  }

  async function setModeOfPool(mode: number): Promise<void> {
    foreign.setModeOfPool(mode, 4);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }

  test('the other addon does change them', () => {
    const [big, small] = [Math.fround(1), Math.fround(1e-30)];
    expect(inMode(3, () => big + small)).toBeGreaterThan(1);
  });

  describe.each(modes)('$name', ({ mode }) => {
    test.each(CASES)('$title', (loss) => {
      for (const arrays of inputsOf(loss, 1000)) {
        const options = { reduction: 'none', grad: true };
        const expected = loss.native(arrays, options);
        const actual = inMode(mode, () => loss.native(arrays, options));
        expectSame(actual.losses!, expected.losses!);
        expectSame(actual.grad!, expected.grad!);
      }
    });

    test('parameters are rounded as ever', () => {
      const numbers = Float32Array.from({ length: 64 }, (_, k) => k / 100);
      const others = numbers.map(Math.sqrt);
      const call = () => native.regression.huber(numbers, others, 1, 1, 0, 0.1);
      const expected = call();
      expect(inMode(mode, call)).toBe(expected);
    });

    test('threads of the pool, of a call and of a promise', async () => {
      const loss = CASES.find(({ title }) => title === 'box.ciou')!;
      const [pred, target] = inputsOf(loss, LARGE)[0] as Float32Array[];
      const options = { grad: true, threads: 5 } as const;
      const expected = promises.box.ciou(pred, target, options);
      const { loss: value, grad } = await expected;
      await setModeOfPool(mode);
      try {
        for (let call = 0; call < 5; call++) {
          const shared = loss.native([pred, target], options);
          expect(shared.loss).toBe(value);
          expectSame(shared.grad!, grad);
          const later = await promises.box.ciou(pred, target, options);
          expect(later.loss).toBe(value);
          expectSame(later.grad, grad);
        }
      } finally {
        await setModeOfPool(0);
      }
    });

    test('the mode is as before after a call', () => {
      const numbers = Float32Array.of(1, 2);
      const sum = () => 1 + numbers[0] * 1e-30;
      const tiny = () => numbers[0] * 5e-324;
      const before = inMode(mode, () => [sum(), tiny()]);
      const after = inMode(mode, () => {
        native.regression.l1(numbers, numbers, 1, 1, 0, 0);
        return [sum(), tiny()];
      });
      expect(after).toEqual(before);
    });
  });
});
