/**
 * The limits as Markdown.
 */
import { code, digits, table, times } from '../table';
import type { Traffic } from './bandwidth';
import type { LimitsReport } from './run';

const VERBS = { read: 'reads', copy: 'copies', fill: 'fills' };

function bytes(count: number): string {
  return count >= 2 ** 20 ? `${count / 2 ** 20} MiB` : `${count / 2 ** 10} KiB`;
}

export function limitsSection(report: LimitsReport | undefined): string[] {
  if (report === undefined) return [];
  const { clock, bandwidths, otherTarget } = report;
  const speeds = Object.entries(bandwidths).map(
    ([what, { speed, by }]) => `${VERBS[what as Traffic]} ${digits(speed)} GB/s (${by})`,
  );
  const [inside, beyond] = [report.inside, report.beyond].map(bytes);
  const other = otherTarget === undefined ? [] : [otherTarget];
  const lines = report.results.map((result) => [
    code(result.name),
    result.computes,
    digits(result.inside.time),
    digits(result.inside.cycles),
    ...(result.inside.otherTarget === undefined ? [] : [times(result.inside.otherTarget)]),
    times(result.inside.threads),
    digits(result.beyond.time),
    digits(result.beyond.speed),
    `${(100 * result.beyond.fraction).toFixed(0)}% of ${result.beyond.like}`,
    times(result.beyond.threads),
  ]);
  return [
    '## Against the machine',
    `The addon on one thread, in nanoseconds for each element, box or pair: with arrays of ${inside} in
all, which a core's own caches hold, and with arrays of ${beyond}, which they do not. A clock
cycle is ${digits(1 / clock)} ns (${digits(clock)} GHz, measured by multiplications that wait for each other, three cycles
each). ${otherTarget === undefined ? '' : `${otherTarget}: how many times as long the call takes with that instruction set. `}Threads: how
many times as fast the call is with the default number of threads.

Of arrays of ${beyond} one thread of this machine at best ${speeds.join(', ')}. Reading
is the fastest of memchr (\`Buffer.indexOf\`), memcmp (\`Buffer.compare\`) and \`regression.l1\`, copying is
memmove (\`TypedArray.set\`), of which the bytes read and the bytes written both count, and filling is the
faster of memset (\`Buffer.fill\`) and \`Float32Array.fill\`. They are measured in turns with each loss, as
what others leave of the memory changes by the second, and a loss is held against those of its turns. Its
GB/s are the bytes that have to move once, over its time: those of predictions, targets, weights and
what else there is, which are read, and of the gradient or the result, which are written. What it
reaches is a part of reading for a value, of copying for a value and its gradient, and of filling where
most bytes are written.

That a processor reads memory before it overwrites it is counted neither for the copy nor for a loss;
half of a copy's bytes are written, but a third or less of those of most losses with gradient, which
may therefore exceed it. With 1% positive, of the
other rows only the weight has to be read.`,
    table(
      [
        'function',
        'computes',
        'ns in the caches',
        'cycles',
        ...other,
        'threads',
        'ns beyond',
        'GB/s',
        'reached',
        'threads',
      ],
      lines,
    ),
  ];
}
