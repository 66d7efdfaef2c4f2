/** The argument errors of yoloV3.loss: its arrays, and that nothing has been written. */
import { floats } from '../../../support/random';
import { detached, NO_FLOATS } from '../../../support/refusals';
import {
  call,
  refuse,
  rightScales,
  scalesWith,
  type Options,
} from '../../../support/yolo-v3-refusals';

test('arrays of a wrong kind', () => {
  for (const [value, words] of NO_FLOATS) {
    for (const name of ['features', 'anchors']) {
      const rule = `scales[1].${name} to be a Float32Array`;
      refuse(`TypeError: expected ${rule}, got ${words}`, scalesWith({ [name]: value }));
    }
    for (const name of ['box', 'objectness']) {
      const rule = `scales[1].target.${name} to be a Float32Array`;
      refuse(`TypeError: expected ${rule}, got ${words}`, scalesWith({}, { [name]: value }));
    }
    if (value === undefined) continue;
    const categories = 'scales[1].target.categories to be a Float32Array';
    refuse(
      `TypeError: expected ${categories}, got ${words}`,
      scalesWith({}, { labels: undefined, categories: value }),
    );
    const ignore = 'scales[1].target.ignore to be a Uint8Array';
    refuse(`TypeError: expected ${ignore}, got ${words}`, scalesWith({}, { ignore: value }));
    if (value instanceof Int32Array) continue;
    const labels = 'scales[1].target.labels to be an Int32Array';
    refuse(`TypeError: expected ${labels}, got ${words}`, scalesWith({}, { labels: value }));
  }
  refuse(
    'TypeError: expected scales[1].target.labels to be an Int32Array (or categories given), ' +
      'got undefined',
    scalesWith({}, { labels: undefined }),
  );
  refuse(
    'TypeError: expected scales[1].features to have memory, got a detached array',
    scalesWith({ features: detached(8) }),
  );
});

test('lengths', () => {
  const rows = 'the number of rows, batch × height × width × anchors';
  const refuseLength = (name: string, rule: string, right: number, options: Options) =>
    refuse(`RangeError: expected ${name}.length to equal ${rule} (${right}), got 17`, options);
  const wrong = new Float32Array(17);
  const features = 'batch × height × width × anchors × (5 + classes)';
  refuseLength('scales[1].features', features, 8, scalesWith({ features: wrong }));
  const target = 'scales[1].target';
  refuseLength(`${target}.box`, `4 × ${rows}`, 4, scalesWith({}, { box: wrong }));
  refuseLength(`${target}.objectness`, rows, 1, scalesWith({}, { objectness: wrong }));
  refuseLength(`${target}.labels`, rows, 1, scalesWith({}, { labels: new Int32Array(17) }));
  refuseLength(`${target}.ignore`, rows, 1, scalesWith({}, { ignore: new Uint8Array(17) }));
  const categories = { labels: undefined, categories: wrong };
  refuseLength(`${target}.categories`, `classes × ${rows}`, 3, scalesWith({}, categories));
  // Sizes that do not go with the arrays.
  for (const [option, value, right] of [
    ['batch', 2, 32],
    ['batch', 0, 0],
    ['classes', 4, 18],
  ] as const) {
    refuse(
      `RangeError: expected scales[0].features.length to equal ${features} (${right}), got 16`,
      {
        [option]: value,
      },
    );
  }
});

test('labels that are no class', () => {
  const [first] = rightScales();
  for (const [label, row] of [
    [3, 0],
    [-1, 1],
    [2 ** 31 - 1, 1],
  ]) {
    const labels = new Int32Array(2).fill(label, row, row + 1);
    const target = { ...(first.target as object), labels };
    const rule = `scales[0].target.labels to be from 0 to 2 in row ${row}`;
    const scales = [{ ...first, target }, rightScales()[1]];
    refuse(`RangeError: expected ${rule}, got ${label}`, { scales });
    // Ignoring a row leaves it its class; without an object it has none.
    const ignore = new Uint8Array(2).fill(1);
    refuse(`RangeError: expected ${rule}, got ${label}`, {
      scales: [{ ...first, target: { ...target, ignore } }],
      grad: [new Float32Array(16)],
    });
    const objectness = new Float32Array(2).fill(1).fill(0, row, row + 1);
    const without = [{ ...first, target: { ...target, objectness } }];
    expect(call({ batch: 1, classes: 3, scales: without })).toBe('nothing');
  }
});

test('grad', () => {
  for (const [value, words] of [
    [null, 'null'],
    [1, '1'],
    ['true', "'true'"],
    [floats(1), 'Float32Array'],
    [{}, 'Object'],
  ]) {
    refuse(`TypeError: expected grad to be a boolean or an array, got ${words}`, { grad: value });
  }
  for (const length of [0, 1, 3]) {
    refuse(`RangeError: expected grad.length to equal scales.length (2), got ${length}`, {
      grad: Array.from({ length }, () => new Float32Array(16)),
    });
  }
  const first = new Float32Array(16).fill(7);
  for (const [value, words] of NO_FLOATS) {
    refuse(`TypeError: expected grad[1] to be a Float32Array, got ${words}`, {
      grad: [first, value],
    });
  }
  refuse('RangeError: expected grad[1].length to equal scales[1].features.length (8), got 16', {
    grad: [first, new Float32Array(16)],
  });
  refuse('TypeError: expected grad[1] to have memory, got a detached array', {
    grad: [first, detached(8)],
  });
  expect(new Set(first)).toEqual(new Set([7]));
});

describe('gradients in the memory of another array', () => {
  const memory = new ArrayBuffer(256);
  const grad = [new Float32Array(16).fill(7), new Float32Array(memory, 64, 8)];
  const apart = 'got views of the same memory';
  // The last of one is the first of the other.
  const places: [name: string, scales: Options][] = [
    ['features', scalesWith({ features: new Float32Array(memory, 92, 8) })],
    ['anchors', scalesWith({ anchors: new Float32Array(memory, 60, 2).fill(0.5) })],
    ['box', scalesWith({}, { box: new Float32Array(memory, 92, 4) })],
    ['objectness', scalesWith({}, { objectness: new Float32Array(memory, 64, 1) })],
    ['labels', scalesWith({}, { labels: new Int32Array(memory, 92, 1) })],
    ['ignore', scalesWith({}, { ignore: new Uint8Array(memory, 95, 1) })],
    [
      'categories',
      scalesWith({}, { labels: undefined, categories: new Float32Array(memory, 56, 3) }),
    ],
  ];

  test.each(places)('%s', (name, scales) => {
    refuse(`RangeError: expected grad[1] not to overlap scales[1]'s ${name}, ${apart}`, {
      ...scales,
      grad,
    });
  });

  test('another scale’s, and another gradient', () => {
    const features = new Float32Array(64).fill(7);
    const scales = rightScales();
    scales[1].features = features.subarray(8, 16);
    refuse(`RangeError: expected grad[0] not to overlap scales[1]'s features, ${apart}`, {
      scales,
      grad: [features.subarray(0, 16), new Float32Array(8)],
    });
    refuse(`RangeError: expected grad[1] not to overlap grad[0], ${apart}`, {
      grad: [features.subarray(0, 16), features.subarray(15, 23)],
    });
    expect(new Set(features)).toEqual(new Set([7]));
  });

  test('neighbours in one memory are no overlap', () => {
    const bytes = new ArrayBuffer(256);
    for (const [ignore, start] of [
      [new Uint8Array(bytes, 63, 1), 64],
      [new Uint8Array(bytes, 62, 1), 64],
      [new Uint8Array(bytes, 64 + 32, 1), 64],
    ] as const) {
      const scales = scalesWith({}, { ignore });
      const gradients = [new Float32Array(16), new Float32Array(bytes, start, 8)];
      expect(call({ batch: 1, classes: 3, ...scales, grad: gradients })).toBe('nothing');
    }
    // Two rows end where the gradient starts, at an odd address.
    const [first] = rightScales();
    const target = { ...(first.target as object), ignore: new Uint8Array(bytes, 62, 2) };
    const gradients = [new Float32Array(bytes, 64, 16)];
    const options = { batch: 1, classes: 3, scales: [{ ...first, target }], grad: gradients };
    expect(call(options)).toBe('nothing');
  });
});
