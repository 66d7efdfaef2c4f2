/**
 * Shared memory that other threads scribble over while calls read it: results mean nothing then, but
 * nothing is written or read elsewhere, and nothing is thrown but errors of arguments.
 */
import { Worker } from 'node:worker_threads';
import * as library from '../../lib';
import * as promises from '../../lib/promises';
import { CASES } from '../losses/table';
import { detections, proposals, scene } from '../support/detector-calls';
import { extent } from '../support/extent';
import { random } from '../support/random';
import { typicalRows } from '../support/rows';
import { largeCall } from '../support/yolo-v3-calls';

type AnyArray = Float32Array | Int32Array | Uint8Array;

const MEMORY_BYTES = 1 << 25;
const GUARD = 77;
const GUARDS = 64;
const ROWS = 1000;

const memory = new SharedArrayBuffer(MEMORY_BYTES);
let used = 0;

/** The same with all arrays within it in the shared memory. */
function shared<T>(value: T): T {
  if (ArrayBuffer.isView(value)) {
    const array = value as unknown as AnyArray;
    const copy = new (array.constructor as new (...place: unknown[]) => AnyArray)(
      memory,
      used,
      array.length,
    );
    copy.set(array);
    used += Math.ceil(array.byteLength / 64) * 64;
    return copy as T;
  }
  if (Array.isArray(value)) return value.map(shared) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, shared(part) as unknown]);
  return Object.fromEntries(entries) as T;
}

const guarded: Float32Array[] = [];

/** An output between guards. */
function output(length: number): Float32Array {
  const whole = new Float32Array(length + 2 * GUARDS).fill(GUARD);
  guarded.push(whole);
  return whole.subarray(GUARDS, GUARDS + length);
}

function areIntact(): boolean {
  return guarded.every((whole) =>
    [...whole.subarray(0, GUARDS), ...whole.subarray(-GUARDS)].every((n) => n === GUARD),
  );
}

type Call = (of: typeof library | typeof promises) => unknown;

/** A call of every loss and of every detector. */
function callsOf(): Call[] {
  const losses = CASES.map((loss): Call => {
    const arrays = shared(typicalRows(loss, random(1), ROWS, loss.formats[0]));
    const weight = shared(new Float32Array(ROWS).fill(1));
    const [grad, out] = [output(ROWS * loss.width), output(ROWS)];
    const options = { reduction: 'none', grad, out, weight };
    const [family, name] = loss.name.split('.');
    return (of) => {
      if (of === library) return loss.native(arrays, options);
      const group = (of as unknown as Record<string, Record<string, (...a: unknown[]) => unknown>>)[
        family
      ];
      const more = 'classes' in loss.options ? { classes: loss.width } : {};
      return group[name](...arrays, { ...options, ...more });
    };
  });
  const shape = { batch: 3, grid: 7, boxes: 2, classes: 5 };
  const [first, second] = [
    shared(scene(random(2), shape)),
    shared(detections(random(3), ROWS, false)),
  ];
  const third = shared(proposals(random(4), ROWS));
  const large = shared(largeCall(random(5), 'NCHW'));
  const [v1, head] = [output(first.predictions.length), output(second.logits.length)];
  const grad = large.scales.map(({ features }) => output(features.length));
  const deltas = output(second.deltas.length);
  return [
    ...losses,
    ({ yoloV1 }) => yoloV1.loss({ ...first, grad: v1 }),
    ({ fasterRcnn }) => fasterRcnn.headLoss({ ...second, grad: { logits: head, deltas } }),
    ({ fasterRcnn }) => fasterRcnn.rpnLoss({ ...third, grad: true }),
    ({ yoloV3 }) => yoloV3.loss({ ...large, grad }),
  ];
}

const SCRIBBLE = `
  const { workerData } = require('node:worker_threads');
  const numbers = new Int32Array(workerData.memory, 0, workerData.used >> 2);
  const floats = new Float32Array(numbers.buffer, 0, numbers.length);
  let place = workerData.place;
  for (;;) {
    place = (place + 7919) % numbers.length;
    const number = (Math.random() * 2 ** 32) | 0;
    // Mostly what could be a label or a probability, so that calls get beyond their first check.
    if (number % 3 === 0) numbers[place] = number % 1000 === 0 ? number : number & 3;
    else if (number % 3 === 1) floats[place] = Math.random();
    else numbers[place] = number % 100 === 0 ? number : 0;
  }`;

async function main() {
  const calls = callsOf();
  const scribblers = [0, 1].map(
    (place) => new Worker(SCRIBBLE, { eval: true, workerData: { memory, used, place } }),
  );
  const end = performance.now() + 1000 * extent(10, 120);
  const counts = { returned: 0, threw: 0 };
  const count = (error?: unknown) => {
    if (error === undefined) return void counts.returned++;
    if (!(error instanceof RangeError)) throw error;
    counts.threw++;
  };
  for (let round = 0; performance.now() < end; round++) {
    for (const call of calls) {
      try {
        if (round % 3 > 0) call(library);
        else await call(promises);
        count();
      } catch (error) {
        count(error);
      }
    }
    if (!areIntact()) throw new Error('something was written outside of the outputs');
  }
  await Promise.all(scribblers.map((worker) => worker.terminate()));
  console.log(
    `${counts.returned} calls returned and ${counts.threw} threw, amid scribbling threads`,
  );
}

void main();
