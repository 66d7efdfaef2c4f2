/** What TypeScript makes of the losses of classes. */
import { expectTypeOf } from 'expect-type';
import { category } from '../../../lib';
import type { AnyLoss, Gradient, Loss, LossFunction, LossOptions, RowLosses } from '../../../lib';

const [prob, target] = [Float32Array.of(0.5, 0.5), Float32Array.of(1, 0)];
const labels = Int32Array.of(1);
const grad = new Float32Array(2);

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
