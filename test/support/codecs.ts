/** The four codecs, as suites that treat them alike see them. */
import { codec, type BoxFormat, type Grid } from '../../lib';
import * as reference from '../../lib/reference';
import { BOX_PAIRS, pairsIn } from './box-pairs';
import { EXTREME_PAIRS, extremesIn } from './extreme-boxes';
import { EXTREME_FEATURES } from './extreme-rows';
import { rawBoxes } from './grids';
import { FORMATS, magnitude, signed, uniform, type Random } from './random';

/** What is coded, and the anchors: one for each row, or a grid's. */
export type Coded = [input: Float32Array, anchors: Float32Array | Grid];

/** A codec and the arrays it is given. */
export interface Codec {
  name: string;
  inputName: string;
  formats: readonly BoxFormat[];
  arrays(next: Random, rows: number, format: BoxFormat): Coded;
  /** Rows at the limits of float32, for the suite that measures accuracy. */
  extremes: Readonly<Record<string, Codec['arrays']>>;
  native(input: Float32Array, anchors: unknown, options?: object): Float32Array;
  reference(input: Float32Array, anchors: unknown, options?: object): Float64Array;
}

const RAW_FORMATS = ['yxhw', 'cxcywh'] as const;

type AnyCodec = (input: Float32Array, anchors: unknown, options?: object) => never;

function codecOf(
  family: 'fasterRcnn' | 'yoloV3',
  way: 'encode' | 'decode',
  inputName: string,
  arrays: Codec['arrays'],
  extremes: Codec['extremes'],
): Codec {
  return {
    name: `codec.${family}.${way}`,
    inputName,
    formats: family === 'yoloV3' ? RAW_FORMATS : FORMATS,
    arrays,
    extremes,
    native: codec[family][way] as AnyCodec,
    reference: reference.codec[family][way] as unknown as AnyCodec,
  };
}

/** Raw features within ±4 and boxes with their centres in their cells. */
function cells(next: Random, rows: number, format: BoxFormat) {
  const order = format === 'cxcywh' ? format : 'yxhw';
  return rawBoxes(next, rows, order, 4, (cell, count) => (cell + 0.05 + 0.9 * next()) / count);
}

function mapKinds<Made>(
  kinds: Readonly<Record<string, Made>>,
  change: (make: Made) => Codec['arrays'],
): Codec['extremes'] {
  return Object.fromEntries(Object.entries(kinds).map(([kind, make]) => [kind, change(make)]));
}

/** Deltas of any size, of offsets and of sizes. */
function extremeDeltas(next: Random, rows: number): Float32Array {
  return Float32Array.from({ length: 4 * rows }, () => {
    const size = next() < 0.2 ? 4 : magnitude(next, 1e-30, 4);
    return Math.sign(signed(next)) * size;
  });
}

export const CODECS: Codec[] = [
  codecOf(
    'fasterRcnn',
    'encode',
    'boxes',
    (next, rows, format) => pairsIn(format, rows, () => BOX_PAIRS.overlapping(next)),
    mapKinds(EXTREME_PAIRS, (pair) => (next, rows, format) => extremesIn(format, rows, next, pair)),
  ),
  codecOf(
    'fasterRcnn',
    'decode',
    'deltas',
    (next, rows, format) => {
      const [, anchors] = pairsIn(format, rows, () => BOX_PAIRS.overlapping(next));
      return [uniform(next, 4 * rows, -2, 3), anchors];
    },
    mapKinds(EXTREME_PAIRS, (pair) => (next, rows, format) => {
      const [, anchors] = extremesIn(format, rows, next, pair);
      return [extremeDeltas(next, rows), anchors];
    }),
  ),
  codecOf(
    'yoloV3',
    'encode',
    'boxes',
    (next, rows, format) => {
      const [, boxes, grid] = cells(next, rows, format);
      return [boxes, grid];
    },
    mapKinds(EXTREME_FEATURES, (make) => (next, rows, format) => {
      const [, boxes, grid] = make(next, rows, format);
      return [boxes as Float32Array, grid as Grid];
    }),
  ),
  codecOf(
    'yoloV3',
    'decode',
    'raw',
    (next, rows, format) => {
      const [raw, , grid] = cells(next, rows, format);
      return [raw, grid];
    },
    mapKinds(EXTREME_FEATURES, (make) => (next, rows, format) => {
      const [raw, , grid] = make(next, rows, format);
      return [raw, grid as Grid];
    }),
  ),
];
