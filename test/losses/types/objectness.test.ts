/** What TypeScript makes of the losses of objectness. */
import { expectTypeOf } from 'expect-type';
import { objectness } from '../../../lib';
import type {
  AnyLoss,
  Gradient,
  Loss,
  LossFunction,
  LossOptions,
  PairLoss,
  Reduction,
  RowLosses,
} from '../../../lib';

const [prob, target] = [Float32Array.of(0.5, 0.5), Float32Array.of(1, 0)];
const weight = Float32Array.of(1, 1);
const grad = new Float32Array(2);

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
