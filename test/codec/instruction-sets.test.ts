/** Every codec against the reference, on every instruction set, at every length and alignment. */
import { CODECS, type Codec } from '../support/codecs';
import { expectClose, expectSame } from '../support/close';
import { amidNaN, Guarded } from '../support/guarded';
import { random } from '../support/random';
import { onEveryTarget } from '../support/targets';

const LENGTHS = [...Array.from({ length: 34 }, (_, rows) => rows), 1000, 4099];

function sampleOf(codec: Codec, rows: number) {
  const format = codec.formats[rows % codec.formats.length];
  const [input, anchors] = codec.arrays(random(601 + rows), rows, format);
  return { rows, input, anchors, format, expected: codec.reference(input, anchors, { format }) };
}

describe.each(CODECS)('$name', (codec) => {
  const samples = LENGTHS.map((rows) => sampleOf(codec, rows));

  onEveryTarget(() => {
    test('every number of rows', () => {
      for (const { input, anchors, format, expected } of samples) {
        const actual = codec.native(input, anchors, { format });
        expect(actual).toBeInstanceOf(Float32Array);
        expect(actual).toHaveLength(input.length);
        const wrong = Array.from(actual.keys()).filter((k) => {
          // By the row's largest number: a box's edges are as exact as its centre and size.
          const row = expected.subarray(k - (k % 4), k - (k % 4) + 4);
          const error = Math.abs(actual[k] - expected[k]);
          return !(error <= 1e-6 * Math.max(...row.map(Math.abs)));
        });
        expect(wrong).toEqual([]);
      }
    });

    test('every alignment, and nothing beside the output', () => {
      for (const { input, anchors, format } of samples) {
        const expected = codec.native(input, anchors, { format });
        for (const offset of [1, 2, 3]) {
          const out = new Guarded(input.length, offset, -77.25);
          const moved =
            anchors instanceof Float32Array
              ? amidNaN(anchors, offset)
              : { ...anchors, anchors: amidNaN(anchors.anchors, offset) };
          const result = codec.native(amidNaN(input, offset), moved, { format, out: out.view });
          expect(result).toBe(out.view);
          expectSame(out.view, expected);
          expect(out.intact).toBe(true);
        }
      }
    });

    test('a NaN is in its own row, in the numbers made of it', () => {
      const { input, anchors, format } = samples[33];
      const clean = codec.native(input, anchors, { format });
      for (const k of [0, 61, 66, 131]) {
        const dirty = input.slice().fill(NaN, k, k + 1);
        const actual = codec.native(dirty, anchors, { format });
        const row = k - (k % 4);
        const spoiled = actual.subarray(row, row + 4).some(Number.isNaN);
        expect(spoiled).toBe(true);
        actual.set(clean.subarray(row, row + 4), row);
        expectSame(actual, clean);
      }
    });

    test('memory that threads share', () => {
      const { input, anchors, format } = samples[30];
      const shared = (array: Float32Array) => {
        const view = new Float32Array(new SharedArrayBuffer(4 * array.length + 4), 4);
        view.set(array);
        return view;
      };
      const out = shared(new Float32Array(input.length));
      const places =
        anchors instanceof Float32Array
          ? shared(anchors)
          : { ...anchors, anchors: shared(anchors.anchors) };
      codec.native(shared(input), places, { format, out, threads: 1 });
      expectClose(out, codec.native(input, anchors, { format }), 0);
    });
  });
});
