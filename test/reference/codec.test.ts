import { box, codec } from '../../lib/reference';
import { expectClose } from '../support/close';
import { boxNumbers, FORMATS, random, randomBoxes, uniform } from '../support/random';

const isYFirst = (format: string) => format === 'yxhw' || format === 'tlbr';

describe('codec.fasterRcnn', () => {
  test('a worked example in every format', () => {
    // (5 − 4)/4, (3 − 1)/2, ln(2/4), ln(4/2)
    const [ty, tx, th, tw] = [1 / 4, 1, -Math.log(2), Math.log(2)];
    for (const format of FORMATS) {
      const boxes = boxNumbers(5, 3, 2, 4, format);
      const anchors = boxNumbers(4, 1, 4, 2, format);
      const deltas = isYFirst(format) ? [ty, tx, th, tw] : [tx, ty, tw, th];
      expectClose(codec.fasterRcnn.encode(boxes, anchors, { format }), deltas);
      expectClose(codec.fasterRcnn.decode(deltas, anchors, { format }), boxes);
    }
    const plain = codec.fasterRcnn.encode([5, 3, 2, 4], [4, 1, 4, 2]);
    expectClose(plain, [ty, tx, th, tw]);
    expectClose(codec.fasterRcnn.decode(plain, [4, 1, 4, 2]), [5, 3, 2, 4]);
  });

  test('decode undoes encode', () => {
    const next = random(31);
    for (const format of FORMATS) {
      const [boxes, anchors] = [randomBoxes(next, 50, format), randomBoxes(next, 50, format)];
      const deltas = codec.fasterRcnn.encode(boxes, anchors, { format });
      expectClose(codec.fasterRcnn.decode(deltas, anchors, { format }), boxes);
      const given = uniform(next, 200, -2, 2);
      const decoded = codec.fasterRcnn.decode(given, anchors, { format });
      expectClose(codec.fasterRcnn.encode(decoded, anchors, { format }), given);
    }
  });

  test('the loss of boxes is that of their deltas', () => {
    const next = random(37);
    const [pred, target, anchors] = [0, 1, 2].map(() => randomBoxes(next, 20, 'xyxy'));
    const format = 'xyxy';
    const [t, truth] = [pred, target].map((boxes) =>
      codec.fasterRcnn.encode(boxes, anchors, { format }),
    );
    const huber = (d: number) => (Math.abs(d) < 1 ? d ** 2 / 2 : Math.abs(d) - 1 / 2);
    const terms = truth.map((value, k) => huber(value - t[k]));
    const sums = Array.from({ length: 20 }, (_, i) =>
      terms.subarray(4 * i, 4 * i + 4).reduce((a, b) => a + b),
    );
    const { losses } = box.fasterRcnn(pred, target, anchors, { format, reduction: 'none' });
    expectClose(losses, sums);
  });

  test('the deltas of sizes are clamped, those of centres not', () => {
    const anchor = [4, 1, 4, 2];
    const far = codec.fasterRcnn.decode([100, -100, 5, 1e4], anchor);
    expectClose(far, [404, -199, (4 * 1000) / 16, (2 * 1000) / 16], 1e-9);
    const near = codec.fasterRcnn.decode([0, 0, 5, -1e4], anchor, { clamp: 1 });
    expectClose(near, [4, 1, 4 * Math.E, 0]);
  });

  test('a size of 0 or less counts as 1e-7', () => {
    for (const size of [0, -3]) {
      expectClose(codec.fasterRcnn.encode([1, 1, size, 1], [0, 0, 1, 1]), [
        1,
        1,
        Math.log(1e-7),
        0,
      ]);
      const [ty, , th] = codec.fasterRcnn.encode([1, 1, 1, 1], [0, 0, size, 1]);
      expectClose([ty * 1e-7, th], [1, -Math.log(1e-7)]);
      expectClose(codec.fasterRcnn.decode([1, 1, 0, 0], [0, 0, size, 1]), [1e-7, 1, 1e-7, 1]);
    }
  });

  test('a small box far from the origin keeps its digits', () => {
    const deltas = codec.fasterRcnn.encode([1e9 + 0.5, 1e9, 1, 1], [1e9, 1e9, 1, 1]);
    expect(Array.from(deltas)).toEqual([0.5, 0, 0, 0]);
  });

  test('no boxes', () => {
    expect(codec.fasterRcnn.encode([], [])).toEqual(new Float64Array());
    expect(codec.fasterRcnn.decode([], [])).toEqual(new Float64Array());
  });
});

describe('codec.yoloV3', () => {
  test('a worked example', () => {
    // One row of two cells, two anchors; row 3 is cell (0, 1) with anchor (¼, 1):
    // y∗H − 0 = ½ → 0; x∗W − 1 = ¾ → ln 3; ln((e/4)/¼) = 1; ln(1/1) = 0.
    const grid = { height: 1, width: 2, anchors: [0.5, 0.5, 0.25, 1] };
    for (const format of ['yxhw', 'cxcywh'] as const) {
      const boxes = new Float64Array(16).fill(0.25);
      boxes.set(boxNumbers(0.5, 0.875, Math.E / 4, 1, format), 12);
      const raw = boxNumbers(0, Math.log(3), 1, 0, format);
      expectClose(codec.yoloV3.encode(boxes, grid, { format }).subarray(12), raw);
      const features = new Float64Array(16);
      features.set(raw, 12);
      expectClose(codec.yoloV3.decode(features, grid, { format }).subarray(12), boxes.subarray(12));
    }
  });

  test.each([
    { height: 1, width: 3, anchors: [0.3, 0.6] },
    { height: 3, width: 1, anchors: [0.3, 0.6, 0.1, 0.2] },
    { height: 3, width: 2, anchors: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6] },
  ])('encode undoes decode, and has no loss, in $height × $width cells', (grid) => {
    const next = random(41);
    const length = 2 * grid.height * grid.width * grid.anchors.length * 2;
    for (const format of ['yxhw', 'cxcywh'] as const) {
      const raw = uniform(next, length, -3, 3);
      const boxes = codec.yoloV3.decode(raw, grid, { format });
      expectClose(codec.yoloV3.encode(boxes, grid, { format }), raw, 1e-10);
      const again = codec.yoloV3.decode(codec.yoloV3.encode(boxes, grid, { format }), grid, {
        format,
      });
      expectClose(again, boxes);
      expectClose([box.yoloV3(raw, boxes, grid, { format }).loss], [0], 1e-20);
    }
  });

  test('every image of a batch has the same cells', () => {
    const grid = { height: 3, width: 2, anchors: [0.1, 0.2, 0.3, 0.4] };
    const image = Array.from(uniform(random(43), 48, -3, 3));
    const boxes = codec.yoloV3.decode([...image, ...image], grid);
    expect(boxes.subarray(48)).toEqual(boxes.subarray(0, 48));
    const raw = codec.yoloV3.encode(boxes, grid);
    expect(raw.subarray(48)).toEqual(raw.subarray(0, 48));
  });

  test('a centre on or beyond its cell’s border is clamped, a size of 0 counts as 1e-7', () => {
    const grid = { height: 1, width: 1, anchors: [0.5, 0.5] };
    const limit = Math.log((1 - 1e-6) / 1e-6);
    const raw = codec.yoloV3.encode([0, 1.5, 0, -1], grid);
    expectClose(raw, [-limit, limit, Math.log(2e-7), Math.log(2e-7)], 1e-9);
  });

  test('huge features', () => {
    const grid = { height: 2, width: 1, anchors: [0.5, 0.5] };
    const boxes = codec.yoloV3.decode([1e4, -1e4, -1e4, 0, -1e4, 1e4, 0, -1e4], grid);
    expect(Array.from(boxes)).toEqual([0.5, 0, 0, 0.5, 0.5, 1, 0.5, 0]);
  });

  test('no boxes', () => {
    const grid = { height: 2, width: 1, anchors: [0.5, 0.5] };
    expect(codec.yoloV3.encode([], grid)).toEqual(new Float64Array());
    expect(codec.yoloV3.decode([], grid)).toEqual(new Float64Array());
  });
});
