/** The parts of examples/train-digits. */
import { overlap } from 'detloss';
import { makeBatch } from '../../../examples/train-digits/batches';
import { convolve } from '../../../examples/train-digits/convolution';
import { detect, type Detection } from '../../../examples/train-digits/detect';
import { readDigits } from '../../../examples/train-digits/digits';
import { quality } from '../../../examples/train-digits/metrics';
import { seeded } from '../../../examples/random';
import { scenes, type Scene } from '../../../examples/train-digits/scenes';
import { random, uniform } from '../../support/random';
import { BACKENDS, expectTensor, tf } from '../../support/tensors';

describe.each(BACKENDS)('the convolution on the %s backend', (backend) => {
  // In its own tests TensorFlow.js takes what an operation saves for a leak.
  beforeAll(() => {
    tf.env().set('IS_TEST', false);
    tf.enableProdMode();
    return tf.setBackend(backend);
  });

  test.each([
    [3, 1],
    [3, 2],
    [1, 1],
    [5, 1],
  ] as const)('of size %d with stride %d has the gradients of tf.conv2d', async (size, stride) => {
    const next = random(5);
    const images = uniform(next, 2 * 6 * 8 * 3, -1, 1);
    const filter = uniform(next, size * size * 3 * 4, -1, 1);
    const by = uniform(next, (2 * 6 * 8 * 4) / stride ** 2, -1, 1);
    const gradients = (convolution: (x: tf.Tensor4D, w: tf.Tensor4D) => tf.Tensor) => {
      const x = tf.tensor4d(images, [2, 6, 8, 3]);
      const w = tf.tensor4d(filter, [size, size, 3, 4]);
      const dy = tf.tensor(by, [2, 6 / stride, 8 / stride, 4]);
      const { value, grads } = tf.valueAndGrads((...inputs) =>
        convolution(...(inputs as [tf.Tensor4D, tf.Tensor4D])),
      )([x, w], dy);
      return [value, ...grads].map((tensor) => tf.tensor(tensor.arraySync() as number[]));
    };
    const actual = gradients((x, w) => convolve(x, w, stride));
    await tf.setBackend('cpu');
    const expected = gradients((x, w) => tf.conv2d(x, w, stride, 'same'));
    actual.forEach((tensor, k) => expectTensor(tensor, expected[k]));
    await tf.setBackend(backend);
  });
});

describe('scenes', () => {
  const { train, validation } = readDigits();
  const take = (digits: typeof train, seed: number, count: number): Scene[] => {
    const stream = scenes(digits, 96, seeded(seed));
    return Array.from({ length: count }, () => stream.next().value as Scene);
  };

  test('share no digit between training and validation', () => {
    const texts = new Set(train.map(({ pixels }) => pixels.join()));
    expect(train.length + validation.length).toBe(10000);
    expect(validation.filter(({ pixels }) => texts.has(pixels.join()))).toEqual([]);
  });

  test('are the same for the same seed', () => {
    expect(take(train, 4, 3)).toEqual(take(train, 4, 3));
    expect(take(train, 4, 3)).not.toEqual(take(train, 5, 3));
  });

  test('have 1 to 6 digits of half to double size, with their ink at the edges of their boxes', () => {
    const all = take(train, 1, 400);
    const counts = all.map(({ objects }) => objects.length);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([1, 6]);
    const sizes = all.flatMap(({ objects }) =>
      objects.map(({ top, left, bottom, right }) => Math.max(bottom - top, right - left)),
    );
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(8);
    expect(Math.min(...sizes)).toBeLessThan(12);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(44);
    expect(Math.max(...sizes)).toBeGreaterThan(36);
    const range = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, k) => from + k);
    const loose = all.flatMap(({ pixels, objects }) => {
      const ink = (row: number, column: number) => pixels[row * 96 + column] > 0;
      return objects.filter(({ top, left, bottom, right }) => {
        const [rows, columns] = [range(top, bottom), range(left, right)];
        const edges = [
          columns.some((x) => ink(top, x)),
          columns.some((x) => ink(bottom - 1, x)),
          rows.some((y) => ink(y, left)),
          rows.some((y) => ink(y, right - 1)),
        ];
        return !edges.every(Boolean) || top < 0 || left < 0 || bottom > 96 || right > 96;
      });
    });
    expect(loose).toEqual([]);
  });
});

describe('detections', () => {
  const grids = [
    { height: 2, width: 2, anchors: Float32Array.of(0.5, 0.5, 0.2, 0.4) },
    { height: 4, width: 4, anchors: Float32Array.of(0.1, 0.1) },
  ];
  const scene: Scene = {
    pixels: new Float32Array(96 * 96),
    objects: [
      { label: 3, top: 10, left: 12, bottom: 50, right: 60 },
      { label: 1, top: 70, left: 70, bottom: 80, right: 82 },
    ],
  };

  test('of features made from the targets are the true boxes', () => {
    const { targets } = makeBatch([scene, { ...scene, objects: [] }], grids);
    const features = targets.map(({ box, objectness, labels }, s) => {
      const { height, width, anchors } = grids[s];
      const count = anchors.length / 2;
      const raw = new Float32Array(objectness.length * 9).fill(-6);
      objectness.forEach((object, row) => {
        if (object === 0) return;
        const cell = Math.floor(row / count);
        const place = [Math.floor(cell / width) % height, cell % width];
        [height, width].forEach((cells, axis) => {
          const part = box[4 * row + axis] * cells - place[axis];
          const size = box[4 * row + 2 + axis] / anchors[2 * (row % count) + axis];
          raw[9 * row + axis] = -Math.log(1 / part - 1);
          raw[9 * row + 2 + axis] = Math.log(size);
        });
        raw[9 * row + 4] = 6;
        raw[9 * row + 5 + labels[row]] = 6;
      });
      return raw;
    });
    const found = detect(features, grids, 2, 4);
    expect(found.map(({ image, label }) => [image, label])).toEqual([
      [0, 3],
      [0, 1],
    ]);
    scene.objects.forEach(({ top, left, bottom, right }, k) => {
      const truth = Float32Array.of(
        top + bottom,
        left + right,
        2 * (bottom - top),
        2 * (right - left),
      );
      expect(
        overlap.alignedIou(
          found[k].box,
          truth.map((n) => n / 192),
        )[0],
      ).toBeCloseTo(1);
      expect(found[k].score).toBeCloseTo((1 / (1 + Math.exp(-6))) ** 2);
    });
  });
});

describe('precision, recall and average precision', () => {
  const at = (x: number, score = 1, label = 0, image = 0): Detection => ({
    image,
    label,
    score,
    box: Float32Array.of(0.5, x, 0.1, 0.1),
  });

  test('by hand: 3 true boxes, the scores right, wrong, right', () => {
    const truths = [at(0.1), at(0.5), at(0.9)];
    const found = [at(0.1, 0.9), at(0.3, 0.8), at(0.5, 0.7)];
    // Precision 1 at recall 1/3, 2/3 at recall 2/3: the area is (1 + 2/3) / 3.
    const { precision, recall, ap } = quality(found, truths, 0.5);
    expect(precision).toBeCloseTo(2 / 3, 12);
    expect(recall).toBeCloseTo(2 / 3, 12);
    expect(ap).toBeCloseTo(5 / 9, 12);
  });

  test('the best precision at a recall or beyond counts', () => {
    const truths = [at(0.1), at(0.5)];
    const found = [at(0.3, 0.9), at(0.1, 0.8), at(0.5, 0.7)];
    // Precisions 0, 1/2, 2/3: at both recalls the best is 2/3.
    expect(quality(found, truths, 0.5).ap).toBeCloseTo(2 / 3, 12);
  });

  test('a box is found once', () => {
    const { precision, recall, ap } = quality([at(0.5, 0.9), at(0.501, 0.8)], [at(0.5)], 0.5);
    expect([precision, recall, ap]).toEqual([0.5, 1, 1]);
  });

  test('of two true boxes a detection takes the nearer', () => {
    const found = [at(0.515, 0.9), at(0.49, 0.8)];
    expect(quality(found, [at(0.5), at(0.52)], 0.5).recall).toBe(1);
  });

  test('the wrong class, the wrong image and too little overlap are wrong', () => {
    const truth = [at(0.5)];
    // Shifted by a fifth of the width: IoU 0.8 / 1.2.
    expect(quality([at(0.52)], truth, 0.66).recall).toBe(1);
    expect(quality([at(0.52)], truth, 0.67).recall).toBe(0);
    expect(quality([at(0.5, 1, 1)], truth, 0.5)).toEqual({ precision: 0, recall: 0, ap: 0 });
    expect(quality([at(0.5, 1, 0, 1)], truth, 0.5)).toEqual({ precision: 0, recall: 0, ap: 0 });
  });

  test('is the mean over the classes there are', () => {
    const truths = [at(0.1), at(0.5, 1, 1)];
    expect(quality([at(0.1, 0.9), at(0.9, 0.8, 2)], truths, 0.5).ap).toBe(0.5);
  });

  test('precision and recall are those of scores from the threshold on', () => {
    const found = [at(0.1, 0.9), at(0.3, 0.4), at(0.5, 0.2)];
    const truths = [at(0.1), at(0.5)];
    expect(quality(found, truths, 0.5)).toMatchObject({ precision: 1, recall: 0.5 });
    expect(quality(found, truths, 0.5, 0.1)).toMatchObject({ precision: 2 / 3, recall: 1 });
  });

  test('of nothing', () => {
    expect(quality([], [], 0.5)).toEqual({ precision: 0, recall: 0, ap: 0 });
    expect(quality([at(0.5)], [], 0.5)).toEqual({ precision: 0, recall: 0, ap: 0 });
    expect(quality([], [at(0.5)], 0.5)).toEqual({ precision: 0, recall: 0, ap: 0 });
  });
});
