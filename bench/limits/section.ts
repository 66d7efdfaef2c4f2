/**
 * The limits as Markdown.
 */
import { code, digits, table, times } from '../table';
import type { LimitsReport } from './run';

function bytes(count: number): string {
  return count >= 2 ** 20 ? `${count / 2 ** 20} MiB` : `${count / 2 ** 10} KiB`;
}

export function limitsSection(report: LimitsReport | undefined): string[] {
  if (report === undefined) return [];
  const { clock, bandwidths, otherTarget } = report;
  const { read, copy, fill } = bandwidths;
  const other = otherTarget === undefined ? [] : [otherTarget];
  const lines = report.results.map(({ name, computes, inside, beyond }) => [
    code(name),
    computes,
    digits(inside.time),
    digits(inside.cycles),
    ...(inside.otherTarget === undefined ? [] : [times(inside.otherTarget)]),
    times(inside.threads),
    digits(beyond.time),
    digits(beyond.speed),
    `${(100 * beyond.fraction).toFixed(0)} % of ${beyond.like}`,
    times(beyond.threads),
  ]);
  return [
    '## Against the machine',
    `The addon on one thread, in nanoseconds for each element, box or pair: with arrays of
${bytes(report.inside)} in all, which a core's own caches hold, and with arrays of ${bytes(report.beyond)}, which they do not.
A clock cycle is ${digits(1 / clock)} ns: ${digits(clock)} GHz, measured by a chain of multiplications that wait for each
other, three cycles each. ${otherTarget === undefined ? '' : `${otherTarget}: how many times as long the call takes with that instruction set.`}
Threads: how many times as fast the call is with the default number of threads.

Of the memory, one thread of this machine reads ${digits(read.speed)} GB/s (by ${read.by}, the fastest of
memchr, memcmp and \`regression.l1\`), copies ${digits(copy.speed)} GB/s (by ${copy.by}; bytes read and
bytes written both count) and fills ${digits(fill.speed)} GB/s (by ${fill.by}), measured in the same
process before and after the losses, on arrays of the same ${bytes(report.beyond)}; the best counts. GB/s of a loss are
the bytes of its arrays that have to move once, over its time: predictions, targets, weights and what
else there is are read, a gradient or a result is written. The part reached is that of reading for a value, of
copying for a value and gradient, and of filling for a matrix of overlaps. That a processor reads a
line of memory before it writes to it is counted nowhere, neither for the copy nor for a loss. A copy
does so for half of its bytes, a loss with gradient for a third or less, so that it may exceed the copy. With 1 % positive
the rows without weight need not be read, and only their weight counts.`,
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
