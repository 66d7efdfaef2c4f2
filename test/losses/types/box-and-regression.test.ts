/**
 * What TypeScript makes of the losses of boxes and of numbers: the exact type of the result for the
 * options passed, and no misspelled option. The compiler checks these; where they run, they check
 * that it is right.
 */
import { expectTypeOf } from 'expect-type';
import { box, regression } from '../../../lib';
import type {
  AnyLoss,
  BoxFormat,
  BoxOptions,
  Gradient,
  Grid,
  Loss,
  LossOptions,
  PairLoss,
  Reduction,
  RowLosses,
} from '../../../lib';

const pred = Float32Array.of(1, 1, 2, 2);
const target = Float32Array.of(1, 2, 2, 2);
const anchors = Float32Array.of(1, 1, 2, 2);
const grid: Grid = { height: 1, width: 1, anchors: Float32Array.of(0.5, 0.5) };
const weight = Float32Array.of(1);
const grad = new Float32Array(4);
const out = new Float32Array(1);

describe('the result by the options', () => {
  test('a loss', () => {
    expectTypeOf(box.iou(pred, target)).toEqualTypeOf<Loss>();
    expectTypeOf(box.iou(pred, target, {})).toEqualTypeOf<Loss>();
    expectTypeOf(box.iou(pred, target, undefined)).toEqualTypeOf<Loss>();
    expectTypeOf(box.iou(pred, target, { reduction: 'mean' })).toEqualTypeOf<Loss>();
    expectTypeOf(box.iou(pred, target, { reduction: 'sum', weight })).toEqualTypeOf<Loss>();
    expectTypeOf(box.iou(pred, target, { grad: false })).toEqualTypeOf<Loss>();
    expectTypeOf(box.iou(pred, target).loss).toBeNumber();
    expect(box.iou(pred, target)).toEqual({ loss: expect.any(Number) });
  });

  test('a loss and its gradient', () => {
    const result = box.iou(pred, target, { grad: true });
    expectTypeOf(result).toEqualTypeOf<Loss & Gradient>();
    expectTypeOf(result.grad).toEqualTypeOf<Float32Array>();
    expectTypeOf(box.iou(pred, target, { grad })).toEqualTypeOf<Loss & Gradient>();
    expectTypeOf(box.iou(pred, target, { reduction: 'sum', grad })).toEqualTypeOf<
      Loss & Gradient
    >();
    expect(Object.keys(result)).toEqual(['loss', 'grad']);
  });

  test('losses row by row', () => {
    const result = box.iou(pred, target, { reduction: 'none' });
    expectTypeOf(result).toEqualTypeOf<RowLosses>();
    expectTypeOf(result.losses).toEqualTypeOf<Float32Array>();
    expectTypeOf(box.iou(pred, target, { reduction: 'none', out })).toEqualTypeOf<RowLosses>();
    expectTypeOf(
      box.iou(pred, target, { reduction: 'none', grad: false }),
    ).toEqualTypeOf<RowLosses>();
    expect(Object.keys(result)).toEqual(['losses']);
  });

  test('losses row by row and their gradient', () => {
    const result = box.iou(pred, target, { reduction: 'none', grad: true });
    expectTypeOf(result).toEqualTypeOf<RowLosses & Gradient>();
    expectTypeOf(box.iou(pred, target, { reduction: 'none', grad, out })).toEqualTypeOf<
      RowLosses & Gradient
    >();
    expect(Object.keys(result)).toEqual(['losses', 'grad']);
  });

  test('options known only when the program runs', () => {
    const call = (options: BoxOptions) => box.iou(pred, target, options);
    expectTypeOf(call).returns.toEqualTypeOf<AnyLoss>();
    expectTypeOf<AnyLoss['loss']>().toEqualTypeOf<number | undefined>();
    const perhaps = (grad: boolean) => box.iou(pred, target, { grad });
    expectTypeOf(perhaps).returns.toEqualTypeOf<AnyLoss>();
    const reduced = (reduction: Reduction) => box.iou(pred, target, { reduction });
    expectTypeOf(reduced).returns.toEqualTypeOf<AnyLoss>();
    expect(call({ reduction: 'none' })).toEqual(box.iou(pred, target, { reduction: 'none' }));
    expect(Object.keys(perhaps(true))).toEqual(['loss', 'grad']);
    expect(Object.keys(reduced('sum'))).toEqual(['loss']);
  });

  test('what a result has not', () => {
    // @ts-expect-error no gradient was asked for
    expect(box.iou(pred, target).grad).toBeUndefined();
    // @ts-expect-error the losses were reduced
    expect(box.iou(pred, target).losses).toBeUndefined();
    // @ts-expect-error the losses were not reduced
    expect(box.iou(pred, target, { reduction: 'none' }).loss).toBeUndefined();
  });
});

describe('every loss has these results', () => {
  test('pairs', () => {
    expectTypeOf(box.iou).toEqualTypeOf<PairLoss<BoxOptions>>();
    expectTypeOf(box.giou).toEqualTypeOf<PairLoss<BoxOptions>>();
    expectTypeOf(box.diou).toEqualTypeOf<PairLoss<BoxOptions>>();
    expectTypeOf(box.yoloV1).toEqualTypeOf<PairLoss<BoxOptions>>();
    expectTypeOf(regression.l1).toEqualTypeOf<PairLoss<LossOptions>>();
    expectTypeOf(regression.l2).toEqualTypeOf<PairLoss<LossOptions>>();
    expectTypeOf(regression.huber(pred, target, { delta: 2 })).toEqualTypeOf<Loss>();
    expectTypeOf(regression.huber(pred, target, { reduction: 'none', grad: true })).toEqualTypeOf<
      RowLosses & Gradient
    >();
    expectTypeOf(regression.smoothL1(pred, target, { beta: 0, grad })).toEqualTypeOf<
      Loss & Gradient
    >();
    expectTypeOf(
      box.ciou(pred, target, { alpha: 'full', reduction: 'none' }),
    ).toEqualTypeOf<RowLosses>();
  });

  test('three arrays', () => {
    expectTypeOf(box.fasterRcnn(pred, target, anchors)).toEqualTypeOf<Loss>();
    expectTypeOf(box.fasterRcnn(pred, target, anchors, { delta: 2, grad: true })).toEqualTypeOf<
      Loss & Gradient
    >();
    expectTypeOf(
      box.fasterRcnn(pred, target, anchors, { reduction: 'none' }),
    ).toEqualTypeOf<RowLosses>();
    // @ts-expect-error anchors are needed
    expect(() => box.fasterRcnn(pred, target)).toThrow(TypeError);
  });

  test('a grid', () => {
    expectTypeOf(box.yoloV3(pred, target, grid)).toEqualTypeOf<Loss>();
    expectTypeOf(
      box.yoloV3(pred, target, grid, { format: 'cxcywh', reduction: 'none', grad: true }),
    ).toEqualTypeOf<RowLosses & Gradient>();
    // @ts-expect-error raw features have no corners
    expect(() => box.yoloV3(pred, target, grid, { format: 'xyxy' })).toThrow(RangeError);
    // @ts-expect-error a grid has a width
    expect(() => box.yoloV3(pred, target, { height: 1, anchors })).toThrow(TypeError);
  });

  test('names', () => {
    expectTypeOf<BoxFormat>().toEqualTypeOf<'yxhw' | 'cxcywh' | 'xyxy' | 'tlbr' | 'xywh'>();
    expectTypeOf<Reduction>().toEqualTypeOf<'mean' | 'sum' | 'none'>();
    expectTypeOf<keyof LossOptions>().toEqualTypeOf<
      'reduction' | 'weight' | 'grad' | 'out' | 'threads'
    >();
  });
});

describe('wrong calls are rejected when compiled, and when run', () => {
  test('options that do not exist', () => {
    // @ts-expect-error it is called reduction
    expect(() => box.iou(pred, target, { reduce: 'sum' })).toThrow(TypeError);
    // @ts-expect-error it is called weight
    expect(() => box.iou(pred, target, { weights: weight, grad: true })).toThrow(TypeError);
    // @ts-expect-error it is called format
    expect(() => box.iou(pred, target, { fromat: 'xyxy' })).toThrow(TypeError);
    // @ts-expect-error numbers have no format
    expect(() => regression.l1(pred, target, { format: 'xyxy' })).toThrow(TypeError);
    // @ts-expect-error only box.ciou has an α
    expect(() => box.diou(pred, target, { alpha: 'full' })).toThrow(TypeError);
    // @ts-expect-error smoothL1 has a β
    expect(() => regression.smoothL1(pred, target, { delta: 1 })).toThrow(TypeError);
    // @ts-expect-error huber has a δ
    expect(() => regression.huber(pred, target, { beta: 1 })).toThrow(TypeError);
  });

  test('values that are not among the choices', () => {
    // @ts-expect-error it is called mean
    expect(() => box.iou(pred, target, { reduction: 'avg' })).toThrow(RangeError);
    // @ts-expect-error it is called yxhw
    expect(() => box.iou(pred, target, { format: 'yxwh' })).toThrow(RangeError);
    // @ts-expect-error 'detached' or 'full'
    expect(() => box.ciou(pred, target, { alpha: 'fixed' })).toThrow(RangeError);
  });

  test('other kinds', () => {
    // @ts-expect-error a plain array
    expect(() => box.iou([1, 1, 2, 2], target)).toThrow(TypeError);
    // @ts-expect-error numbers of another size
    expect(() => box.iou(pred, new Float64Array(4))).toThrow(TypeError);
    // @ts-expect-error the target is missing
    expect(() => box.iou(pred)).toThrow(TypeError);
    // @ts-expect-error a plain array of weights
    expect(() => box.iou(pred, target, { weight: [1] })).toThrow(TypeError);
    // @ts-expect-error a number of gradients
    expect(() => box.iou(pred, target, { grad: 4 })).toThrow(TypeError);
    // @ts-expect-error a number in words
    expect(() => regression.huber(pred, target, { delta: '1' })).toThrow(TypeError);
  });

  test('any Float32Array, whatever its memory', () => {
    const shared = new Float32Array(new SharedArrayBuffer(16));
    expectTypeOf(box.iou).toBeCallableWith(shared, shared);
    expectTypeOf(box.iou(shared, pred.subarray(0), { grad: shared.slice() })).toEqualTypeOf<
      Loss & Gradient
    >();
  });
});
