/**
 * The addon called without the facade that checks its arguments: it throws, and neither crashes nor
 * writes, whatever it is given.
 */
import path from 'node:path';
import load from 'node-gyp-build';
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
  takeMemory,
  thrownBy,
} from '../../support/refusals';

type Kernel = (...args: unknown[]) => unknown;

const NO_ARRAYS = [null, 5, 'boxes', [], {}, new Float64Array(8), new Uint8Array(8), () => 4];

/** The arguments of a kernel of losses, in their order. */
function lossCall(width: number, targetWidth: number) {
  const [rows, numbers] = [4, 4 * width];
  return {
    pred: new Float32Array(numbers).fill(1) as unknown,
    target: new Float32Array(rows * targetWidth).fill(0.5) as unknown,
    threads: 1 as unknown,
    reduction: 2 as unknown,
    format: 0 as unknown,
    parameter: 1 as unknown,
    grad: new Float32Array(numbers).fill(7) as unknown,
    weight: new Float32Array(rows).fill(1) as unknown,
    losses: new Float32Array(rows).fill(7) as unknown,
    anchors: new Float32Array(numbers).fill(3) as unknown,
    height: 2 as unknown,
    width: 2 as unknown,
  };
}
type LossCall = ReturnType<typeof lossCall>;

const families = native as unknown as Record<string, Record<string, Kernel>>;

const kernels = KERNELS.filter(({ card }) => card.rows.width !== 'classes').map(
  ({ family, name, card }) => ({
    name,
    card,
    kernel: families[family][name],
    width: card.rows.width as number,
  }),
);

test('the kernels are those of the losses', () => {
  for (const family of new Set(KERNELS.map((each) => each.family))) {
    const names = KERNELS.filter((each) => each.family === family).map(({ name }) => name);
    expect(Object.keys(families[family]).sort()).toEqual(names.sort());
  }
});

describe.each(kernels)('$name of rows of $width', ({ card, kernel, width }) => {
  const usesGrid = takes(card, 'grid');
  const usesAnchors = usesGrid || 'anchors' in card.rows.arguments;
  const targetWidth = takes(card, 'one per row') ? 1 : width;
  const changed = (change: Partial<LossCall>): LossCall => {
    const call = lossCall(width, targetWidth);
    call.parameter = someHyper(card);
    if (usesGrid) call.anchors = floats(0.5, 0.5);
    return { ...call, ...change };
  };

  /** Expects a call to throw and to leave its outputs alone. */
  function refuse(change: Partial<LossCall>, error: RegExp) {
    const call = changed(change);
    expectRefused(() => kernel(...Object.values(call)), [call.grad, call.losses], error);
  }

  test('the call that the others are wrong versions of', () => {
    const call = changed({});
    expect(kernel(...Object.values(call))).toEqual(expect.any(Number));
    expect(Array.from(call.losses as Float32Array)).not.toContain(7);
    expect(Array.from(call.grad as Float32Array)).not.toContain(7);
  });

  test('too few arguments, too many, and a call by new', () => {
    const all = Object.values(changed({}));
    const needed = usesGrid ? 12 : usesAnchors ? 10 : 5;
    for (let count = 0; count < needed; count++) {
      expect(thrownBy(() => kernel(...all.slice(0, count)))).toMatch(ANY_ERROR);
    }
    expect(thrownBy(() => kernel(...all, ...all))).toBe('nothing');
    expect(thrownBy(() => Reflect.construct(kernel, []))).toMatch(TYPE_ERROR);
  });

  test('what is no array', () => {
    for (const wrong of NO_ARRAYS) {
      for (const name of ['pred', 'target', 'weight', 'grad', 'losses']) {
        refuse({ [name]: wrong }, TYPE_ERROR);
      }
      if (usesAnchors) refuse({ anchors: wrong }, TYPE_ERROR);
    }
    refuse({ pred: undefined }, TYPE_ERROR);
    refuse({ target: undefined }, TYPE_ERROR);
    if (usesAnchors) refuse({ anchors: undefined }, TYPE_ERROR);
  });

  test('what is no number, and numbers out of range', () => {
    for (const wrong of NO_NUMBERS) {
      for (const name of ['threads', 'reduction', 'format', 'parameter', 'height', 'width']) {
        refuse({ [name]: wrong }, TYPE_ERROR);
      }
    }
    for (const wrong of [...NO_QUANTITIES, 5]) {
      refuse({ reduction: wrong }, RANGE_ERROR);
      refuse({ format: wrong }, RANGE_ERROR);
    }
    for (const wrong of [undefined, {}, 0, 1025, -1025, NaN, Infinity]) {
      refuse({ threads: wrong }, RANGE_ERROR);
    }
    if (!usesGrid) return;
    for (const wrong of [...NO_QUANTITIES, 0, 2 ** 32]) {
      refuse({ height: wrong }, RANGE_ERROR);
      refuse({ width: wrong }, RANGE_ERROR);
    }
  });

  test('lengths', () => {
    for (const length of [0, 1, 3, 5, 17, 1000]) {
      const wrong = new Float32Array(length);
      if (length !== 4 * targetWidth) refuse({ target: wrong }, RANGE_ERROR);
      if (length !== 4 * width) refuse({ grad: wrong }, RANGE_ERROR);
      if (length !== 4 * width && usesAnchors && !usesGrid) refuse({ anchors: wrong }, RANGE_ERROR);
      if (length % 2 !== 0 && usesGrid) refuse({ anchors: wrong }, RANGE_ERROR);
      refuse({ weight: wrong }, RANGE_ERROR);
      refuse({ losses: wrong }, RANGE_ERROR);
      if (length % width === 0) continue;
      refuse({ pred: wrong, target: wrong, grad: undefined, losses: undefined }, RANGE_ERROR);
    }
    if (usesGrid) refuse({ anchors: floats() }, RANGE_ERROR);
  });

  test('outputs in the memory of another array', () => {
    const memory = new Float32Array(8 * width).fill(7);
    const [first, last] = [memory.subarray(0, 4 * width), memory.subarray(4 * width - 1, -1)];
    for (const name of ['pred', 'target']) {
      refuse({ grad: first, [name]: last }, RANGE_ERROR);
      refuse({ grad: last, [name]: first }, RANGE_ERROR);
      refuse({ losses: first.subarray(0, 4), [name]: first }, RANGE_ERROR);
    }
    refuse({ grad: first, losses: first.subarray(-4) }, RANGE_ERROR);
    refuse({ grad: first, weight: first.subarray(-4) }, RANGE_ERROR);
    refuse({ losses: first.subarray(0, 4), weight: first.subarray(0, 4) }, RANGE_ERROR);
    const anchors = usesGrid ? first.subarray(2, 4) : first;
    if (usesAnchors) refuse({ grad: first, anchors }, RANGE_ERROR);
    // Two objects may share memory that no comparison of the objects finds.
    const shared = new SharedArrayBuffer(16 * width);
    const [pred, grad] = [shared, structuredClone(shared)].map((of) => new Float32Array(of));
    refuse({ pred, grad }, RANGE_ERROR);
  });

  test('detached arrays have no length', () => {
    refuse({ pred: detached(4 * width) }, RANGE_ERROR);
    refuse({ grad: detached(4 * width) }, RANGE_ERROR);
    refuse({ weight: detached(4) }, RANGE_ERROR);
    const none = { pred: detached(), target: detached(), grad: detached(), losses: detached() };
    const call = changed({ ...none, anchors: usesGrid ? floats(1, 1) : detached() });
    expect(kernel(...Object.values({ ...call, weight: undefined }))).toBe(0);
  });

  test('any hyperparameter', () => {
    for (const number of [0, -1, NaN, Infinity, 1e300, -0]) {
      const parameter = someHyper(card, number);
      expect(kernel(...Object.values(changed({ parameter })))).toEqual(expect.any(Number));
    }
  });
});

const overlaps = (['overlapMatrix', 'overlapAligned'] as const).flatMap((group) =>
  Object.entries(native[group]).map(([name, kernel]) => ({
    title: `${group}.${name}`,
    matrix: group === 'overlapMatrix',
    kernel: kernel as Kernel,
  })),
);

describe.each(overlaps)('$title', ({ matrix, kernel }) => {
  const boxes = () => new Float32Array(12).fill(1);
  const room = matrix ? 9 : 3;
  const call = (...args: unknown[]) => thrownBy(() => kernel(...args));

  test('it throws on whatever is wrong', () => {
    const out = new Float32Array(room).fill(7);
    expect(call(boxes(), boxes(), out.slice(), 1, 0)).toBe('nothing');
    expect(call()).toMatch(TYPE_ERROR);
    expect(call(boxes())).toMatch(TYPE_ERROR);
    expect(call(boxes(), boxes())).toMatch(TYPE_ERROR);
    expect(call(boxes(), boxes(), out)).toMatch(RANGE_ERROR);
    expect(call(boxes(), boxes(), out, 1)).toMatch(RANGE_ERROR);
    expect(call(boxes(), boxes(), out, 0, 0)).toMatch(RANGE_ERROR);
    for (const wrong of NO_ARRAYS) {
      expect(call(wrong, boxes(), out, 1, 0)).toMatch(TYPE_ERROR);
      expect(call(boxes(), wrong, out, 1, 0)).toMatch(TYPE_ERROR);
      expect(call(boxes(), boxes(), wrong, 1, 0)).toMatch(TYPE_ERROR);
    }
    for (const wrong of NO_NUMBERS)
      expect(call(boxes(), boxes(), out, 1, wrong)).toMatch(TYPE_ERROR);
    for (const wrong of [...NO_QUANTITIES, 5]) {
      expect(call(boxes(), boxes(), out, 1, wrong)).toMatch(RANGE_ERROR);
    }
    for (const length of [0, room - 1, room + 1]) {
      expect(call(boxes(), boxes(), new Float32Array(length), 1, 0)).toMatch(RANGE_ERROR);
    }
    expect(call(boxes(), detached(), out, 1, 0)).toMatch(RANGE_ERROR);
    const memory = new Float32Array(24).fill(7);
    const [a, b] = [memory.subarray(0, 12), memory.subarray(12)];
    expect(call(a, b, memory.subarray(0, room), 1, 0)).toMatch(RANGE_ERROR);
    expect(call(a, b, memory.subarray(24 - room), 1, 0)).toMatch(RANGE_ERROR);
    expect(new Set([...out, ...memory])).toEqual(new Set([7]));
  });

  test('lengths that are no boxes do not lead beyond them', () => {
    const odd = new Float32Array(13);
    expect(call(odd, boxes(), new Float32Array(room), 1, 0)).toMatch(/^nothing|^RangeError/);
    expect(call(odd, odd, new Float32Array(room), 1, 0)).toMatch(/^nothing|^RangeError/);
  });
});

describe('a promised call', () => {
  const kernel = native.box.iou as unknown as Kernel;
  const promised = (pred: Float32Array, target: Float32Array) => kernel(pred, target, -1, 0, 0, 0);

  test('has copies of its arrays', async () => {
    const [pred, target] = [new Float32Array(8).fill(1), new Float32Array(8).fill(1)];
    const pending = promised(pred, target);
    takeMemory(pred);
    expect(await pending).toBe(0);
    expect(pred).toHaveLength(0);
  });

  test('writes what it has been given, and only where that still is', async () => {
    const boxes = () => new Float32Array(8).fill(1);
    const grad = new Float32Array(8).fill(7);
    const losses = new Float32Array(2).fill(7);
    const call = () => kernel(boxes(), boxes(), -1, 2, 0, 0, grad, undefined, losses);
    await call();
    expect([...grad, ...losses]).not.toContain(7);
    grad.fill(7);
    losses.fill(7);
    const pending = call() as Promise<number>;
    takeMemory(grad);
    await expect(pending).rejects.toThrow('got an array that has been detached or resized');
    expect([...losses]).toEqual([7, 7]);
  });

  test('uses shared memory in place', async () => {
    const [pred, target, grad] = Array.from({ length: 3 }, () => {
      return new Float32Array(new SharedArrayBuffer(32)).fill(1);
    });
    await kernel(pred, target, -1, 0, 0, 0, grad);
    expect([...grad]).not.toContain(1);
  });

  test('is none of something else than arrays', () => {
    for (const wrong of NO_ARRAYS) {
      expect(thrownBy(() => promised(wrong as Float32Array, new Float32Array(8)))).toMatch(
        TYPE_ERROR,
      );
    }
  });
});

test('arrays have memory in common where their addresses say so', () => {
  const shared = new SharedArrayBuffer(32);
  const [first, second] = [shared, structuredClone(shared)].map((of) => new Float32Array(of));
  expect(native.shareMemory(first, second)).toBe(true);
  expect(native.shareMemory(first.subarray(0, 4), second.subarray(4))).toBe(false);
  expect(native.shareMemory(first.subarray(0, 4), new Uint8Array(second.buffer, 15, 1))).toBe(true);
  expect(native.shareMemory(first, first.subarray(4, 4))).toBe(false);
  expect(native.shareMemory(detached(), detached())).toBe(false);
  for (const wrong of [...NO_ARRAYS.slice(0, 5), undefined]) {
    const call = () => (native.shareMemory as (...args: unknown[]) => boolean)(first, wrong);
    expect(thrownBy(call)).toMatch(TYPE_ERROR);
  }
});

test('its functions take any number for that of a kernel', () => {
  type Addon = Record<string, (...args: unknown[]) => unknown> & { numbers: Float64Array };
  const addon = load(path.join(__dirname, '..', '..', '..')) as Addon;
  const [a, b, out] = [1, 2, 7].map((number) => new Float32Array(8).fill(number));
  for (const name of ['computeRows', 'computeClasses', 'computeCodec', 'computeOverlapMatrix']) {
    for (const kernel of [NaN, -1, 100, 2 ** 53, -Infinity, Infinity]) {
      addon.numbers.set([1, 0, kernel, 0, 0, 0, 1, 1, 1, 1, 0, 1]);
      expect(thrownBy(() => addon[name](a, b, out))).toMatch(RANGE_ERROR);
    }
  }
  expect(Array.from(out)).toEqual(Array(8).fill(7));
});

test('useTarget takes anything', () => {
  for (const name of [5, null, {}, '', undefined]) {
    expect(typeof (native.useTarget as Kernel)(name)).toBe('boolean');
  }
  expect(native.useTarget('')).toBe(true);
  expect(native.useTarget('AVX1024')).toBe(false);
  expect(native.useTarget()).toBe(true);
});
