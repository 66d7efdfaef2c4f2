/** `detloss/promises`: what the functions of `detloss` return, later and off the event loop. */
import { expectTypeOf } from 'expect-type';
import v8 from 'node:v8';
import vm from 'node:vm';
import * as detloss from '../../lib';
import * as promises from '../../lib/promises';
import type { Gradient, Loss, RowLosses } from '../../lib/types';
import { CASES } from '../losses/table';
import { expectSame } from '../support/close';
import { detections, proposals, scene } from '../support/detector-calls';
import { floats, random, randomBoxes, uniform } from '../support/random';
import { detached, takeMemory } from '../support/refusals';
import { typicalRows } from '../support/rows';
import { largeCall } from '../support/yolo-v3-calls';

type AnyFunction = (...args: unknown[]) => unknown;

const FAMILIES = Object.keys(promises) as (keyof typeof promises)[];

/** The promising function of the same name. */
function promisedOf(name: string): AnyFunction {
  return name
    .split('.')
    .reduce(
      (library: unknown, key) => (library as Record<string, unknown>)[key],
      promises,
    ) as AnyFunction;
}

/** The names of all functions of a family, those of its parts among them. */
function namesIn(path: string, family: object): string[] {
  return Object.entries(family).flatMap(([name, member]: [string, unknown]) =>
    typeof member === 'function' ? `${path}.${name}` : namesIn(`${path}.${name}`, member as object),
  );
}

test('every function that computes on arrays of numbers', () => {
  for (const family of FAMILIES) {
    expect(namesIn(family, promises[family])).toEqual(namesIn(family, detloss[family]));
  }
  const others = ['assign', 'EpochLog', 'HistoryFile', 'historyChart', 'objectnessQuality'];
  expect([...FAMILIES, ...others].sort()).toEqual(Object.keys(detloss).sort());
});

describe.each(CASES)('$title', (loss) => {
  const call = promisedOf(loss.name) as (...args: unknown[]) => Promise<detloss.AnyLoss>;

  test.each([0, 3, 5000])('the results of %d rows', async (rows) => {
    const arrays = typicalRows(loss, random(3), rows, loss.formats[0]);
    for (const options of [
      { reduction: 'mean' },
      { reduction: 'sum', grad: true },
      { reduction: 'none' },
      { reduction: 'none', grad: true, weight: new Float32Array(rows).fill(0.5) },
    ]) {
      const expected = loss.native(arrays, { ...options, threads: 1 });
      expect(await call(...arrays, { ...loss.options, ...options })).toEqual(expected);
    }
  });

  test('outputs that are supplied', async () => {
    const arrays = typicalRows(loss, random(3), 20, loss.formats[0]);
    const options = { grad: new Float32Array(arrays[0].length), out: new Float32Array(20) };
    const result = await call(...arrays, { ...loss.options, reduction: 'none', ...options });
    expect(result.grad).toBe(options.grad);
    expect(result.losses).toBe(options.out);
    expect(result).toEqual(loss.native(arrays, { reduction: 'none', grad: true }));
  });
});

/** Expects the same loss and gradient to the last bit. */
function expectSameLoss(actual: detloss.AnyLoss, expected: detloss.AnyLoss) {
  expect(actual.loss).toBe(expected.loss);
  if (expected.grad !== undefined) expectSame(actual.grad!, expected.grad);
}

test('large calls, which several threads compute', async () => {
  const next = random(4);
  const [pred, target] = [randomBoxes(next, 40_000), randomBoxes(next, 40_000)];
  const expected = detloss.box.ciou(pred, target, { grad: true, threads: 1 });
  for (const threads of [undefined, 1, 2, 3, 100]) {
    expectSameLoss(await promises.box.ciou(pred, target, { grad: true, threads }), expected);
  }
  const call = largeCall(next, 'NHWC');
  const { grads, ...sums } = await promises.yoloV3.loss({ ...call, grad: true });
  const { grads: expectedGrads, ...expectedSums } = detloss.yoloV3.loss({ ...call, grad: true });
  expect(sums).toEqual(expectedSums);
  grads.forEach((grad, s) => expectSame(grad, expectedGrads[s]));
});

test('many calls at once', async () => {
  const next = random(5);
  const pairs = Array.from({ length: 40 }, (_, k) => {
    const count = k % 2 === 0 ? 20_000 : 10;
    return [randomBoxes(next, count), randomBoxes(next, count)] as const;
  });
  const results = await Promise.all(pairs.map(([a, b]) => promises.box.ciou(a, b)));
  expect(results).toEqual(pairs.map(([a, b]) => detloss.box.ciou(a, b)));
});

test('codecs and overlaps', async () => {
  const next = random(6);
  const [a, b] = [randomBoxes(next, 50), randomBoxes(next, 50)];
  expect(await promises.overlap.iou(a, b)).toEqual(detloss.overlap.iou(a, b));
  const out = new Float32Array(50);
  expect(await promises.overlap.alignedIou(a, b, { out })).toBe(out);
  expect(out).toEqual(detloss.overlap.alignedIou(a, b));
  const deltas = await promises.codec.fasterRcnn.encode(a, b, { format: 'cxcywh' });
  expect(deltas).toEqual(detloss.codec.fasterRcnn.encode(a, b, { format: 'cxcywh' }));
  const grid = { height: 5, width: 5, anchors: floats(0.2, 0.3, 0.5, 0.5) };
  const raw = uniform(next, 200, -2, 2);
  expect(await promises.codec.yoloV3.decode(raw, grid)).toEqual(
    detloss.codec.yoloV3.decode(raw, grid),
  );
});

test('whole detectors, whose losses are several calls', async () => {
  const next = random(7);
  const rpn = proposals(next, 200);
  const head = detections(next, 100, false);
  expect(await promises.fasterRcnn.rpnLoss({ ...rpn, grad: true })).toEqual(
    detloss.fasterRcnn.rpnLoss({ ...rpn, grad: true }),
  );
  expect(await promises.fasterRcnn.headLoss({ ...head, grad: true })).toEqual(
    detloss.fasterRcnn.headLoss({ ...head, grad: true }),
  );
  const v1 = scene(next, { batch: 3, grid: 7, boxes: 2, classes: 20 });
  expect(await promises.yoloV1.loss({ ...v1, grad: true })).toEqual(
    detloss.yoloV1.loss({ ...v1, grad: true }),
  );
});

describe('errors reject the promise, in the same words', () => {
  const boxes = new Float32Array(8);
  const same = async (name: string, ...args: unknown[]) => {
    const call = name
      .split('.')
      .reduce(
        (library: unknown, key) => (library as Record<string, unknown>)[key],
        detloss,
      ) as AnyFunction;
    let expected: unknown;
    try {
      call(...args);
    } catch (error) {
      expected = error;
    }
    expect(expected).toBeInstanceOf(Error);
    await expect(promisedOf(name)(...args)).rejects.toEqual(expected);
  };

  test('of arguments', async () => {
    await same('box.ciou', boxes, new Float32Array(4));
    await same('box.ciou', boxes, boxes, { reduction: 'product' });
    await same('box.ciou', boxes, boxes, { redaction: 'sum' });
    await same('box.ciou', boxes, boxes, null);
    await same('box.ciou', boxes, boxes, { threads: 0 });
    await same('box.ciou', detached(), boxes);
    await same('box.ciou');
    await same('yoloV3.loss', { batch: 1 });
    await same('yoloV1.loss', undefined);
    await same('fasterRcnn.rpnLoss', {});
    await same('codec.yoloV3.encode', boxes, {});
    await same('overlap.iou', boxes, 4);
  });

  test('of arrays that overlap', async () => {
    await same('box.ciou', boxes, new Float32Array(8), { grad: boxes });
    await same('overlap.alignedIou', boxes, new Float32Array(8), { out: boxes.subarray(0, 2) });
    await same('codec.fasterRcnn.encode', boxes, new Float32Array(8), { out: boxes });
  });

  test('of labels, before anything is written', async () => {
    const grad = new Float32Array(6).fill(7);
    await same('category.fasterRcnn', new Float32Array(6), Int32Array.of(0, 1, 2), { grad });
    expect(new Set(grad)).toEqual(new Set([7]));
    const { classes, ...call } = largeCall(random(1), 'NHWC');
    call.scales[1].target.labels!.fill(classes);
    const grads = call.scales.map(({ features }) => new Float32Array(features.length).fill(7));
    await same('yoloV3.loss', { ...call, classes, grad: grads });
    expect(grads.every((array) => array.every((number) => number === 7))).toBe(true);
  });
});

describe('the memory of a call', () => {
  const count = 40_000;
  const template = randomBoxes(random(9), count);
  const boxes = () => template.slice();

  test('is held, whoever lets go of it', async () => {
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;
    const expected = detloss.box.ciou(boxes(), boxes().reverse(), { grad: true });
    const pending = Array.from({ length: 4 }, () =>
      promises.box.ciou(boxes(), boxes().reverse(), { grad: true }),
    );
    collect();
    for (const result of await Promise.all(pending)) {
      collect();
      expectSameLoss(result, expected);
    }
  });

  test('may go away once it has been copied', async () => {
    const [pred, target] = [boxes(), boxes().reverse()].map((array) => array.slice(0, 40_000));
    const expected = detloss.box.ciou(pred, target, { grad: true });
    const pending = promises.box.ciou(pred, target, { grad: true });
    for (const array of [pred, target]) takeMemory(array);
    expectSameLoss(await pending, expected);
  });

  test('must not go away before', async () => {
    const words =
      'box.ciou: expected the memory of all arrays to stay until the promise settles, got an ' +
      'array that has been detached or resized';
    const large = new Float32Array(1_000_000);
    const pending = promises.box.ciou(large, new Float32Array(1_000_000));
    takeMemory(large);
    await expect(pending).rejects.toEqual(new TypeError(words));

    const grad = new Float32Array(4 * count);
    const computing = promises.box.ciou(boxes(), boxes(), { grad });
    takeMemory(grad);
    await expect(computing).rejects.toEqual(new TypeError(words));
  });

  test('can still be transferred afterwards', async () => {
    const pred = boxes();
    await promises.box.ciou(pred, boxes());
    expect(structuredClone(pred, { transfer: [pred.buffer] })).toHaveLength(4 * count);
    expect(pred).toHaveLength(0);
  });

  test.each(['predictions', 'target.box', 'grad'])(
    'of a whole detector, more than is copied at once: %s',
    async (name) => {
      const call = scene(random(7), { batch: 400, grid: 7, boxes: 2, classes: 20 });
      const grad = new Float32Array(call.predictions.length);
      const pending = promises.yoloV1.loss({ ...call, grad });
      const taken = { predictions: call.predictions, 'target.box': call.target.box, grad }[name]!;
      takeMemory(taken);
      await expect(pending).rejects.toThrow(
        /^yoloV1.loss: expected the memory of all arrays to stay until the promise settles, got/,
      );
    },
  );

  test('may be resizable, and stays as long as it is', async () => {
    type Resizable = new (
      length: number,
      options: { maxByteLength: number },
    ) => ArrayBuffer & { resize(length: number): void };
    const memory = new (ArrayBuffer as unknown as Resizable)(32, { maxByteLength: 64 });
    const view = new Float32Array(memory);
    expect(await promises.box.iou(view, new Float32Array(8))).toEqual({ loss: 1 });
    const pending = promises.box.iou(new Float32Array(8), new Float32Array(8), { grad: view });
    memory.resize(16);
    await expect(pending).rejects.toThrow('got an array that has been detached or resized');
  });

  test('may be shared', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(16 * count));
    shared.set(boxes());
    const expected = detloss.box.ciou(boxes(), boxes().reverse());
    expect(await promises.box.ciou(shared, boxes().reverse())).toEqual(expected);
  });
});

describe('options are those that the caller has given', () => {
  const [pred, target] = [randomBoxes(random(12), 20), randomBoxes(random(13), 20)];
  const confidences = target.map((number) => Math.abs(number % 1));
  const additions = {
    weight: new Float32Array(20),
    reduction: 'sum',
    grad: true,
    threads: -1,
    format: 'tlbr',
    foo: 1,
  };

  test.each(Object.entries(additions))('and not Object.prototype.%s', async (name, value) => {
    const calls = [
      () => promises.box.giou(pred, target),
      () => promises.box.giou(pred, target, {}),
      () => promises.objectness.yoloV1(pred, confidences, { noObject: 0.1 }),
      () => promises.overlap.alignedIou(pred, target),
      () => promises.codec.fasterRcnn.encode(pred, target),
    ];
    const expected = await Promise.all(calls.map((call) => call()));
    Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: true });
    try {
      const pending = calls.map((call) => call());
      expect(await Promise.all(pending)).toEqual(expected);
    } finally {
      Reflect.deleteProperty(Object.prototype, name);
    }
  });

  test('and are read once, when the call is made', async () => {
    let reads = 0;
    const options = {
      get reduction() {
        reads++;
        return 'sum' as const;
      },
    };
    const pending = promises.box.giou(pred, target, options);
    expect(reads).toBe(1);
    expect(await pending).toEqual(detloss.box.giou(pred, target, { reduction: 'sum' }));
  });
});

test('a call is settled by the event loop, not where it is made', async () => {
  const boxes = floats(0, 0, 1, 1);
  let settled = false;
  const pending = promises.box.ciou(boxes, boxes).then(() => (settled = true));
  // However soon it is computed: without a turn of the event loop nothing comes back from the pool.
  for (let microtask = 0; microtask < 100; microtask++) await Promise.resolve();
  expect(settled).toBe(false);
  await pending;
  expect(settled).toBe(true);
});

test('types', () => {
  const boxes = floats(0, 0, 1, 1);
  expectTypeOf(promises.box.iou(boxes, boxes)).toEqualTypeOf<Promise<Loss>>();
  expectTypeOf(promises.box.iou(boxes, boxes, { grad: true })).toEqualTypeOf<
    Promise<Loss & Gradient>
  >();
  expectTypeOf(promises.box.iou(boxes, boxes, { reduction: 'none' })).toEqualTypeOf<
    Promise<RowLosses>
  >();
  expectTypeOf(promises.overlap.iou(boxes, boxes)).toEqualTypeOf<Promise<Float32Array>>();
  expectTypeOf<ReturnType<typeof promises.yoloV3.loss>>().toExtend<
    Promise<detloss.yoloV3.YoloV3Loss>
  >();
  // @ts-expect-error: an unknown option
  void promises.box.iou(boxes, boxes, { redaction: 'sum' }).catch(() => undefined);
});
