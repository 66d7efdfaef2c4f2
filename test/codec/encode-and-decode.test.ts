import { codec } from '../../lib';
import { BOX_PAIRS, pairsIn } from '../support/box-pairs';
import { rawBoxes } from '../support/grids';
import { expectClose } from '../support/close';
import { boxNumbers, floats, FORMATS, random, uniform } from '../support/random';
import { onEveryTarget } from '../support/targets';

const RAW_FORMATS = ['yxhw', 'cxcywh'] as const;
const { log } = Math;

/** The largest difference of a row's numbers, by its largest number. */
function worstRow(actual: Float32Array, expected: Float32Array): number {
  let worst = 0;
  for (let i = 0; i < expected.length; i += 4) {
    const row = expected.subarray(i, i + 4);
    const distance = Math.max(...row.map((number, k) => Math.abs(actual[i + k] - number)));
    const error = distance / Math.max(...row.map(Math.abs));
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

onEveryTarget(() => {
  describe('codec.fasterRcnn', () => {
    test('a worked example in every format', () => {
      // (5 − 4)/4, (3 − 1)/2, ln(2/4), ln(4/2)
      const [ty, tx, th, tw] = [1 / 4, 1, -log(2), log(2)];
      for (const format of FORMATS) {
        const boxes = floats(...boxNumbers(5, 3, 2, 4, format));
        const anchors = floats(...boxNumbers(4, 1, 4, 2, format));
        const yFirst = format === 'yxhw' || format === 'tlbr';
        const deltas = yFirst ? floats(ty, tx, th, tw) : floats(tx, ty, tw, th);
        expectClose(codec.fasterRcnn.encode(boxes, anchors, { format }), deltas, 1e-7);
        expectClose(codec.fasterRcnn.decode(deltas, anchors, { format }), boxes, 1e-6);
      }
      const [boxes, anchors] = [floats(5, 3, 2, 4), floats(4, 1, 4, 2)];
      expectClose(codec.fasterRcnn.encode(boxes, anchors), [ty, tx, th, tw], 1e-7);
      expectClose(codec.fasterRcnn.decode(floats(ty, tx, th, tw), anchors), boxes, 1e-6);
    });

    test('decode undoes encode, and encode decode', () => {
      const next = random(607);
      for (const format of FORMATS) {
        for (const pair of Object.values(BOX_PAIRS)) {
          const [boxes, anchors] = pairsIn(format, 101, () => pair(next));
          const deltas = codec.fasterRcnn.encode(boxes, anchors, { format });
          const decoded = codec.fasterRcnn.decode(deltas, anchors, { format });
          expect(worstRow(decoded, boxes)).toBeLessThanOrEqual(1e-6);
        }
        const [, anchors] = pairsIn(format, 101, () => BOX_PAIRS.overlapping(next));
        const deltas = uniform(next, 404, -2, 2);
        const boxes = codec.fasterRcnn.decode(deltas, anchors, { format });
        // Within the rounding of boxes a seventh of their anchors' size.
        expectClose(codec.fasterRcnn.encode(boxes, anchors, { format }), deltas, 2e-5);
      }
    });

    test('a box is at 0 from itself', () => {
      const next = random(613);
      for (const format of FORMATS) {
        const [boxes] = pairsIn(format, 33, () => BOX_PAIRS['of size 1 at 1e6'](next));
        expectClose(codec.fasterRcnn.encode(boxes, boxes, { format }), new Float32Array(132), 0);
      }
    });

    test('the deltas of sizes are clamped, those of centres not', () => {
      const anchor = floats(4, 1, 4, 2);
      const far = codec.fasterRcnn.decode(floats(100, -100, 5, 1e4), anchor);
      expectClose(far, [404, -199, (4 * 1000) / 16, (2 * 1000) / 16], 1e-4);
      const near = codec.fasterRcnn.decode(floats(0, 0, 5, -1e4), anchor, { clamp: 1 });
      expectClose(near, [4, 1, 4 * Math.E, 0], 1e-5);
      // ln(1000/16) itself, and a clamp below 0.
      const limit = codec.fasterRcnn.decode(floats(0, 0, log(1000 / 16), 4.13), anchor);
      expectClose(limit, [4, 1, 250, 2 * Math.exp(4.13)], 1e-4);
      const small = codec.fasterRcnn.decode(floats(0, 0, 0, -2), anchor, { clamp: -1 });
      expectClose(small, [4, 1, 4 / Math.E, 2 / Math.E ** 2], 1e-6);
      const infinite = codec.fasterRcnn.decode(floats(0, 0, Infinity, -Infinity), anchor);
      expectClose(infinite, [4, 1, 250, 0], 1e-4);
    });

    test('a size of 0 or less counts as 1e-7', () => {
      for (const size of [0, -0, -3]) {
        const [whole, flat] = [floats(1, 1, 1, 1), floats(1, 1, size, 1)];
        const unit = floats(0, 0, 1, 1);
        expectClose(codec.fasterRcnn.encode(flat, unit), [1, 1, log(1e-7), 0], 1e-5);
        const [ty, , th] = codec.fasterRcnn.encode(whole, floats(0, 0, size, 1));
        expectClose([ty / 1e7, th], [1, -log(1e-7)], 1e-5);
        const decoded = codec.fasterRcnn.decode(floats(1, 1, 0, 0), floats(0, 0, size, 1));
        expectClose(decoded, [1e-7, 1, 1e-7, 1], 1e-13);
      }
      // By corners, of a box turned inside out.
      const inverted = codec.fasterRcnn.encode(floats(3, 0, 1, 1), floats(0, 0, 2, 1), {
        format: 'xyxy',
      });
      expectClose(inverted, [1 / 2, 0, log(1e-7 / 2), 0], 1e-5);
    });
  });

  describe('codec.yoloV3', () => {
    test('a worked example', () => {
      // One row of two cells, two anchors; row 3 is cell (0, 1) with anchor (¼, 1):
      // y∗H − 0 = ½ → 0; x∗W − 1 = ¾ → ln 3; ln((e/4)/¼) = 1; ln(1/1) = 0.
      const grid = { height: 1, width: 2, anchors: floats(0.5, 0.5, 0.25, 1) };
      for (const format of RAW_FORMATS) {
        const boxes = new Float32Array(16).fill(0.25);
        boxes.set(boxNumbers(0.5, 0.875, Math.E / 4, 1, format), 12);
        const raw = boxNumbers(0, log(3), 1, 0, format);
        expectClose(codec.yoloV3.encode(boxes, grid, { format }).subarray(12), raw, 1e-6);
        const features = new Float32Array(16);
        features.set(raw, 12);
        const decoded = codec.yoloV3.decode(features, grid, { format }).subarray(12);
        expectClose(decoded, boxes.subarray(12), 1e-7);
      }
    });

    test('decode undoes encode, and encode decode', () => {
      for (const rows of [1, 6, 33, 60, 240]) {
        for (const format of RAW_FORMATS) {
          const next = random(617 + rows);
          const inside = (cell: number, cells: number) => (cell + 0.02 + 0.96 * next()) / cells;
          const [raw, boxes, grid] = rawBoxes(next, rows, format, 3, inside);
          const encoded = codec.yoloV3.encode(boxes, grid, { format });
          const decoded = codec.yoloV3.decode(encoded, grid, { format });
          expect(worstRow(decoded, boxes)).toBeLessThanOrEqual(1e-6);
          // A centre's last digit is more of a feature the closer it is to its cell's border.
          const again = codec.yoloV3.encode(codec.yoloV3.decode(raw, grid, { format }), grid, {
            format,
          });
          expectClose(again, raw, 3e-5);
        }
      }
    });

    test('raw features of 0 are the middle of the cell and the anchor’s size', () => {
      const grid = { height: 2, width: 4, anchors: floats(0.5, 0.25) };
      const decoded = codec.yoloV3.decode(new Float32Array(32), grid);
      const expected = Array.from({ length: 8 }, (_, cell) => [
        (Math.floor(cell / 4) + 0.5) / 2,
        ((cell % 4) + 0.5) / 4,
        0.5,
        0.25,
      ]);
      expectClose(decoded, expected.flat(), 1e-7);
    });

    test('every image of a batch has the same cells', () => {
      const grid = { height: 3, width: 2, anchors: floats(0.1, 0.2, 0.3, 0.4) };
      const image = uniform(random(619), 48, -3, 3);
      const batch = new Float32Array(144);
      [0, 48, 96].forEach((start) => batch.set(image, start));
      const boxes = codec.yoloV3.decode(batch, grid);
      const raw = codec.yoloV3.encode(boxes, grid);
      for (const start of [48, 96]) {
        expectClose(boxes.subarray(start, start + 48), boxes.subarray(0, 48), 0);
        expectClose(raw.subarray(start, start + 48), raw.subarray(0, 48), 0);
      }
    });

    test('a centre on or beyond its cell’s border is kept 1e-6 inside', () => {
      const limit = log((1 - 1e-6) / 1e-6);
      const grid = { height: 2, width: 2, anchors: floats(0.5, 0.5) };
      for (const [y, x, rawY, rawX] of [
        [0, 0.5, -limit, limit],
        [0.5, 0, limit, -limit],
        [-3, 7, -limit, limit],
        [1e-8, 0.25, -limit, 0],
        [1e18, -1e18, limit, -limit],
      ]) {
        const boxes = new Float32Array(16).fill(0.5);
        boxes.set([y, x, 0.5, 0.5]);
        expectClose(codec.yoloV3.encode(boxes, grid).subarray(0, 4), [rawY, rawX, 0, 0], 1e-5);
      }
    });

    test('sizes of 0 or less, and huge features', () => {
      const grid = { height: 1, width: 1, anchors: floats(0.5, 0.5) };
      const raw = codec.yoloV3.encode(floats(0.5, 0.5, 0, -1), grid);
      expectClose(raw, [0, 0, log(2e-7), log(2e-7)], 1e-5);
      for (const huge of [100, 1e4, 3e38, Infinity]) {
        const large = codec.yoloV3.decode(floats(huge, -huge, huge, -huge), grid);
        const relative = [large[0], large[1], large[2] / 1e18, large[3]];
        expectClose(relative, [1, 0, 1, 0], 1e-6);
      }
      // Below the largest size nothing is cut off: e^40 is 2.4e17.
      const [, , h] = codec.yoloV3.decode(floats(0, 0, 40, 0), grid);
      expectClose([h / (0.5 * Math.exp(40))], [1], 1e-6);
    });
  });
});

test('no boxes', () => {
  const grid = { height: 2, width: 1, anchors: floats(0.5, 0.5) };
  const [none, out] = [floats(), floats()];
  for (const way of ['encode', 'decode'] as const) {
    expect(codec.fasterRcnn[way](none, floats())).toEqual(floats());
    expect(codec.yoloV3[way](none, grid)).toEqual(floats());
    expect(codec.yoloV3[way](none, grid, { out })).toBe(out);
  }
});
