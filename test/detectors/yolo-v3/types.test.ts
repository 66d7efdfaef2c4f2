/** What TypeScript makes of yoloV3.loss. */
import { expectTypeOf } from 'expect-type';
import { assign, yoloV3 } from '../../../lib';

const target = {
  box: Float32Array.of(0.5, 0.5, 0.5, 0.5),
  objectness: Float32Array.of(1),
  labels: Int32Array.of(0),
};
const grid = { height: 1, width: 1, anchors: Float32Array.of(0.5, 0.5) };
const scale = { ...grid, features: new Float32Array(6), target };
const call = { batch: 1, classes: 1, scales: [scale] };

test('the result by the options', () => {
  type Both = yoloV3.YoloV3Loss & yoloV3.YoloV3Gradients;
  expectTypeOf(yoloV3.loss(call)).toEqualTypeOf<yoloV3.YoloV3Loss>();
  expectTypeOf(yoloV3.loss({ ...call, grad: false })).toEqualTypeOf<yoloV3.YoloV3Loss>();
  expectTypeOf(yoloV3.loss({ ...call, grad: true })).toEqualTypeOf<Both>();
  const grad = [new Float32Array(6)];
  expectTypeOf(yoloV3.loss({ ...call, grad })).toEqualTypeOf<Both>();
  expectTypeOf(yoloV3.loss({ ...call, grad }).grads).toEqualTypeOf<Float32Array[]>();
  const perhaps = (options: yoloV3.YoloV3LossOptions) => yoloV3.loss(options);
  expectTypeOf(perhaps).returns.toEqualTypeOf<
    yoloV3.YoloV3Loss & Partial<yoloV3.YoloV3Gradients>
  >();
  expect(yoloV3.loss({ ...call, grad }).grads[0]).toBe(grad[0]);
  expect(Object.keys(perhaps(call))).toEqual(['total', 'box', 'objectness', 'category', 'scales']);
  expect(Object.keys(perhaps({ ...call, grad: true })).at(-1)).toBe('grads');
});

test('the parts of a result', () => {
  expectTypeOf<yoloV3.YoloV3Loss>().toEqualTypeOf<{
    total: number;
    box: number;
    objectness: number;
    category: number;
    scales: yoloV3.YoloV3ScaleLoss[];
  }>();
  expectTypeOf<yoloV3.YoloV3ScaleLoss>().toEqualTypeOf<{
    box: number;
    objectness: number;
    category: number;
    positives: number;
  }>();
  expect(yoloV3.loss(call).scales).toEqual([
    {
      box: expect.any(Number),
      objectness: expect.any(Number),
      category: expect.any(Number),
      positives: 1,
    },
  ]);
});

test('options', () => {
  expectTypeOf(yoloV3.loss).toBeCallableWith({
    ...call,
    box: 'l2',
    layout: 'NCHW',
    format: 'cxcywh',
    labelSmoothing: 0.1,
    weights: { box: 2, objectness: [1], category: [0.5] as const },
    threads: 1,
  });
  const many = { ...target, labels: undefined, categories: Float32Array.of(1) };
  const ignore = Uint8Array.of(0);
  expect(yoloV3.loss({ ...call, scales: [{ ...scale, target: { ...many, ignore } }] })).toEqual(
    yoloV3.loss(call),
  );
  // What assign.yoloV3 returns is what the loss takes.
  const instances = { boxes: target.box, labels: target.labels, images: Int32Array.of(0) };
  const { targets } = assign.yoloV3(instances, { batch: 1, scales: [grid] });
  expectTypeOf(targets[0]).toExtend<yoloV3.YoloV3Target>();
  expect(yoloV3.loss({ ...call, scales: [{ ...scale, target: targets[0] }] })).toEqual(
    yoloV3.loss(call),
  );
});

test('what is rejected when compiled, and when run', () => {
  // @ts-expect-error no gradient was asked for
  expect(yoloV3.loss(call).grads).toBeUndefined();
  // @ts-expect-error it is called weights
  expect(() => yoloV3.loss({ ...call, weight: { box: 1 } })).toThrow(TypeError);
  // @ts-expect-error it is called box
  expect(() => yoloV3.loss({ ...call, weights: { ciou: 1 } })).toThrow(TypeError);
  // @ts-expect-error there is no such box term
  expect(() => yoloV3.loss({ ...call, box: 'l1' })).toThrow(RangeError);
  // @ts-expect-error raw features have no corners
  expect(() => yoloV3.loss({ ...call, format: 'xyxy' })).toThrow(RangeError);
  // @ts-expect-error one gradient for each scale
  expect(() => yoloV3.loss({ ...call, grad: new Float32Array(6) })).toThrow(TypeError);
  // @ts-expect-error the number of images
  expect(() => yoloV3.loss({ classes: 1, scales: [scale] })).toThrow(TypeError);
  // @ts-expect-error a scale has a target
  expect(() => yoloV3.loss({ ...call, scales: [{ ...grid, features: scale.features }] })).toThrow(
    TypeError,
  );
  const wrong = { ...scale, target: { ...target, labels: Float32Array.of(0) } };
  // @ts-expect-error labels are whole numbers
  expect(() => yoloV3.loss({ ...call, scales: [wrong] })).toThrow(TypeError);
});
