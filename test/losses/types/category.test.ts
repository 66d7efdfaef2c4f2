/** What TypeScript makes of the losses of objectness and category, and of the codecs. */
import { expectTypeOf } from 'expect-type';
import { category, codec, objectness } from '../../../lib';
import type {
  AnyLoss,
  Gradient,
  Grid,
  Loss,
  LossFunction,
  LossOptions,
  PairLoss,
  Reduction,
  RowLosses,
} from '../../../lib';

const [prob, target] = [Float32Array.of(0.5, 0.5), Float32Array.of(1, 0)];
const labels = Int32Array.of(1);
const weight = Float32Array.of(1, 1);
const grad = new Float32Array(2);
const grid: Grid = { height: 1, width: 1, anchors: Float32Array.of(0.5, 0.5) };
const boxes = Float32Array.of(0.5, 0.5, 0.5, 0.5);

describe('objectness', () => {
  test('the result by the options', () => {
    expectTypeOf(objectness.fasterRcnn).toEqualTypeOf<
      LossFunction<[logits: Float32Array, target: Float32Array], LossOptions>
    >();
    expectTypeOf(objectness.yoloV1).toEqualTypeOf<PairLoss<objectness.YoloV1ObjectnessOptions>>();
    expectTypeOf(objectness.yoloV1(prob, target, { noObject: 1, grad: true })).toEqualTypeOf<
      Loss & Gradient
    >();
    expectTypeOf(objectness.yoloV3(prob, target)).toEqualTypeOf<Loss>();
    expectTypeOf(objectness.yoloV3(prob, target, { input: 'logit' })).toEqualTypeOf<Loss>();
    expectTypeOf(
      objectness.yoloV3(prob, target, { reduction: 'balanced', weight }),
    ).toEqualTypeOf<Loss>();
    expectTypeOf(objectness.yoloV3(prob, target, { reduction: 'mean', grad })).toEqualTypeOf<
      Loss & Gradient
    >();
    expectTypeOf(objectness.yoloV3(prob, target, { reduction: 'none' })).toEqualTypeOf<RowLosses>();
    expectTypeOf(
      objectness.yoloV3(prob, target, { reduction: 'none', grad: true, input: 'logit' }),
    ).toEqualTypeOf<RowLosses & Gradient>();
    const any = (options: objectness.YoloV3ObjectnessOptions) =>
      objectness.yoloV3(prob, target, options);
    expectTypeOf(any).returns.toEqualTypeOf<AnyLoss>();
    expect(Object.keys(any({ grad: true }))).toEqual(['loss', 'grad']);
    expectTypeOf<objectness.YoloV3ObjectnessOptions['reduction']>().toEqualTypeOf<
      Reduction | 'balanced' | undefined
    >();
  });

  test('what is rejected when compiled, and when run', () => {
    // @ts-expect-error only yoloV3 balances
    expect(() => objectness.yoloV1(prob, target, { reduction: 'balanced' })).toThrow(RangeError);
    // @ts-expect-error only yoloV3 has an input
    expect(() => objectness.yoloV1(prob, target, { input: 'logit' })).toThrow(TypeError);
    // @ts-expect-error only yoloV1 weighs background
    expect(() => objectness.yoloV3(prob, target, { noObject: 1 })).toThrow(TypeError);
    // @ts-expect-error it is called logit
    expect(() => objectness.yoloV3(prob, target, { input: 'logits' })).toThrow(RangeError);
    // @ts-expect-error labels are of categories
    expect(() => objectness.yoloV3(prob, Int32Array.of(1, 0))).toThrow(TypeError);
    // @ts-expect-error the losses were reduced
    expect(objectness.yoloV3(prob, target).losses).toBeUndefined();
  });
});

describe('category', () => {
  test('the result by the options', () => {
    expectTypeOf(category.fasterRcnn).toEqualTypeOf<
      LossFunction<[logits: Float32Array, labels: Int32Array], LossOptions>
    >();
    expectTypeOf(category.fasterRcnn(prob, labels)).toEqualTypeOf<Loss>();
    expectTypeOf(category.yoloV1(prob, labels, { grad: true })).toEqualTypeOf<Loss & Gradient>();
    expectTypeOf(category.yoloV1(prob, target, { classes: 2 })).toEqualTypeOf<Loss>();
    expectTypeOf(
      category.yoloV3(prob, labels, { labelSmoothing: 0.1, input: 'logit' }),
    ).toEqualTypeOf<Loss>();
    expectTypeOf(
      category.yoloV3(prob, target, { classes: 2, reduction: 'none' }),
    ).toEqualTypeOf<RowLosses>();
    expectTypeOf(
      category.yoloV3(prob, target, { classes: 2, reduction: 'none', grad }),
    ).toEqualTypeOf<RowLosses & Gradient>();
    expectTypeOf<category.CategoryTarget>().toEqualTypeOf<Int32Array | Float32Array>();
    const any = (options: category.YoloV3CategoryOptions) => category.yoloV3(prob, labels, options);
    expectTypeOf(any).returns.toEqualTypeOf<AnyLoss>();
    expect(Object.keys(any({ reduction: 'none' }))).toEqual(['losses']);
  });

  test('what is rejected when compiled, and when run', () => {
    // @ts-expect-error softmax has one right class
    expect(() => category.fasterRcnn(prob, target)).toThrow(TypeError);
    // @ts-expect-error labels tell the number of classes
    expect(() => category.fasterRcnn(prob, labels, { classes: 2 })).toThrow(TypeError);
    // @ts-expect-error only yoloV3 smooths
    expect(() => category.yoloV1(prob, labels, { labelSmoothing: 0.1 })).toThrow(TypeError);
    // @ts-expect-error objects and background are of objectness
    expect(() => category.yoloV3(prob, labels, { reduction: 'balanced' })).toThrow(RangeError);
    // @ts-expect-error a plain array
    expect(() => category.yoloV3(prob, [1])).toThrow(TypeError);
    // @ts-expect-error labels of other numbers
    expect(() => category.yoloV3(prob, Uint8Array.of(1))).toThrow(TypeError);
  });
});

describe('codec', () => {
  test('the result', () => {
    for (const way of ['encode', 'decode'] as const) {
      expectTypeOf(codec.fasterRcnn[way](boxes, boxes)).toEqualTypeOf<Float32Array>();
      expectTypeOf(
        codec.fasterRcnn[way](boxes, boxes, { format: 'xyxy' }),
      ).toEqualTypeOf<Float32Array>();
      expectTypeOf(codec.yoloV3[way](boxes, grid)).toEqualTypeOf<Float32Array>();
      const out = new Float32Array(4);
      expect(codec.yoloV3[way](boxes, grid, { format: 'cxcywh', out, threads: 1 })).toBe(out);
    }
    expectTypeOf(
      codec.fasterRcnn.decode(boxes, boxes, { clamp: 1, out: new Float32Array(4) }),
    ).toEqualTypeOf<Float32Array>();
  });

  test('what is rejected when compiled, and when run', () => {
    // @ts-expect-error raw features have no corners
    expect(() => codec.yoloV3.decode(boxes, grid, { format: 'xyxy' })).toThrow(RangeError);
    // @ts-expect-error only decode clamps
    expect(() => codec.fasterRcnn.encode(boxes, boxes, { clamp: 1 })).toThrow(TypeError);
    // @ts-expect-error anchors are needed
    expect(() => codec.fasterRcnn.encode(boxes)).toThrow(TypeError);
    // @ts-expect-error a grid, not anchors alone
    expect(() => codec.yoloV3.encode(boxes, boxes)).toThrow(TypeError);
  });
});
