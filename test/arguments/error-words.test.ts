/** What errors advise, and that to word them neither throws nor runs code of the arguments. */
import { inspect } from 'node:util';
import {
  assign,
  box,
  category,
  codec,
  fasterRcnn,
  objectness,
  overlap,
  regression,
  yoloV1,
  yoloV3,
} from '../../lib';
import { floats } from '../support/random';
import { adviceOf } from '../support/refusals';

type Call = (...args: unknown[]) => unknown;

const four = floats(1, 1, 2, 2);
const iou = box.iou as Call;

class TensorOfTfjs {
  shape = [1, 4];
  dtype = 'float32';
  dataSync() {
    throw new Error('must not be called');
  }
}

class TensorOfOnnx {
  dims = [1, 4];
  get data(): never {
    throw new Error('must not be called');
  }
}

describe('what to pass instead', () => {
  test.each([
    ['an array', [1, 1, 2, 2], 'got Array; pass Float32Array.from(pred)'],
    ['float64', new Float64Array(4), 'got Float64Array; pass Float32Array.from(pred)'],
    ['bytes', new Uint8Array(4), 'got Uint8Array; pass Float32Array.from(pred)'],
    ['memory', new ArrayBuffer(16), 'got ArrayBuffer; pass new Float32Array(pred)'],
    ['a tensor', new TensorOfTfjs(), 'got TensorOfTfjs; pass await pred.data() or pred.dataSync()'],
    ['a tensor with data', new TensorOfOnnx(), 'got TensorOfOnnx; pass pred.data'],
    ['an object with data', { data: four, dims: [1, 4] }, 'got Object; pass pred.data'],
    ['big integers', new BigInt64Array(4), 'got BigInt64Array'],
    ['an object', {}, 'got Object'],
    ['null', null, 'got null'],
  ])('%s', (_, value, words) => {
    expect(adviceOf(() => iou(value, four))).toBe(
      `TypeError: box.iou: expected pred to be a Float32Array, ${words}`,
    );
  });

  test('weights, labels, targets, anchors', () => {
    expect(adviceOf(() => iou(four, four, { weight: Uint8Array.of(1) }))).toBe(
      'TypeError: box.iou: expected weight to be a Float32Array, got Uint8Array; pass Float32Array.from(weight)',
    );
    expect(adviceOf(() => (category.fasterRcnn as Call)(four, [0]))).toBe(
      'TypeError: category.fasterRcnn: expected labels to be an Int32Array, got Array; pass Int32Array.from(labels)',
    );
    expect(adviceOf(() => (category.yoloV1 as Call)(four, [0]))).toBe(
      'TypeError: category.yoloV1: expected target to be an Int32Array of labels or a Float32Array, got Array; ' +
        'pass Int32Array.from(target) or Float32Array.from(target)',
    );
    const grid = { height: 1, width: 1, anchors: [0.5, 0.5] };
    expect(adviceOf(() => (codec.yoloV3.encode as Call)(four, grid))).toContain(
      'got Array; pass Float32Array.from(grid.anchors)',
    );
  });

  test.each([
    ['XYXY', "; did you mean 'xyxy'?"],
    ['xyhw', "; did you mean 'yxhw'?"],
    ['coco', ''],
    ['', ''],
  ])('format %p', (format, advice) => {
    expect(adviceOf(() => iou(four, four, { format }))).toBe(
      `RangeError: box.iou: expected format to be 'yxhw', 'cxcywh', 'xyxy', 'tlbr' or 'xywh', got '${format}'${advice}`,
    );
  });

  test('layout', () => {
    const options = { batch: 1, classes: 1, scales: [], layout: 'nchw' };
    expect(adviceOf(() => (yoloV3.loss as Call)(options))).toBe(
      "RangeError: yoloV3.loss: expected layout to be 'NHWC' or 'NCHW', got 'nchw'; did you mean 'NCHW'?",
    );
  });
});

describe('unknown options', () => {
  const unknown = (call: Call, options: object) => adviceOf(() => call(four, four, options));

  test.each([
    ['input', 'Input'],
    ['grad', 'gradient'],
    ['weight', 'weights'],
    ['reduction', 'reduce'],
  ])("did you mean '%s', not %s", (right, wrong) => {
    expect(unknown(objectness.yoloV3 as Call, { [wrong]: 1 })).toBe(
      `TypeError: objectness.yoloV3: unknown option '${wrong}', did you mean '${right}'?`,
    );
  });

  test.each(['fromLogits', 'from_logits', 'obj', 'size_average', 'x', '', 'y'.repeat(1e6)])(
    'all are listed where none is near: %.20s',
    (name) => {
      expect(unknown(objectness.yoloV3 as Call, { [name]: 1 })).toBe(
        `TypeError: objectness.yoloV3: unknown option '${name}'; the options are 'input', 'reduction', ` +
          "'weight', 'grad', 'out' and 'threads'",
      );
    },
  );

  test('of settings within options', () => {
    const thrown = (weights: object) =>
      adviceOf(() => (yoloV3.loss as Call)({ batch: 1, classes: 1, scales: [], weights }));
    expect(thrown({ obj: 1 })).toContain("unknown option 'obj', did you mean 'objectness'?");
    expect(thrown({ cls: 1 })).toContain(
      "'cls'; the options are 'box', 'objectness' and 'category'",
    );
  });
});

describe('values that are hostile to whoever looks at them', () => {
  const trap = () => {
    throw new Error('code of the argument was run');
  };
  const trapped = new Proxy(
    {},
    Object.fromEntries(
      ['get', 'has', 'getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor', 'set'].map((name) => [
        name,
        trap,
      ]),
    ),
  );
  const { proxy: revoked, revoke } = Proxy.revocable([], {});
  revoke();
  const values: [what: string, value: unknown][] = [
    ['a Proxy', trapped],
    ['a revoked Proxy', revoked],
    ['a Proxy of a function', new Proxy(() => 0, { get: trap, apply: trap })],
    ['a prototype that is a Proxy', Object.create(trapped) as unknown],
    ['no prototype', Object.create(null)],
    ['a constructor that throws', Object.defineProperty({}, 'constructor', { get: trap })],
    ['a constructor that is a Proxy', { constructor: new Proxy(TensorOfTfjs, { get: trap }) }],
    ['a constructor that is a number', { constructor: 5 }],
    ['a name that throws', { constructor: Object.defineProperty(() => 0, 'name', { get: trap }) }],
    [
      'getters that throw',
      Object.defineProperties({}, { data: { get: trap }, length: { get: trap } }),
    ],
    [
      'conversions that throw',
      { toString: trap, valueOf: trap, [Symbol.toPrimitive]: trap, toJSON: trap },
    ],
    ['a tag that throws', Object.defineProperty({}, Symbol.toStringTag, { get: trap })],
    ['a symbol', Symbol('x')],
    ['a big integer', 2n],
    ['a long string', 'x'.repeat(1e6)],
  ];

  test.each(values)('%s', (_, value) => {
    const wrong: Call[] = [
      () => iou(value, four),
      () => iou(four, value),
      () => iou(four, four, { weight: value }),
      () => iou(four, four, { out: value, reduction: 'none' }),
      () => iou(four, four, { format: value }),
      () => iou(four, four, { threads: value }),
      () => (category.yoloV3 as Call)(four, value),
      () => (category.fasterRcnn as Call)(four, value),
      () => (regression.huber as Call)(four, four, { delta: value }),
      () => (box.yoloV3 as Call)(four, four, { height: 1, width: 1, anchors: value }),
      () => (box.yoloV3 as Call)(four, four, { height: value, width: 1, anchors: four }),
      () => (overlap.iou as Call)(value, four),
      () => (assign.rpn as Call)(value, four),
      () => (yoloV3.loss as Call)({ batch: value }),
      () => (yoloV3.loss as Call)({ batch: 1, classes: 1, scales: value }),
      () => (yoloV1.loss as Call)({ batch: 1, grid: 1, boxes: 1, classes: 1, predictions: value }),
      () => (fasterRcnn.headLoss as Call)({ logits: four, labels: value }),
    ];
    for (const call of wrong) {
      const message = adviceOf(call);
      expect(message).toMatch(/^(Type|Range)Error: [\w.]+: expected [^]+, got /);
      expect(message.length).toBeLessThan(300);
    }
  });

  test('they are hostile', () => {
    expect(() => inspect((trapped as { a?: unknown }).a)).toThrow('code of the argument');
  });
});

test('what holds no options by name is no options', () => {
  const pair = [new Float32Array(4), new Float32Array(4)] as const;
  for (const options of [[], new Map([['grad', true]]), new Set(), new Date(0)]) {
    expect(() => box.iou(...pair, options as object)).toThrow(
      /^box\.iou: expected options to be an object, got (Array|Map|Set|Date)$/,
    );
  }
});

test('numbers that no float32 holds are no factors', () => {
  const one = new Float32Array(1);
  const largest = 'at most 3.4e38, the largest float32, got 3.5e+38';
  expect(() => regression.smoothL1(one, one, { beta: 3.5e38 })).toThrow(
    `regression.smoothL1: expected beta to be ${largest}`,
  );
  expect(() => objectness.yoloV1(one, one, { noObject: 3.5e38 })).toThrow(
    `objectness.yoloV1: expected noObject to be ${largest}`,
  );
});
