/**
 * How far overlaps and codecs are from the reference, over rows from the usual to the extreme, on
 * every instruction set, as docs/accuracy.json states.
 */
import { native } from '../../lib/binding';
import { MEASURES } from '../losses/table';
import { BOX_PAIRS, pairsIn } from '../support/box-pairs';
import { CODECS } from '../support/codecs';
import { EXTREME_PAIRS, extremesIn } from '../support/extreme-boxes';
import { settle } from '../support/figures';
import { FORMATS, random, type Random } from '../support/random';
import { measureCodec, measureOverlaps, type Overlaps } from '../support/values';
import type { BoxFormat } from '../../lib/types';

jest.setTimeout(300_000);

// Once one is used, it is the only one there is.
const targets = native.targets();

/** Of every kind of input in every format. */
const ROWS = 100;

test.each(CODECS)('$name', (codec) => {
  const { rows, wrong, targets: figures } = measureCodec(codec, targets, ROWS);
  expect(wrong).toEqual([]);
  const sample = codec.name.startsWith('codec.yoloV3')
    ? 'raw features and boxes'
    : 'pairs of boxes';
  settle(codec.name, { sample, rows, targets: figures });
});

type Pairs = [a: Float32Array, b: Float32Array];

/** Pairs of boxes of every kind, in a format. */
function allPairs(format: BoxFormat, count: number): [kind: string, pairs: Pairs][] {
  const kinds: [string, (next: Random) => Pairs][] = [
    ...Object.entries(BOX_PAIRS).map(([kind, pair]): [string, (next: Random) => Pairs] => [
      kind,
      (next) => pairsIn(format, count, () => pair(next)),
    ]),
    ...Object.entries(EXTREME_PAIRS).map(([kind, pair]): [string, (next: Random) => Pairs] => [
      kind,
      (next) => extremesIn(format, count, next, pair),
    ]),
  ];
  return kinds.map(([kind, make], at) => [kind, make(random(1000 * at + FORMATS.indexOf(format)))]);
}

test.each(['overlap.iou', 'overlap.alignedIou'])('%s', (name) => {
  const measures = MEASURES.filter(({ title }) => title.split(',')[0] === name);
  const calls = FORMATS.flatMap((format) =>
    measures.flatMap(({ title, matrix, native: compute, reference }) =>
      allPairs(format, matrix ? 12 : ROWS).map(([kind, [a, b]]): Overlaps => ({
        words: `${title}, ${kind} ${format}`,
        expected: reference(a, b, { format }),
        compute: () => compute(a, b, { format }),
      })),
    ),
  );
  const { rows, wrong, targets: figures } = measureOverlaps(calls, targets);
  expect(wrong).toEqual([]);
  settle(name, { sample: 'pairs of boxes', rows, targets: figures });
});
