/** The types of results on the device, which follow from the options. */
import { expectTypeOf } from 'expect-type';
import { cuda, type DeviceFloat32Array } from '../../lib/cuda';
import type { YoloV3Loss } from '../../lib/detectors/yolo-v3';
import { floats } from '../support/random';

const boxes = floats(1, 1, 2, 2);
const there = cuda.upload(boxes);

test('arrays', () => {
  expectTypeOf(there).toEqualTypeOf<DeviceFloat32Array>();
  expectTypeOf(there.download()).toEqualTypeOf<Float32Array>();
  // @ts-expect-error There are no other arrays on the device.
  expect(() => cuda.upload(new Float64Array(1))).toThrow(TypeError);
  // @ts-expect-error An array of another kind.
  expect(() => cuda.upload(boxes, cuda.upload(new Int32Array(4)))).toThrow(TypeError);
});

test('losses', () => {
  expectTypeOf(cuda.box.ciou(there, boxes, { alpha: 'full' })).toEqualTypeOf<{ loss: number }>();
  const made = cuda.box.ciou(there, there, { grad: true, weight: floats(1) });
  expectTypeOf(made.loss).toEqualTypeOf<number>();
  expectTypeOf(made.grad).toEqualTypeOf<DeviceFloat32Array>();
  const filled = cuda.regression.l1(boxes, there, { grad: floats(0, 0, 0, 0) });
  expectTypeOf(filled.grad).toEqualTypeOf<Float32Array>();
  const rows = cuda.box.iou(there, there, { reduction: 'none', grad: true });
  expectTypeOf(rows.losses).toEqualTypeOf<DeviceFloat32Array>();
  const out = cuda.box.iou(there, there, { reduction: 'none', out: floats(0) });
  expectTypeOf(out.losses).toEqualTypeOf<Float32Array>();
  const grid = { height: 1, width: 1, anchors: cuda.upload(floats(0.5, 0.5)) };
  expectTypeOf(cuda.box.yoloV3(there, boxes, grid).loss).toEqualTypeOf<number>();
  const labels = cuda.upload(Int32Array.of(0, 1));
  expectTypeOf(
    cuda.category.yoloV3(there, labels, { input: 'logit' }).loss,
  ).toEqualTypeOf<number>();
  expectTypeOf(
    cuda.objectness.yoloV3(there, cuda.upload(floats(0, 1, 1, 0)), {
      input: 'logit',
      reduction: 'balanced',
    }).loss,
  ).toEqualTypeOf<number>();
  // @ts-expect-error A prediction is no array of labels.
  expect(() => cuda.box.ciou(labels, there)).toThrow(TypeError);
  // @ts-expect-error Only boxes have a format.
  expect(() => cuda.regression.l1(there, there, { format: 'xyxy' })).toThrow(TypeError);
});

test('yoloV3.loss', () => {
  const options = {
    batch: 1,
    classes: 1,
    scales: [
      {
        height: 1,
        width: 1,
        anchors: floats(0.5, 0.5),
        features: cuda.upload(new Float32Array(6)),
        target: { box: there, objectness: floats(1), labels: cuda.upload(Int32Array.of(0)) },
      },
    ],
  };
  expectTypeOf(cuda.yoloV3.loss(options)).toEqualTypeOf<YoloV3Loss>();
  const { grads } = cuda.yoloV3.loss({ ...options, grad: true });
  expectTypeOf(grads).toEqualTypeOf<DeviceFloat32Array[]>();
  const filled = cuda.yoloV3.loss({ ...options, grad: [new Float32Array(6)] });
  expectTypeOf(filled.grads).toExtend<Float32Array[]>();
});
