/** The argument errors of the functions of overlap, and that nothing has been written. */
import { overlap } from '../../lib';
import { MEASURES } from '../losses/table';
import { floats } from '../support/random';
import { detached, NO_FLOATS, NO_OPTION_FLOATS, thrownBy } from '../support/refusals';

type Call = (...args: unknown[]) => unknown;

const pair = () => [floats(1, 1, 2, 2), floats(1, 2, 2, 2)];

describe.each(MEASURES)('$title', ({ title, matrix, ...measure }) => {
  const [name] = title.split(',');
  const native = measure.native as Call;
  const refusal = (...args: unknown[]) => thrownBy(() => native(...args));

  test('boxes', () => {
    const boxes = floats(1, 1, 2, 2);
    for (const [value, words] of NO_FLOATS) {
      const rule = `to be a Float32Array, got ${words}`;
      expect(refusal(value, boxes)).toBe(`TypeError: ${name}: expected a ${rule}`);
      expect(refusal(boxes, value)).toBe(`TypeError: ${name}: expected b ${rule}`);
    }
    expect(refusal(floats(1, 2, 3), boxes)).toBe(
      `RangeError: ${name}: expected a.length to be a multiple of 4, got 3`,
    );
    expect(refusal(boxes, floats(1, 2, 3))).toBe(
      matrix
        ? `RangeError: ${name}: expected b.length to be a multiple of 4, got 3`
        : `RangeError: ${name}: expected b.length to equal a.length (4), got 3`,
    );
    expect(refusal(detached(), boxes)).toBe(
      `TypeError: ${name}: expected a to have memory, got a detached array`,
    );
  });

  test('options', () => {
    const length = matrix ? 'the number of pairs (1)' : 'a.length / 4 (1)';
    const wrong: [options: object, message: string][] = [
      [
        { format: 'xyhw' },
        "RangeError: expected format to be 'yxhw', 'cxcywh', 'xyxy', 'tlbr' or 'xywh', got 'xyhw'",
      ],
      [{ format: 1 }, 'TypeError: expected format to be a string, got 1'],
      [{ threads: 0 }, 'RangeError: expected threads to be a whole number of at least 1, got 0'],
      [{ threads: '1' }, "TypeError: expected threads to be a number, got '1'"],
      [{ out: floats(7, 7) }, `RangeError: expected out.length to equal ${length}, got 2`],
      [{ out: detached() }, 'TypeError: expected out to have memory, got a detached array'],
      ...NO_OPTION_FLOATS.map(([out, words]): [object, string] => [
        { out },
        `TypeError: expected out to be a Float32Array, got ${words}`,
      ]),
      [{ ouput: 1 }, "TypeError: unknown option 'ouput', did you mean 'out'?"],
      [{ formats: 1 }, "TypeError: unknown option 'formats', did you mean 'format'?"],
    ];
    for (const [options, message] of wrong) {
      const out = floats(7);
      const [kind, words] = message.split(/: (.*)/s);
      expect(refusal(...pair(), { out, ...options })).toBe(`${kind}: ${name}: ${words}`);
      expect(out).toEqual(floats(7));
    }
  });

  test('an output in the memory of the boxes', () => {
    const [a, b] = pair();
    const rule = 'got views of the same memory';
    expect(refusal(a, b, { out: a.subarray(2, 3) })).toBe(
      `RangeError: ${name}: expected out not to overlap a, ${rule}`,
    );
    expect(refusal(a, b, { out: b.subarray(3) })).toBe(
      `RangeError: ${name}: expected out not to overlap b, ${rule}`,
    );
    expect([a, b]).toEqual(pair());
  });
});

test('options that are no object', () => {
  for (const call of [overlap.iou, overlap.alignedIou] as Call[]) {
    for (const [value, words] of [
      [null, 'null'],
      ['iou', "'iou'"],
      [1, '1'],
    ]) {
      expect(thrownBy(() => call(...pair(), value))).toMatch(
        /^TypeError: overlap\.\w+: expected options to be an object, got /,
      );
      expect(thrownBy(() => call(...pair(), value)).endsWith(String(words))).toBe(true);
    }
  }
});

test('overlap.iou: metric', () => {
  const call = (metric: unknown) => thrownBy(() => (overlap.iou as Call)(...pair(), { metric }));
  expect(call('IoU')).toBe(
    "RangeError: overlap.iou: expected metric to be 'iou', 'giou', 'diou' or 'ciou', got 'IoU'",
  );
  expect(call(1)).toBe('TypeError: overlap.iou: expected metric to be a string, got 1');
  expect(thrownBy(() => (overlap.alignedIou as Call)(...pair(), { metric: 'iou' }))).toMatch(
    /^TypeError: overlap\.alignedIou: unknown option 'metric'; the options are 'format', 'out' and 'threads'$/,
  );
});
