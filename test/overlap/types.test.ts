/** What TypeScript makes of the functions of overlap. */
import { expectTypeOf } from 'expect-type';
import { overlap } from '../../lib';
import type { OverlapMetric } from '../../lib';

const pred = Float32Array.of(1, 1, 2, 2);
const target = Float32Array.of(1, 2, 2, 2);
const out = new Float32Array(1);

test('overlap', () => {
  expectTypeOf(overlap.iou(pred, target)).toEqualTypeOf<Float32Array>();
  expectTypeOf(
    overlap.iou(pred, target, { metric: 'ciou', format: 'xyxy', out }),
  ).toEqualTypeOf<Float32Array>();
  expectTypeOf(overlap.alignedIou(pred, target, { threads: 1 })).toEqualTypeOf<Float32Array>();
  expectTypeOf<OverlapMetric>().toEqualTypeOf<'iou' | 'giou' | 'diou' | 'ciou'>();
  // @ts-expect-error alignedIou has no other metric
  expect(() => overlap.alignedIou(pred, target, { metric: 'giou' })).toThrow(TypeError);
  // @ts-expect-error there is no such metric
  expect(() => overlap.iou(pred, target, { metric: 'eiou' })).toThrow(RangeError);
});
