/** Arrays that another realm has made, and objects that only look like arrays. */
import vm from 'node:vm';
import {
  box,
  category,
  codec,
  fasterRcnn,
  objectness,
  overlap,
  regression,
  yoloV1,
  yoloV3,
} from '../../lib';
import { rpn, yoloV3 as assignYoloV3 } from '../../lib/assign';
import * as promises from '../../lib/promises';
import * as reference from '../../lib/reference';
import { CASES } from '../losses/table';
import { floats, random } from '../support/random';
import { thrownBy } from '../support/refusals';
import { typicalRows } from '../support/rows';

const elsewhere = vm.createContext({});

/** The same value, made by another realm: arrays, objects and all. */
function foreign<T>(value: T): T {
  if (ArrayBuffer.isView(value)) {
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    const make = vm.runInContext(`(numbers) => ${kind}.from(numbers)`, elsewhere) as (v: T) => T;
    return make(value);
  }
  if (Array.isArray(value)) {
    const list = vm.runInContext('[]', elsewhere) as unknown[];
    for (const part of value) list.push(foreign(part));
    return list as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  const object = vm.runInContext('({})', elsewhere) as Record<string, unknown>;
  for (const [name, part] of Object.entries(value)) object[name] = foreign(part as unknown);
  return object as T;
}

type Call = (...args: unknown[]) => unknown;

const pred = floats(0.5, 0.5, 0.2, 0.2, 0.3, 0.3, 0.1, 0.1);
const target = floats(0.6, 0.5, 0.2, 0.2, 0.3, 0.4, 0.1, 0.1);
const weight = floats(1, 2);
const [prob, hot] = [floats(0.2, 0.8, 0.6, 0.4), floats(0, 1, 1, 0)];
const labels = Int32Array.of(1, 0);
const grid = { height: 1, width: 1, anchors: floats(0.2, 0.2) };
const scale = {
  ...grid,
  features: floats(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0, 0, 0, 0, 1, 2, 3),
  target: { box: target, objectness: floats(1, 0), labels, ignore: Uint8Array.of(0, 1) },
};
const assignment = { objectness: floats(1, 0), weight: floats(1, 1), box: target };
const anchors = pred;

const CALLS: [name: string, call: Call, args: unknown[]][] = [
  ['regression.huber', regression.huber as Call, [prob, hot, { delta: 0.5, grad: true }]],
  ['box.ciou', box.ciou as Call, [pred, target, { weight, reduction: 'none', grad: true }]],
  ['box.fasterRcnn', box.fasterRcnn as Call, [pred, target, anchors, { format: 'cxcywh' }]],
  ['box.yoloV3', box.yoloV3 as Call, [pred, target, grid, { weight }]],
  ['objectness.yoloV3', objectness.yoloV3 as Call, [prob, hot, { grad: true }]],
  ['category.fasterRcnn', category.fasterRcnn as Call, [prob, labels, { weight, grad: true }]],
  ['category.yoloV1', category.yoloV1 as Call, [prob, labels, { grad: true }]],
  ['category.yoloV3', category.yoloV3 as Call, [prob, hot, { weight, grad: true }]],
  ['overlap.iou', overlap.iou as Call, [pred, target, { metric: 'giou' }]],
  ['codec.yoloV3.encode', codec.yoloV3.encode as Call, [target, grid]],
  ['yoloV3.loss', yoloV3.loss as Call, [{ batch: 2, classes: 2, scales: [scale], grad: true }]],
  [
    'yoloV1.loss',
    yoloV1.loss as Call,
    [
      {
        batch: 1,
        grid: 1,
        boxes: 1,
        classes: 2,
        predictions: floats(0.5, 0.5, 0.2, 0.2, 0.7, 0.3, 0.6),
        target: {
          box: floats(0.5, 0.4, 0.2, 0.2),
          objectness: floats(1),
          labels: Int32Array.of(1),
        },
        grad: true,
      },
    ],
  ],
  [
    'fasterRcnn.rpnLoss',
    fasterRcnn.rpnLoss as Call,
    [{ logits: prob, deltas: pred, anchors, assignment, grad: true }],
  ],
  [
    'fasterRcnn.headLoss',
    fasterRcnn.headLoss as Call,
    [{ logits: prob, deltas: pred, labels, targets: target, grad: true }],
  ],
  ['assign.rpn', rpn as Call, [anchors, target, { seed: 3 }]],
  [
    'assign.yoloV3',
    assignYoloV3 as Call,
    [
      { boxes: target, labels, images: Int32Array.of(0, 1) },
      { batch: 2, scales: [grid] },
    ],
  ],
];

/** The member of a module that a name such as `codec.yoloV3.encode` stands for. */
const memberOf = (module: object, name: string) =>
  name
    .split('.')
    .reduce(
      (member, part) => member && (member as Record<string, object>)[part],
      module,
    ) as unknown;

test('the arrays are of another realm', () => {
  expect(foreign(pred)).not.toBeInstanceOf(Float32Array);
  expect(Array.from(foreign(pred))).toEqual(Array.from(pred));
});

const OF_LOSSES = CASES.map((loss): (typeof CALLS)[number] => {
  const arrays = typicalRows(loss, random(5), 2, loss.formats[0]);
  return [loss.name, loss.call, [...arrays, { ...loss.options, weight, grad: true }]];
});

describe.each([...CALLS, ...OF_LOSSES])('%s', (name, call, args) => {
  test('takes the arrays and options of another realm', async () => {
    const expected = call(...args);
    expect(call(...args.map(foreign))).toEqual(expected);
    const promised = memberOf(promises, name) as Call | undefined;
    if (promised !== undefined) expect(await promised(...args.map(foreign))).toEqual(expected);
  });

  test('so does the reference', () => {
    const refer = memberOf(reference, name) as Call | undefined;
    if (refer !== undefined) expect(refer(...args.map(foreign))).toEqual(refer(...args));
  });
});

test('an output of another realm is filled and returned', () => {
  const grad = foreign(new Float32Array(8));
  expect(box.giou(pred, target, { grad }).grad).toBe(grad);
  expect(Array.from(grad)).toEqual(Array.from(box.giou(pred, target, { grad: true }).grad));
});

describe('objects that only look like arrays are refused', () => {
  const pretenders: [what: string, make: () => unknown][] = [
    ['inherits', () => Object.create(Float32Array.prototype)],
    ['inherits from an array', () => Object.create(floats(1, 2, 3, 4))],
    ['is behind a Proxy', () => new Proxy(floats(1, 2, 3, 4), {})],
    [
      'has another prototype',
      () => Object.setPrototypeOf(new Int32Array(4), Float32Array.prototype),
    ],
    ['has the tag', () => ({ [Symbol.toStringTag]: 'Float32Array', length: 4 })],
    ['has no prototype left', () => Object.setPrototypeOf(new DataView(new ArrayBuffer(16)), null)],
  ];

  test.each(pretenders)('what %s', (_, make) => {
    const four = floats(1, 1, 2, 2);
    expect(thrownBy(() => (box.iou as Call)(make(), four))).toMatch(
      /^TypeError: box.iou: expected pred to be a Float32Array, got /,
    );
    for (const option of ['grad', 'weight', 'out']) {
      expect(
        thrownBy(() => (box.iou as Call)(four, four, { [option]: make(), reduction: 'none' })),
      ).toMatch(/^TypeError: box.iou: expected \w+ to be a Float32Array, got /);
    }
  });

  test('an array whose length cannot be read', () => {
    const bare = Object.setPrototypeOf(floats(1, 1, 2, 2), null) as Float32Array;
    expect(thrownBy(() => box.iou(bare, floats(1, 1, 2, 2)))).toMatch(
      /^RangeError: box.iou: expected pred.length to be /,
    );
  });
});

describe('the reference refuses what would be NaN in silence', () => {
  const { category: classes, box: boxes, regression: elements } = reference;

  test.each([
    ['target', () => classes.yoloV1(prob, [1, 0])],
    ['target', () => classes.yoloV3(prob, [1])],
    ['labels', () => classes.fasterRcnn(prob, [2, 0])],
    ['labels', () => classes.fasterRcnn(prob, [0.5, 0])],
    ['target', () => classes.yoloV1(prob, Int32Array.of(-1, 0))],
    ['target', () => boxes.iou(pred, target.subarray(4))],
    ['anchors', () => boxes.fasterRcnn(pred, target, [1, 2, 3, 4])],
    ['pred', () => elements.l2(undefined as never, prob)],
    ['weight', () => elements.l2(prob, hot, { weight: [1] })],
    ['b', () => reference.overlap.alignedIou(pred, [1, 2, 3, 4])],
    [
      'target.labels',
      () =>
        reference.yoloV3.loss({
          batch: 2,
          classes: 1,
          scales: [{ ...scale, features: new Float32Array(12) }],
        }),
    ],
  ])('%s', (name, call) => {
    expect(thrownBy(call)).toMatch(
      new RegExp(
        `Error: [\\w.]+: expected ${name}(\\.length)? to be`.replace('to be', 'to (be|equal)'),
      ),
    );
  });

  test('a row of weight 0 may have any label', () => {
    const options = { weight: [0, 1] };
    expect(classes.fasterRcnn(prob, [7, 0], options).loss).toBeGreaterThan(0);
  });
});
