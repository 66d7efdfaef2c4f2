/** Functions have the name they are called by, and so have all of their errors. */
import * as tf from '@tensorflow/tfjs-core';
import * as detloss from '../../lib';
import * as promises from '../../lib/promises';
import * as reference from '../../lib/reference';
import { lossesFor } from '../../lib/tfjs';
import { floats } from '../support/random';
import { thrownBy } from '../support/refusals';

/** All functions of a module, with their paths. */
function functionsOf(
  value: object,
  path: string[] = [],
): [path: string, name: string, called: string][] {
  return Object.entries(value).flatMap(([called, member]: [string, unknown]) => {
    if (typeof member === 'function') return [[[...path, called].join('.'), member.name, called]];
    if (typeof member !== 'object' || member === null) return [];
    return functionsOf(member, [...path, called]);
  });
}

test.each([
  ['detloss', detloss],
  ['detloss/promises', promises],
  ['detloss/reference', reference],
  ['detloss/tfjs', lossesFor(tf)],
])('%s', (_, module) => {
  const functions = functionsOf(module);
  expect(functions.length).toBeGreaterThan(15);
  expect(functions.filter(([, name, called]) => name !== called)).toEqual([]);
});

const huge = 2 ** 40;
const instances = { boxes: floats(), labels: new Int32Array(), images: new Int32Array() };
const target = { box: floats(), objectness: floats(), labels: new Int32Array() };

test.each<[where: string, call: () => unknown]>([
  ['assign.yoloV1', () => detloss.assign.yoloV1(instances, { batch: 1, grid: huge })],
  ['assign.yoloV1', () => detloss.assign.yoloV1(instances, { batch: 65536, grid: 65536 })],
  [
    'assign.yoloV3',
    () =>
      detloss.assign.yoloV3(instances, {
        batch: huge,
        scales: [{ height: 9, width: 9, anchors: floats(1, 1) }],
      }),
  ],
  [
    'overlap.iou',
    () => detloss.overlap.iou(new Float32Array(2 ** 22), new Float32Array(2 ** 22).fill(1)),
  ],
  [
    'box.yoloV3',
    () => detloss.box.yoloV3(floats(), floats(), { height: huge, width: 1, anchors: floats(1, 1) }),
  ],
  [
    'codec.yoloV3.encode',
    () => detloss.codec.yoloV3.encode(floats(), { height: 1, width: huge, anchors: floats(1, 1) }),
  ],
  ['yoloV3.loss', () => detloss.yoloV3.loss({ batch: huge, classes: 1, scales: [] })],
  ['yoloV3.loss', () => detloss.yoloV3.loss({ batch: 1, classes: huge, scales: [] })],
  [
    'yoloV1.loss',
    () =>
      detloss.yoloV1.loss({
        batch: 0,
        grid: 1,
        boxes: 1,
        classes: huge,
        predictions: floats(),
        target,
      }),
  ],
  ['box.iou', () => detloss.box.iou(lying(8, 4), lying(8, 4), { grad: true })],
  ['box.iou', () => detloss.box.iou(lying(4, 2 ** 40), lying(4, 2 ** 40), { grad: true })],
  ['overlap.alignedIou', () => detloss.overlap.alignedIou(lying(4, 8), new Float32Array(8))],
  ['category.yoloV3', () => detloss.category.yoloV3(lying(4, 8), new Float32Array(8))],
])('%s: what the addon and the engine refuse', async (where, call) => {
  expect(thrownBy(call)).toMatch(new RegExp(`^(Range|Type|)Error: ${where}: `));
});

/** An array that has as many numbers as `length` and says it has `claimed`. */
function lying(length: number, claimed: number): Float32Array {
  return Object.defineProperty(new Float32Array(length), 'length', { value: claimed });
}
