/** What others write to the prototypes that all objects share is no option and no setting. */
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
import { optionNamesOf } from '../../lib/catalogue/card';
import { CASES } from '../losses/table';
import { CARDS } from '../support/cards';
import { floats, random } from '../support/random';
import { thrownBy } from '../support/refusals';
import { typicalRows } from '../support/rows';

type Properties = Record<PropertyKey, unknown>;
const ROOT = Object.prototype as unknown as Properties;

/** Does something while `Object.prototype` has a property. */
function polluted<R>(name: string, property: PropertyDescriptor, act: () => R): R {
  Object.defineProperty(ROOT, name, { ...property, configurable: true });
  try {
    return act();
  } finally {
    Reflect.deleteProperty(ROOT, name);
  }
}

const [pred, target] = [floats(0.5, 0.5, 0.2, 0.2), floats(0.6, 0.5, 0.2, 0.3)];
const labels = Int32Array.of(1, 0);
const grid = { height: 1, width: 1, anchors: floats(0.2, 0.2) };
const scale = {
  ...grid,
  features: floats(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
  target: { box: target, objectness: floats(1), labels: Int32Array.of(1) },
};
const cell = { box: target, objectness: floats(1), labels: Int32Array.of(1) };
const instances = { boxes: target, labels: Int32Array.of(1), images: Int32Array.of(0) };
const assignment = { objectness: floats(1), weight: floats(1), box: target };

/** Calls of every loss with no options that are not needed, and with some. */
const OF_LOSSES = CASES.map((loss): [name: string, call: () => unknown] => {
  const arrays = typicalRows(loss, random(5), 2, loss.formats[0]);
  return [loss.title, () => [loss.native(arrays), loss.native(arrays, { grad: true })]];
});

/** Calls with and without options, of every function. */
const CALLS: Record<string, () => unknown> = {
  'regression.l1': () => [regression.l1(pred, target), regression.l1(pred, target, { grad: true })],
  'regression.huber': () => [
    regression.huber(pred, target, {}),
    regression.smoothL1(pred, target, {}),
  ],
  'box.iou': () => [box.iou(pred, target), box.iou(pred, target, { threads: 1 })],
  'box.ciou': () => [box.ciou(pred, target), box.ciou(pred, target, { reduction: 'none' })],
  'box.fasterRcnn': () => [
    box.fasterRcnn(pred, target, pred),
    box.fasterRcnn(pred, target, pred, { grad: true }),
  ],
  'box.yoloV3': () => box.yoloV3(pred, target, grid, { format: 'cxcywh' }),
  objectness: () => [
    objectness.fasterRcnn(pred, floats(1, 0), {}),
    objectness.yoloV1(pred, target, {}),
    objectness.yoloV3(pred, target, {}),
    objectness.yoloV3(pred, target),
  ],
  category: () => [
    category.fasterRcnn(pred, labels, {}),
    category.yoloV1(pred, labels, {}),
    category.yoloV3(pred, labels, {}),
    category.yoloV3(pred, target, {}),
  ],
  overlap: () => [overlap.iou(pred, target, {}), overlap.alignedIou(pred, target, {})],
  codec: () => [
    codec.fasterRcnn.decode(pred, target, {}),
    codec.yoloV3.encode(target, grid, {}),
    codec.yoloV3.encode(target, grid),
  ],
  'yoloV3.loss': () => yoloV3.loss({ batch: 1, classes: 2, scales: [scale], weights: { box: 2 } }),
  'yoloV1.loss': () =>
    yoloV1.loss({
      batch: 1,
      grid: 1,
      boxes: 1,
      classes: 2,
      predictions: scale.features,
      target: cell,
    }),
  'fasterRcnn.rpnLoss': () =>
    fasterRcnn.rpnLoss({ logits: floats(0, 1), deltas: pred, anchors: pred, assignment }),
  'fasterRcnn.headLoss': () =>
    fasterRcnn.headLoss({
      logits: floats(0, 1),
      deltas: pred,
      labels: Int32Array.of(1),
      targets: target,
    }),
  assign: () => [
    assign.rpn(pred, target, {}),
    assign.rpn(pred, target),
    assign.yoloV1(instances, { batch: 1, grid: 2 }),
    assign.yoloV3(instances, { batch: 1, scales: [grid] }),
  ],
  objectnessQuality: () => objectnessQuality(pred, target, {}),
};

/** Every name that any of them reads, with values that would change it. */
const NAMES: Properties = {
  ...Object.fromEntries(CARDS.flatMap(optionNamesOf).map((name) => [name, 0.01])),
  reduction: 'sum',
  weight: floats(3),
  grad: true,
  out: floats(0),
  threads: 'none',
  format: 'xyxy',
  alpha: 'full',
  delta: 0.01,
  beta: 0.01,
  noObject: 7,
  input: 'logit',
  labelSmoothing: 0.5,
  classes: 1,
  metric: 'giou',
  clamp: -1,
  height: 7,
  width: 7,
  anchors: floats(9),
  features: floats(),
  target: {},
  box: 'l2',
  objectness: 5,
  category: 5,
  labels: floats(1),
  categories: floats(0, 1),
  ignore: Uint8Array.of(1),
  weights: { box: 5 },
  layout: 'NCHW',
  coord: 9,
  confidence: 'objectness',
  lambda: 7,
  positive: 0.1,
  negative: 0.05,
  sampleSize: 1,
  positiveFraction: 0,
  seed: 5,
  top: 1,
  foo: 1,
  batch: 7,
  scales: [],
};

const KINDS: [what: string, property: (value: unknown) => PropertyDescriptor][] = [
  ['enumerable', (value) => ({ value, enumerable: true, writable: true })],
  ['hidden', (value) => ({ value, enumerable: false, writable: true })],
  [
    'a getter that throws',
    () => ({
      enumerable: true,
      get() {
        throw new Error('polluted');
      },
      set(this: object, value: unknown) {
        Object.defineProperty(this, 'anything', { value, configurable: true });
      },
    }),
  ],
];

describe.each([...Object.entries(CALLS), ...OF_LOSSES])('%s', (_, call) => {
  const clean = call();

  test.each(KINDS)('with properties of Object.prototype, %s', (_, property) => {
    for (const [name, value] of Object.entries(NAMES)) {
      const outcome = polluted(name, property(value), () => {
        try {
          return { value: call() };
        } catch (error) {
          return { name, error };
        }
      });
      expect(outcome).toEqual({ value: clean });
    }
    expect(call()).toEqual(clean);
  });
});

test('promised calls, with options and without', async () => {
  const clean = box.iou(pred, target);
  const pending = polluted('reduction', { value: 'none', enumerable: true }, () => [
    promises.box.iou(pred, target),
    promises.box.iou(pred, target, { threads: 1 }),
  ]);
  expect(await Promise.all(pending)).toEqual([clean, clean]);
});

test('what options inherit from elsewhere is no option', () => {
  const sum = regression.l1(pred, target, { reduction: 'sum' });
  const mean = regression.l1(pred, target);
  expect(
    regression.l1(pred, target, Object.create({ reduction: 'sum', foo: 1 }) as object),
  ).toEqual(mean);
  class Options {
    reduction = 'sum' as const;
  }
  expect(regression.l1(pred, target, new Options())).toEqual(sum);
  const bare = Object.assign(Object.create(null) as object, { reduction: 'sum' as const });
  expect(regression.l1(pred, target, bare)).toEqual(sum);
  const hidden = Object.defineProperty({}, 'reduction', { value: 'sum' });
  expect(regression.l1(pred, target, hidden)).toEqual(sum);
  expect(
    thrownBy(() =>
      regression.l1(pred, target, JSON.parse('{"__proto__": {"reduction": "sum"}}') as object),
    ),
  ).toBe(
    "TypeError: regression.l1: unknown option '__proto__'; the options are 'reduction', 'weight', 'grad', 'out' and 'threads'",
  );
});

test('methods of arrays that others have changed', () => {
  const clean = Object.entries(CALLS).map(([, call]) => call());
  const typed = Object.getPrototypeOf(Float32Array.prototype) as Properties;
  const [at, tag] = ['at', Symbol.toStringTag].map((name) => [
    name,
    Object.getOwnPropertyDescriptor(typed, name)!,
  ]) as [PropertyKey, PropertyDescriptor][];
  try {
    for (const [name] of [at, tag]) {
      Object.defineProperty(typed, name, {
        value: () => 'nothing',
        configurable: true,
        writable: true,
      });
    }
    expect(Object.entries(CALLS).map(([, call]) => call())).toEqual(clean);
  } finally {
    for (const [name, property] of [at, tag]) Object.defineProperty(typed, name, property);
  }
});
