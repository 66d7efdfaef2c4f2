/**
 * Attacks on the memory of calls, each of which the process has to survive: run with the name of one.
 * Prints how the attacked call ended: `right`, or the error. Memory that is taken away is given back
 * to the system at once, so that a call that still uses it crashes.
 */
import { createHook } from 'node:async_hooks';
import assert from 'node:assert';
import { pbkdf2 } from 'node:crypto';
import path from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { types } from 'node:util';
import load from 'node-gyp-build';
import * as detloss from '../../lib';
import * as promises from '../../lib/promises';

declare const gc: () => void;

interface GrowingMemory {
  buffer: ArrayBuffer;
  grow(pages: number): void;
}
declare const WebAssembly: { Memory: new (size: { initial: number }) => GrowingMemory };

/** So many that the pool helps, and that a turn of the event loop does not copy all. */
const ROWS = 400_000;
const boxes = (rows = ROWS) =>
  Float32Array.from({ length: 4 * rows }, (_, k) => ((k * 7) % 13) + 1);
const others = (rows = ROWS) => boxes(rows).map((number, k) => number + ((k % 5) - 2) / 10);

type Take = (view: Float32Array) => unknown;

interface Transferable extends ArrayBuffer {
  transfer?: (length?: number) => ArrayBuffer;
  resize?: (length: number) => void;
}

/** Ways to take the memory of an array away. */
const WAYS: Record<string, Take> = {
  clone: ({ buffer }) => structuredClone(buffer, { transfer: [buffer as ArrayBuffer] }),
  enqueue({ buffer }) {
    const start = (controller: ReadableByteStreamController) =>
      controller.enqueue(new Uint8Array(buffer as ArrayBuffer));
    return new ReadableStream({ type: 'bytes', start });
  },
  read({ buffer }) {
    const stream = new ReadableStream({ type: 'bytes' });
    void stream.getReader({ mode: 'byob' }).read(new Uint8Array(buffer as ArrayBuffer));
  },
  respond({ buffer, byteLength }) {
    const pull = (controller: ReadableByteStreamController) =>
      (controller.byobRequest as ReadableStreamBYOBRequest).respondWithNewView(
        new Uint8Array(buffer as ArrayBuffer),
      );
    const stream = new ReadableStream({ type: 'bytes', pull });
    void stream
      .getReader({ mode: 'byob' })
      .read(new Uint8Array(byteLength))
      .catch(() => undefined);
  },
  transfer({ buffer }) {
    const { transfer } = ArrayBuffer.prototype as Transferable;
    // Newer than Node 20.
    if (transfer === undefined) return WAYS.clone(new Float32Array(buffer as ArrayBuffer));
    return transfer.call(buffer, 0);
  },
  resize({ buffer }) {
    (buffer as Transferable).resize!(0);
  },
};

/** Takes memory away and has the garbage collector free it. */
function take(way: string, view: Float32Array): void {
  WAYS[way](view);
  // What one collection finds the next one frees.
  for (let time = 0; time < 3; time++) gc();
}

/** Has the garbage collector free what is gone, in some turns of the event loop. */
async function collect(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await setImmediate();
    gc();
  }
}

/** Keeps the pool, which has one thread, busy for a while. */
function occupyPool(iterations: number): void {
  pbkdf2('', '', iterations, 8, 'sha1', () => undefined);
}

/** How a call ends: it may fail, but not return what is wrong. */
async function end(call: () => unknown, expected: detloss.AnyLoss): Promise<string> {
  try {
    const called = call();
    const [{ loss }] = await Promise.all([
      called as detloss.AnyLoss,
      types.isPromise(called) && collect(),
    ]);
    assert.equal(loss, expected.loss);
    return 'right';
  } catch (error) {
    return String(error);
  }
}

/** Of several ends: right, unless one is neither that nor an error of an argument. */
function worstOf(ends: Set<string>): string {
  return [...ends].find((ended) => !/^right$|^(Type|Range)Error: /.test(ended)) ?? 'right';
}

function resizable(numbers: Float32Array): Float32Array {
  const Resizable = ArrayBuffer as unknown as new (length: number, o: object) => ArrayBuffer;
  const memory = new Resizable(numbers.byteLength, { maxByteLength: 2 * numbers.byteLength });
  const view = new Float32Array(memory);
  view.set(numbers);
  return view;
}

/**
 * A promised call, of which an array goes away in one of the ways: before the pool comes to it, or
 * some turns of the event loop later.
 */
async function during(name: 'pred' | 'grad', way: string, when: 'early' | 'late'): Promise<string> {
  const wrap = way === 'resize' ? resizable : (numbers: Float32Array) => numbers;
  const arrays = { pred: wrap(boxes()), grad: wrap(boxes()) };
  const expected = detloss.box.ciou(arrays.pred, others(), { grad: true, threads: 1 });
  if (when === 'early') occupyPool(800_000);
  const pending = promises.box.ciou(arrays.pred, others(), { grad: arrays.grad });
  const ended = pending.then(({ loss }) => (assert.equal(loss, expected.loss), 'right'), String);
  if (when === 'late') for (let turn = 0; turn < 3; turn++) await setImmediate();
  take(way, arrays[name]);
  await collect();
  return ended;
}

/** Options whose property takes the memory of an array away when it is read. */
function trap<T extends object>(options: T, name: keyof T, view: Float32Array): T {
  const value = options[name];
  const get = () => {
    if (view.length > 0) take('clone', view);
    return value;
  };
  return Object.defineProperty({ ...options }, name, { enumerable: true, get });
}

/**
 * Numbers in an ArrayBuffer whose properties, and those of the array, take the memory of another
 * array away when they are read for the `nth` time.
 */
function lying(numbers: Float32Array, view: Float32Array, nth: number): Float32Array {
  let reads = 0;
  const lie = <T>(value: T): T => {
    if (++reads === nth) take('enqueue', view);
    return value;
  };
  class Lying extends ArrayBuffer {
    get resizable() {
      return lie(false);
    }
    override get byteLength() {
      return lie(super.byteLength);
    }
  }
  const array = new Float32Array(new Lying(numbers.length * 4));
  array.set(numbers);
  for (const name of ['buffer', 'length', 'byteLength', 'byteOffset'] as const) {
    const value = array[name];
    Object.defineProperty(array, name, { get: () => lie(value) });
  }
  return array;
}

const ATTACKS: Record<string, () => Promise<string>> = {
  async webAssembly() {
    const memories = [new WebAssembly.Memory({ initial: 200 })];
    const pred = new Float32Array(memories[0].buffer, 0, 4 * ROWS);
    pred.set(boxes());
    const expected = detloss.box.ciou(pred, others());
    const pending = promises.box.ciou(pred, others());
    memories.pop()!.grow(1);
    for (let turn = 0; turn < 20; turn++) gc();
    return end(() => pending, expected);
  },

  async getter() {
    const ends = new Set<string>();
    for (const library of [promises, detloss]) {
      for (const name of ['weight', 'reduction', 'grad', 'threads', 'format'] as const) {
        for (const taken of ['pred', 'grad', 'weight'] as const) {
          const rows = 50_000;
          const arrays = {
            pred: boxes(rows),
            grad: boxes(rows),
            weight: new Float32Array(rows).fill(1),
          };
          const expected = detloss.box.giou(arrays.pred, others(rows));
          const { grad, weight } = arrays;
          const options = {
            grad,
            weight,
            threads: undefined,
            reduction: undefined,
            format: undefined,
          };
          const trapped = trap(options, name, arrays[taken]);
          ends.add(await end(() => library.box.giou(arrays.pred, others(rows), trapped), expected));
        }
      }
    }
    return worstOf(ends);
  },

  async lyingBuffer() {
    const ends = new Set<string>();
    for (const library of [promises, detloss]) {
      for (let nth = 1; nth < 9; nth++) {
        const [pred, grad] = [boxes(100_000), boxes(100_000)];
        const expected = detloss.box.giou(pred, others(100_000));
        const target = lying(others(100_000), nth % 2 === 0 ? grad : pred, nth);
        if (library === promises) occupyPool(100_000);
        ends.add(await end(() => library.box.giou(pred, target, { grad }), expected));
      }
    }
    return worstOf(ends);
  },

  async asyncHook() {
    const ends = new Set<string>();
    for (const [library, hooked] of [
      [promises, 'detloss'],
      [promises, 'PROMISE'],
      [promises, 'Immediate'],
      [detloss, 'detloss'],
    ] as const) {
      for (const taken of ['pred', 'grad'] as const) {
        const arrays = { pred: boxes(), grad: boxes() };
        const target = others();
        const expected = detloss.box.ciou(arrays.pred, target, { threads: 1 });
        let armed = true;
        const hook = createHook({
          init(_, type) {
            if (armed && type === hooked) {
              armed = false;
              take('clone', arrays[taken]);
            }
          },
        });
        const options = { grad: arrays.grad, threads: 2 };
        // Until the helpers of the calls before are gone, none is asked for.
        for (let call = 0; call < 50 && armed; call++) {
          await setTimeout(20);
          hook.enable();
          ends.add(await end(() => library.box.ciou(arrays.pred, target, options), expected));
          hook.disable();
        }
        assert(!armed);
      }
    }
    return worstOf(ends);
  },

  async numbers() {
    const { numbers } = load(path.join(__dirname, '../..')) as { numbers: Float64Array };
    const { length } = numbers;
    for (const way of ['clone', 'enqueue', 'transfer']) {
      assert.throws(() => take(way, numbers as unknown as Float32Array));
    }
    assert.ok(length > 0 && numbers.length === length);
    const expected = detloss.box.ciou(boxes(10), others(10));
    return end(() => promises.box.ciou(boxes(10), others(10)), expected);
  },

  async unrelated() {
    const expected = detloss.box.yoloV3(boxes(4), others(4), {
      height: 2,
      width: 2,
      anchors: Float32Array.of(1, 1),
    });
    const foreign = new Float32Array(8);
    const grid = { height: 2, width: 2, anchors: Float32Array.of(1, 1), foreign, self: {} };
    grid.self = grid;
    const ended = await end(() => promises.box.yoloV3(boxes(4), others(4), grid), expected);
    structuredClone(foreign, { transfer: [foreign.buffer] });
    assert.equal(foreign.length, 0);
    return ended;
  },

  async frozen() {
    const [pred, target] = [boxes(), others()];
    const expected = detloss.box.ciou(pred, target);
    for (const array of [pred, target]) Object.freeze(array.buffer);
    return end(() => promises.box.ciou(pred, target), expected);
  },

  async manyLargeCalls() {
    const [pred, target] = [boxes(1_000_000), others(1_000_000)];
    const expected = detloss.box.iou(pred, target);
    const calls = Array.from({ length: 40 }, () => promises.box.iou(pred, target));
    for (const { loss } of await Promise.all(calls)) assert.equal(loss, expected.loss);
    // Were all copied at once, it would be 1.3 GB more than for one.
    const megabytes = process.resourceUsage().maxRSS / 1024;
    return megabytes < 1100 ? 'right' : `${megabytes} MB`;
  },
};
for (const way of Object.keys(WAYS)) {
  for (const name of ['pred', 'grad'] as const) {
    for (const when of ['early', 'late'] as const) {
      ATTACKS[`${way} ${name} ${when}`] = () => during(name, way, when);
    }
  }
}

async function main() {
  for (const name of process.argv.slice(2)) {
    const ended = await ATTACKS[name]();
    console.log(`${name}: ${ended}`);
  }
}

if (process.argv[2] === 'names') console.log(Object.keys(ATTACKS).join('\n'));
else void main();
