/** The argument errors of `fasterRcnn.rpnLoss` and `fasterRcnn.headLoss`. */
import { headLoss, rpnLoss } from '../../../lib/detectors/faster-rcnn';
import { floats } from '../../support/random';
import { detached, NO_FLOATS, NO_OPTION_FLOATS, thrownBy } from '../../support/refusals';

type Change = Record<string, unknown>;
type Loss = (args: unknown) => unknown;

/** Two anchors. */
const proposals = () => ({
  logits: new Float32Array(4),
  deltas: new Float32Array(8),
  anchors: floats(1, 1, 2, 2, 1, 1, 2, 2),
  assignment: {
    objectness: floats(1, 0),
    weight: floats(1, 1),
    box: floats(1, 2, 2, 2, 1, 1, 2, 2),
  },
});

/** Two rows of two classes and background; the label of the second does not matter. */
const detections = () => ({
  logits: new Float32Array(6),
  deltas: new Float32Array(24),
  labels: Int32Array.of(2, 99),
  targets: new Float32Array(8),
  weight: floats(1, 0),
});

/** What a call throws; it must not touch the gradients. */
function thrown(loss: Loss, args: { logits: Float32Array; deltas: Float32Array }, change: Change) {
  const grad = {
    logits: new Float32Array(args.logits.length).fill(7),
    deltas: new Float32Array(args.deltas.length).fill(7),
  };
  const message = thrownBy(() => loss({ ...args, grad, ...change }));
  for (const array of [grad.logits, grad.deltas]) expect(array.every((n) => n === 7)).toBe(true);
  return message;
}

const callRpn = (change: Change) => thrown(rpnLoss as Loss, proposals(), change);
const callHead = (change: Change) => thrown(headLoss as Loss, detections(), change);
const callAssignment = (change: Change) =>
  callRpn({ assignment: { ...proposals().assignment, ...change } });

test('examples without errors', () => {
  expect(thrownBy(() => rpnLoss(proposals()))).toBe('nothing');
  expect(thrownBy(() => headLoss(detections()))).toBe('nothing');
});

describe.each([
  ['fasterRcnn.rpnLoss', rpnLoss as Loss, callRpn, ['anchor', 'anchors']],
  ['fasterRcnn.headLoss', headLoss as Loss, callHead, ['label', 'labels']],
])('%s', (where, loss, call, misspelling) => {
  test('arguments as a whole', () => {
    for (const value of [undefined, null, 5]) {
      expect(thrownBy(() => loss(value))).toBe(
        `TypeError: ${where}: expected options to be an object, got ${value}`,
      );
    }
    for (const [wrong, right] of [['lamda', 'lambda'], ['Delta', 'delta'], misspelling]) {
      expect(call({ [wrong]: 1 })).toBe(
        `TypeError: ${where}: unknown option '${wrong}', did you mean '${right}'?`,
      );
    }
  });

  test.each([
    ['lambda', 'a finite number of at least 0', [-1, NaN, Infinity]],
    ['delta', 'a finite number above 0', [0, -1, NaN, Infinity]],
    ['threads', 'a whole number of at least 1', [0, -1, 0.5, NaN, Infinity]],
  ])('%s', (name, rule, wrong) => {
    for (const value of wrong) {
      expect(call({ [name]: value })).toBe(
        `RangeError: ${where}: expected ${name} to be ${rule}, got ${value}`,
      );
    }
    for (const [value, words] of [
      [null, 'null'],
      ['1', "'1'"],
    ]) {
      expect(call({ [name]: value })).toBe(
        `TypeError: ${where}: expected ${name} to be a number, got ${words}`,
      );
    }
  });

  test('grad', () => {
    for (const [value, words] of [
      [null, 'null'],
      [1, '1'],
      ['yes', "'yes'"],
    ]) {
      expect(call({ grad: value })).toBe(
        `TypeError: ${where}: expected grad to be a boolean or an object, got ${words}`,
      );
    }
    const { logits, deltas } = where === 'fasterRcnn.rpnLoss' ? proposals() : detections();
    for (const [name, own, others] of [
      ['logits', logits, { deltas: deltas.slice() }],
      ['deltas', deltas, { logits: logits.slice() }],
    ] as const) {
      for (const [value, words] of NO_FLOATS) {
        expect(call({ grad: { ...others, [name]: value } })).toBe(
          `TypeError: ${where}: expected grad.${name} to be a Float32Array, got ${words}`,
        );
      }
      expect(call({ grad: { ...others, [name]: new Float32Array(3) } })).toBe(
        `RangeError: ${where}: expected grad.${name}.length to equal ${name}.length ` +
          `(${own.length}), got 3`,
      );
    }
    const memory = new Float32Array(40);
    const overlapping = {
      logits: memory.subarray(0, logits.length),
      deltas: memory.subarray(2, 2 + deltas.length),
    };
    expect(call({ grad: overlapping })).toBe(
      `RangeError: ${where}: expected grad.deltas not to overlap grad.logits, got views of the ` +
        'same memory',
    );
  });
});

type Call = (change: Change) => string;

/** The errors of one array, which is at `key` of what `call` changes. */
function testArray(where: string, name: string, key: string, length: string, call: Call) {
  const isOption = name === 'weight';
  for (const [value, words] of isOption ? NO_OPTION_FLOATS : NO_FLOATS) {
    expect(call({ [key]: value })).toBe(
      `TypeError: ${where}: expected ${name} to be a Float32Array, got ${words}`,
    );
  }
  expect(call({ [key]: detached() })).toBe(
    `TypeError: ${where}: expected ${name} to have memory, got a detached array`,
  );
  expect(call({ [key]: new Float32Array(7) })).toBe(
    `RangeError: ${where}: expected ${name}.length to ${length}, got 7`,
  );
}

/** Gradients of which either lies in the memory of an input of the same call. */
function testOverlap(
  where: string,
  loss: Loss,
  name: string,
  args: Change,
  input: Float32Array | Int32Array,
) {
  const { logits, deltas } = args as Record<'logits' | 'deltas', Float32Array>;
  const { buffer, byteOffset } = input;
  for (const output of ['logits', 'deltas'] as const) {
    const grad: typeof args = { logits: logits.slice(), deltas: deltas.slice() };
    grad[output] = new Float32Array(buffer, byteOffset, (args[output] as Float32Array).length);
    expect(thrownBy(() => loss({ ...args, grad }))).toBe(
      `RangeError: ${where}: expected grad.${output} not to overlap ${name}, got views of the ` +
        'same memory',
    );
  }
}

/** A copy at the start of memory that any gradient fits in. */
function roomy<Values extends Float32Array | Int32Array>(array: Values): Values {
  const buffer = new ArrayBuffer(256);
  const copy = array instanceof Int32Array ? new Int32Array(buffer) : new Float32Array(buffer);
  copy.set(array);
  return copy.subarray(0, array.length) as Values;
}

describe('rpnLoss', () => {
  const where = 'fasterRcnn.rpnLoss';

  test.each([
    ['logits', 'be a multiple of 2'],
    ['deltas', 'equal 2 × logits.length (8)'],
    ['anchors', 'equal 2 × logits.length (8)'],
  ])('%s', (name, length) => {
    testArray(where, name, name, length, callRpn);
    const args = proposals() as Change;
    const input = roomy(args[name] as Float32Array);
    testOverlap(where, rpnLoss as Loss, name, { ...args, [name]: input }, input);
  });

  test.each([
    ['objectness', 'equal logits.length / 2 (2)'],
    ['weight', 'equal logits.length / 2 (2)'],
    ['box', 'equal 2 × logits.length (8)'],
  ] as const)('assignment.%s', (key, length) => {
    const name = `assignment.${key}`;
    testArray(where, name, key, length, callAssignment);
    const { assignment, ...args } = proposals();
    const input = roomy(assignment[key]);
    const changed = { ...args, assignment: { ...assignment, [key]: input } };
    testOverlap(where, rpnLoss as Loss, name, changed, input);
  });

  test('assignment and format', () => {
    for (const value of [undefined, null, 5]) {
      expect(callRpn({ assignment: value })).toBe(
        `TypeError: ${where}: expected assignment to be an object, got ${value}`,
      );
    }
    expect(callRpn({ format: 'yxwh' })).toBe(
      `RangeError: ${where}: expected format to be 'yxhw', 'cxcywh', 'xyxy', 'tlbr' or 'xywh', ` +
        "got 'yxwh'",
    );
  });
});

describe('headLoss', () => {
  const where = 'fasterRcnn.headLoss';

  test.each([
    ['logits', 'be a multiple of labels.length (2)'],
    ['deltas', 'equal 4 × labels.length (8) or 4 × logits.length (24)'],
    ['targets', 'equal 4 × labels.length (8)'],
    ['weight', 'equal labels.length (2)'],
  ])('%s', (name, length) => {
    testArray(where, name, name, length, callHead);
    const args = detections() as Change;
    const input = roomy(args[name] as Float32Array);
    testOverlap(where, headLoss as Loss, name, { ...args, [name]: input }, input);
  });

  test('labels', () => {
    for (const [value, words] of [...NO_FLOATS, [floats(1, 2), 'Float32Array'] as const]) {
      if (value instanceof Int32Array) continue;
      expect(callHead({ labels: value })).toBe(
        `TypeError: ${where}: expected labels to be an Int32Array, got ${words}`,
      );
    }
    for (const label of [-1, 3]) {
      expect(callHead({ labels: Int32Array.of(label, 0) })).toBe(
        `RangeError: ${where}: expected labels to be from 0 to 2 in row 0, got ${label}`,
      );
      expect(callHead({ labels: Int32Array.of(0, label), weight: undefined })).toBe(
        `RangeError: ${where}: expected labels to be from 0 to 2 in row 1, got ${label}`,
      );
    }
    const input = roomy(Int32Array.of(1, 2));
    testOverlap(where, headLoss as Loss, 'labels', { ...detections(), labels: input }, input);
  });

  test('no rows, no classes', () => {
    expect(callHead({ labels: new Int32Array() })).toBe(
      `RangeError: ${where}: expected logits.length to be a multiple of labels.length (0), got 6`,
    );
    expect(callHead({ logits: floats() })).toBe(
      `RangeError: ${where}: expected logits.length to be a multiple of labels.length (2), got 0`,
    );
  });
});
