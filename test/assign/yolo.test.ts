import fc from 'fast-check';
import { yoloV1, yoloV3, type CellTarget, type Instances } from '../../lib/assign';
import type { Grid } from '../../lib/types';
import { floats } from '../support/random';
import { expectClose } from '../support/close';

const ints = (...numbers: number[]) => Int32Array.from(numbers);

/** Objects given as [y, x, h, w, label, image]. */
function instancesOf(...rows: number[][]): Instances {
  return {
    boxes: Float32Array.from(rows.flatMap((row) => row.slice(0, 4))),
    labels: Int32Array.from(rows, (row) => row[4] ?? 0),
    images: Int32Array.from(rows, (row) => row[5] ?? 0),
  };
}

/** The places of a target that hold an object. */
const placesIn = ({ objectness }: CellTarget) =>
  Array.from(objectness.keys()).filter((place) => objectness[place] !== 0);

/** Three scales of three anchors, as those of YOLO v3 for images of 416 × 416. */
const SCALES: Grid[] = [
  [13, 116, 90, 156, 198, 373, 326],
  [26, 30, 61, 62, 45, 59, 119],
  [52, 10, 13, 16, 30, 33, 23],
].map(([cells, ...sizes]) => ({
  height: cells,
  width: cells,
  anchors: Float32Array.from(sizes, (size) => size / 416),
}));

describe('yoloV3', () => {
  test('the example of its documentation', () => {
    const scales = [{ height: 2, width: 2, anchors: floats(0.2, 0.2) }];
    const instances = instancesOf([0.75, 0.25, 0.2, 0.1, 7], [0.9, 0.2, 0.2, 0.1, 3]);
    const { targets, unassigned } = yoloV3(instances, { batch: 1, scales });
    expect(targets).toHaveLength(1);
    expect(targets[0].objectness).toEqual(floats(0, 0, 1, 0));
    expect(targets[0].labels).toEqual(ints(0, 0, 7, 0));
    expect(targets[0].box.subarray(8, 12)).toEqual(floats(0.75, 0.25, 0.2, 0.1));
    expect(targets[0].box.filter((number) => number !== 0)).toHaveLength(4);
    expect(unassigned).toEqual(ints(1));
  });

  test('the shapes of the targets', () => {
    const { targets, unassigned } = yoloV3(instancesOf(), { batch: 5, scales: SCALES });
    const places = [13, 26, 52].map((cells) => 5 * cells * cells * 3);
    expect(targets.map(({ box }) => box.length)).toEqual(places.map((count) => 4 * count));
    expect(targets.map(({ objectness }) => objectness.length)).toEqual(places);
    expect(targets.map(({ labels }) => labels.length)).toEqual(places);
    expect(targets.every(({ labels }) => labels instanceof Int32Array)).toBe(true);
    expect(targets.flatMap(placesIn)).toEqual([]);
    expect(unassigned).toEqual(ints());
  });

  test.each([
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 0],
    [1, 1],
    [1, 2],
    [2, 0],
    [2, 1],
    [2, 2],
  ])('a box of the size of scale %i, anchor %i', (scale, anchor) => {
    const { height, anchors } = SCALES[scale];
    const [h, w] = anchors.subarray(2 * anchor);
    // The centre is in the middle of line 5, column 2 of the scale's cells.
    const row = [5.5 / height, 2.5 / height, h, w, 11, 1];
    const { targets } = yoloV3(instancesOf(row), { batch: 2, scales: SCALES });
    const place = (height * height + 5 * height + 2) * 3 + anchor;
    expect(targets.map(placesIn)).toEqual(SCALES.map((_, s) => (s === scale ? [place] : [])));
    expect(targets[scale].labels[place]).toBe(11);
    expect(targets[scale].box.subarray(4 * place, 4 * place + 4)).toEqual(
      Float32Array.from(row.slice(0, 4)),
    );
  });

  test('the IoU of sizes decides, not their difference', () => {
    // IoU with [0.5, 0.5]: 0.2/0.25 = 0.8; with [0.4, 0.8]: 0.2/0.32 = 0.625.
    const anchors = floats(0.4, 0.8, 0.5, 0.5);
    const scales = [{ height: 1, width: 1, anchors }];
    const { targets } = yoloV3(instancesOf([0.5, 0.5, 0.4, 0.5]), { batch: 1, scales });
    expect(targets[0].objectness).toEqual(floats(0, 1));
  });

  test('a grid that is not square, anchors by height and width', () => {
    const scales = [{ height: 2, width: 3, anchors: floats(0.1, 0.4, 0.4, 0.1) }];
    const rows = [
      [0.9, 0.5, 0.4, 0.1, 1],
      [0.1, 0.9, 0.1, 0.4, 2],
    ];
    const { targets } = yoloV3(instancesOf(...rows), { batch: 1, scales });
    const expected = new Int32Array(12);
    expected[(3 + 1) * 2 + 1] = 1;
    expected[2 * 2] = 2;
    expect(targets[0].labels).toEqual(expected);
  });

  test("'cxcywh' swaps the axes of the boxes only", () => {
    const scales = [{ height: 2, width: 2, anchors: floats(0.4, 0.1, 0.1, 0.4) }];
    const instances = { ...instancesOf([0]), boxes: floats(0.1, 0.75, 0.4, 0.1) };
    const { targets } = yoloV3(instances, { batch: 1, scales, format: 'cxcywh' });
    expect(placesIn(targets[0])).toEqual([2 * 2 + 1]);
    expect(targets[0].box.subarray(20, 24)).toEqual(floats(0.1, 0.75, 0.4, 0.1));
  });

  describe('edges', () => {
    const scales = [{ height: 4, width: 4, anchors: floats(0.5, 0.5) }];
    const placeOf = (y: number, x: number) =>
      placesIn(yoloV3(instancesOf([y, x, 0.5, 0.5]), { batch: 1, scales }).targets[0]);

    test.each([
      [0, 0, 0],
      [-0, -0, 0],
      [1, 1, 15],
      [1, 0, 12],
      [0, 1, 3],
      [0.25, 0.5, 4 + 2],
      [0.2499999, 0.5000001, 2],
      [0.9999999, 0.75, 12 + 3],
    ])('a centre at %f, %f is in cell %i', (y, x, cell) => expect(placeOf(y, x)).toEqual([cell]));

    test('ties go to the lowest scale, then to the lowest anchor', () => {
      const anchors = floats(0.1, 0.1, 0.4, 0.2, 0.2, 0.4, 0.4, 0.2);
      const tied = [
        { height: 1, width: 1, anchors: floats(0.9, 0.9) },
        { height: 2, width: 2, anchors },
        { height: 1, width: 1, anchors },
      ];
      const { targets } = yoloV3(instancesOf([0, 0, 0.2, 0.2]), { batch: 1, scales: tied });
      expect(targets.map(placesIn)).toEqual([[], [1], []]);
    });

    test('sizes of every magnitude find an anchor', () => {
      for (const size of [1e-45, 1e-30, 1e-4, 1, 3, 1e18, 3e38]) {
        const { targets } = yoloV3(instancesOf([0.5, 0.5, size, size]), { batch: 1, scales });
        expect(placesIn(targets[0])).toEqual([4 * 2 + 2]);
      }
    });

    test('a label of 0 is a label', () => {
      const instances = instancesOf([0.1, 0.1, 0.5, 0.5, 0], [0.1, 0.1, 0.5, 0.5, 9]);
      const { targets, unassigned } = yoloV3(instances, { batch: 1, scales });
      expect(targets[0].labels[0]).toBe(0);
      expect(unassigned).toEqual(ints(1));
    });

    test('the lowest row has the place, and images do not meet', () => {
      const box = [0.1, 0.1, 0.5, 0.5];
      const instances = instancesOf([...box, 1, 1], [...box, 2, 0], [...box, 3, 1], [...box, 4, 1]);
      const { targets, unassigned } = yoloV3(instances, { batch: 2, scales });
      expect(targets[0].labels[0]).toBe(2);
      expect(targets[0].labels[16]).toBe(1);
      expect(unassigned).toEqual(ints(2, 3));
    });

    test('views with an offset', () => {
      const boxes = floats(9, 0.1, 0.1, 0.5, 0.5).subarray(1);
      const instances = { boxes, labels: ints(-1, 5).subarray(1), images: ints(7, 0).subarray(1) };
      const { targets } = yoloV3(instances, { batch: 1, scales });
      expect(targets[0].labels[0]).toBe(5);
    });
  });
});

describe('yoloV1', () => {
  test('the example of its documentation', () => {
    const { target, unassigned } = yoloV1(instancesOf([0.75, 0.25, 0.2, 0.1, 7]), {
      batch: 1,
      grid: 2,
    });
    expect(target.objectness).toEqual(floats(0, 0, 1, 0));
    expect(target.labels).toEqual(ints(0, 0, 7, 0));
    expect(target.box.subarray(8, 12)).toEqual(floats(0.5, 0.5, 0.2, 0.1));
    expect(unassigned).toEqual(ints());
  });

  test('the shapes of the target', () => {
    const { target } = yoloV1(instancesOf(), { batch: 3, grid: 7 });
    expect(target.box).toEqual(new Float32Array(3 * 49 * 4));
    expect(target.objectness).toEqual(new Float32Array(3 * 49));
    expect(target.labels).toEqual(new Int32Array(3 * 49));
  });

  test.each([
    [0, 0, 0, 0, 0],
    [1, 1, 48, 1, 1],
    [0.5, 0.25, 3 * 7 + 1, 0.5, 0.75],
    [0.9375, 0.125, 6 * 7, 0.5625, 0.875],
  ])('a centre at %f, %f is in cell %i, at %f, %f', (y, x, cell, inY, inX) => {
    const { target } = yoloV1(instancesOf([y, x, 0.3, 0.6, 4]), { batch: 1, grid: 7 });
    expect(placesIn(target)).toEqual([cell]);
    expect(target.box.subarray(4 * cell, 4 * cell + 4)).toEqual(floats(inY, inX, 0.3, 0.6));
  });

  test("'cxcywh'", () => {
    const instances = { ...instancesOf([0]), boxes: floats(0.25, 0.5, 0.6, 0.3) };
    const { target } = yoloV1(instances, { batch: 1, grid: 7, format: 'cxcywh' });
    expect(placesIn(target)).toEqual([22]);
    expect(target.box.subarray(88, 92)).toEqual(floats(0.75, 0.5, 0.6, 0.3));
  });

  test('the lowest row has the cell, and images do not meet', () => {
    const rows = [
      [0.1, 0.1, 0.5, 0.5, 1, 1],
      [0.2, 0.3, 0.1, 0.1, 2, 0],
      [0.3, 0.2, 0.1, 0.1, 3, 1],
    ];
    const { target, unassigned } = yoloV1(instancesOf(...rows), { batch: 2, grid: 2 });
    expect(target.labels).toEqual(ints(2, 0, 0, 0, 1, 0, 0, 0));
    expect(unassigned).toEqual(ints(2));
  });
});

describe('properties', () => {
  const fraction = fc.float({ min: 0, max: 1, noNaN: true });
  const size = fc.float({ min: Math.fround(1e-3), max: 1, noNaN: true });
  const object = fc.tuple(fraction, fraction, size, size, fc.nat(9), fc.nat(2));
  const objects = fc.array(object, { maxLength: 40 });
  const anchors = fc
    .array(size, { minLength: 2, maxLength: 6 })
    .map((sizes) => Float32Array.from(sizes.slice(0, 2 * Math.floor(sizes.length / 2))));
  const side = fc.integer({ min: 1, max: 4 });
  const grids = fc.array(fc.record({ height: side, width: side, anchors }), {
    minLength: 1,
    maxLength: 3,
  });

  test('yoloV3: every instance is in the targets once or reported', () => {
    fc.assert(
      fc.property(objects, grids, (rows, scales) => {
        const { targets, unassigned } = yoloV3(instancesOf(...rows), { batch: 3, scales });
        const placed = targets.flatMap(placesIn).length;
        expect(placed + unassigned.length).toBe(rows.length);
        expect(Array.from(unassigned)).toEqual([...new Set(unassigned)].sort((a, b) => a - b));
        // Without those reported nothing else changes, and nobody is reported.
        const kept = rows.filter((_, row) => !unassigned.includes(row));
        const again = yoloV3(instancesOf(...kept), { batch: 3, scales });
        expect(again).toEqual({ targets, unassigned: ints() });
      }),
    );
  });

  test('yoloV3: no anchor anywhere has a higher IoU of sizes, the cell holds the centre', () => {
    fc.assert(
      fc.property(object, grids, (row, scales) => {
        const { targets } = yoloV3(instancesOf(row), { batch: 3, scales });
        const scale = targets.findIndex((target) => placesIn(target).length > 0);
        const { height, width, anchors: own } = scales[scale];
        const [place] = placesIn(targets[scale]);
        const [cell, anchor] = [Math.floor((2 * place) / own.length), place % (own.length / 2)];
        const [y, x, h, w, label, image] = row;
        expect(targets[scale].labels[place]).toBe(label);
        const [line, column] = [Math.floor(cell / width) - image * height, cell % width];
        expect(line <= y * height && y * height <= line + 1).toBe(true);
        expect(column <= x * width && x * width <= column + 1).toBe(true);
        const iou = (sizes: Float32Array, k: number) => {
          const common = Math.min(h, sizes[2 * k]) * Math.min(w, sizes[2 * k + 1]);
          return common / (h * w + sizes[2 * k] * sizes[2 * k + 1] - common);
        };
        const all = scales.flatMap(({ anchors: sizes }) =>
          Array.from({ length: sizes.length / 2 }, (_, k) => iou(sizes, k)),
        );
        expect(iou(own, anchor)).toBe(Math.max(...all));
      }),
    );
  });

  test('yoloV1: cell and place in it give the centre back', () => {
    fc.assert(
      fc.property(object, fc.integer({ min: 1, max: 9 }), (row, grid) => {
        const { target, unassigned } = yoloV1(instancesOf(row), { batch: 3, grid });
        expect(unassigned).toEqual(ints());
        const [place] = placesIn(target);
        const [inY, inX, h, w] = target.box.subarray(4 * place);
        const [line, column] = [Math.floor(place / grid) - row[5] * grid, place % grid];
        expect([inY, inX].every((part) => part >= 0 && part <= 1)).toBe(true);
        expectClose([(line + inY) / grid, (column + inX) / grid], row.slice(0, 2), 1e-7);
        expect([h, w, target.labels[place]]).toEqual(row.slice(2, 5));
      }),
    );
  });
});
