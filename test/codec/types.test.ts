/** What TypeScript makes of the codecs. */
import { expectTypeOf } from 'expect-type';
import { codec } from '../../lib';
import type { Grid } from '../../lib';

const grid: Grid = { height: 1, width: 1, anchors: Float32Array.of(0.5, 0.5) };
const boxes = Float32Array.of(0.5, 0.5, 0.5, 0.5);

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
