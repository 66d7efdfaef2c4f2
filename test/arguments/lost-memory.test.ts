/** Arrays whose memory is gone, transferred away or resized, in every argument of every function. */
import {
  assign,
  box,
  category,
  codec,
  fasterRcnn,
  objectness,
  objectnessQuality,
  overlap,
  regression,
  yoloV1,
  yoloV3,
} from '../../lib';
import * as promises from '../../lib/promises';
import { CASES } from '../losses/table';
import { floats, random } from '../support/random';
import { thrownBy } from '../support/refusals';
import { typicalRows } from '../support/rows';

type Call = (...args: unknown[]) => unknown;
type AnyArray = Float32Array | Int32Array | Uint8Array;

/** As the array, in memory that has been cut off before its end. */
function beyond(array: AnyArray): AnyArray {
  const Kind = array.constructor as Float32ArrayConstructor;
  const Resizable = ArrayBuffer as unknown as new (
    length: number,
    options: object,
  ) => ArrayBuffer & { resize(length: number): void };
  const memory = new Resizable(64 + array.byteLength, { maxByteLength: 4096 });
  const copy = new Kind(memory, 64, array.length);
  copy.set(array);
  memory.resize(8);
  return copy;
}

function detached(array: AnyArray): AnyArray {
  const copy = array.slice();
  structuredClone(copy.buffer, { transfer: [copy.buffer] });
  return copy;
}

const [pred, target] = [floats(0.5, 0.5, 0.2, 0.2), floats(0.6, 0.5, 0.2, 0.3)];
const rows = { weight: floats(1), grad: floats(0, 0, 0, 0), out: floats(0), reduction: 'none' };
const elements = {
  weight: floats(1, 1, 1, 1),
  grad: floats(0, 0, 0, 0),
  out: floats(0, 0, 0, 0),
  reduction: 'none',
};
const labels = Int32Array.of(1);
const grid = { height: 1, width: 1, anchors: floats(0.2, 0.2) };
const cell = { box: target, objectness: floats(1), labels };
const both = { logits: floats(0, 0), deltas: floats(0, 0, 0, 0) };

const CALLS: [name: string, call: Call, args: unknown[]][] = [
  ['regression.l1', regression.l1 as Call, [pred, target, elements]],
  ['box.ciou', box.ciou as Call, [pred, target, rows]],
  ['box.fasterRcnn', box.fasterRcnn as Call, [pred, target, pred, rows]],
  ['box.yoloV3', box.yoloV3 as Call, [pred, target, grid, rows]],
  [
    'objectness.fasterRcnn',
    objectness.fasterRcnn as Call,
    [floats(0, 1), floats(1), { weight: floats(1), grad: floats(0, 0) }],
  ],
  ['objectness.yoloV3', objectness.yoloV3 as Call, [pred, target, elements]],
  ['category.fasterRcnn', category.fasterRcnn as Call, [pred, labels, rows]],
  ['category.yoloV1', category.yoloV1 as Call, [pred, labels, rows]],
  ['category.yoloV3', category.yoloV3 as Call, [pred, target, rows]],
  ['overlap.iou', overlap.iou as Call, [pred, target, { out: floats(0) }]],
  ['overlap.alignedIou', overlap.alignedIou as Call, [pred, target, { out: floats(0) }]],
  [
    'codec.fasterRcnn.decode',
    codec.fasterRcnn.decode as Call,
    [pred, target, { out: floats(0, 0, 0, 0) }],
  ],
  ['codec.yoloV3.encode', codec.yoloV3.encode as Call, [target, grid, { out: floats(0, 0, 0, 0) }]],
  [
    'yoloV3.loss',
    yoloV3.loss as Call,
    [
      {
        batch: 1,
        classes: 2,
        scales: [
          { ...grid, features: new Float32Array(7), target: { ...cell, ignore: Uint8Array.of(0) } },
        ],
        grad: [new Float32Array(7)],
      },
    ],
  ],
  [
    'yoloV1.loss',
    yoloV1.loss as Call,
    [
      {
        batch: 1,
        grid: 1,
        boxes: 1,
        classes: 2,
        predictions: new Float32Array(7),
        target: cell,
        grad: new Float32Array(7),
      },
    ],
  ],
  [
    'fasterRcnn.rpnLoss',
    fasterRcnn.rpnLoss as Call,
    [
      {
        ...both,
        anchors: pred,
        assignment: { objectness: floats(1), weight: floats(1), box: target },
        grad: { logits: floats(0, 0), deltas: floats(0, 0, 0, 0) },
      },
    ],
  ],
  [
    'fasterRcnn.headLoss',
    fasterRcnn.headLoss as Call,
    [
      {
        ...both,
        labels,
        targets: target,
        weight: floats(1),
        grad: { logits: floats(0, 0), deltas: floats(0, 0, 0, 0) },
      },
    ],
  ],
  ['assign.rpn', assign.rpn as Call, [pred, target]],
  [
    'assign.yoloV1',
    assign.yoloV1 as Call,
    [
      { boxes: target, labels, images: Int32Array.of(0) },
      { batch: 1, grid: 1 },
    ],
  ],
  [
    'assign.yoloV3',
    assign.yoloV3 as Call,
    [
      { boxes: target, labels, images: Int32Array.of(0) },
      { batch: 1, scales: [grid] },
    ],
  ],
  ['objectnessQuality', objectnessQuality as Call, [pred, target, { weight: floats(1, 1, 1, 1) }]],
];

/** The arguments with each array within them in turn as `lose` makes it; every one has its own. */
function* losing(value: unknown, lose: (array: AnyArray) => AnyArray): Generator<unknown> {
  if (ArrayBuffer.isView(value)) {
    yield lose(value as AnyArray);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      for (const lost of losing(part as unknown, lose)) {
        const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<
          string,
          unknown
        >;
        copy[key] = lost;
        yield copy;
      }
    }
  }
}

/** The same with no numbers in any array, where a lost one has the right length. */
function emptied(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return (value as AnyArray).subarray(0, 0);
  if (Array.isArray(value)) return value.map(emptied);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) =>
      key === 'batch'
        ? [key, 0]
        : key === 'anchors' && 'height' in value
          ? [key, part as unknown]
          : [key, emptied(part)],
    ),
  );
}

const memberOf = (module: object, name: string) =>
  name
    .split('.')
    .reduce(
      (member, part) => member && (member as Record<string, object>)[part],
      module,
    ) as unknown;

/** Two rows of every loss, with every option that is an array. */
const OF_LOSSES = CASES.map((loss): (typeof CALLS)[number] => {
  const arrays = typicalRows(loss, random(5), 2, loss.formats[0]);
  const outputs = { grad: new Float32Array(arrays[0].length), out: floats(0, 0) };
  const options = { ...loss.options, weight: floats(1, 1), ...outputs, reduction: 'none' };
  return [loss.name, loss.call, [...arrays, options]];
});

describe.each([...CALLS, ...OF_LOSSES])('%s', (name, call, args) => {
  test.each([
    ['beyond the end of its memory', beyond, 'an array beyond the end of its memory'],
    ['detached', detached, 'a detached array'],
  ])('an array that is %s', async (_, lose, words) => {
    expect(thrownBy(() => call(...args))).toBe('nothing');
    const error = new RegExp(
      `^TypeError: ${name}: expected [\\w.\\[\\]]+ to have memory, got ${words}$`,
    );
    const promised = memberOf(promises, name) as
      ((...args: unknown[]) => Promise<unknown>) | undefined;
    for (const lost of losing(args, lose)) {
      expect(thrownBy(() => call(...(lost as unknown[])))).toMatch(error);
      if (promised === undefined) continue;
      expect(await promised(...(lost as unknown[])).then(() => 'nothing', String)).toMatch(
        /^TypeError: /,
      );
    }
    if (name.startsWith('assign.yolo')) return;
    // batch has to be above 0 there.
    expect(thrownBy(() => call(...(emptied(args) as unknown[])))).toBe('nothing');
    for (const lost of losing(emptied(args), lose)) {
      expect(thrownBy(() => call(...(lost as unknown[])))).toMatch(error);
    }
  });
});
