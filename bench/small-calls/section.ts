/**
 * Small calls as Markdown.
 */
import { code, digits, table } from '../table';
import { MOST_SETS, UNITS, type CallTimes, type SmallResult } from './run';

/** The sizes shown. */
const SHOWN = [1, 8, 16, 64];

/** The times of each size shown, or of the next larger one; no call is shown twice. */
function cells(all: readonly CallTimes[]): string[] {
  const found = SHOWN.map((size) => all.find(({ count }) => count >= size));
  return found.map((times, k) => {
    if (times === undefined || times === found[k - 1]) return '';
    const shown = [times.native, times.tuned, times.textbook].map(digits).join(' · ');
    return times.count === SHOWN[k] ? shown : `${shown} (${times.count})`;
  });
}

function from(count: number | undefined): string {
  return count === undefined ? 'never' : String(count);
}

export function smallCallsSection(results: readonly SmallResult[] | undefined): string[] {
  if (results === undefined) return [];
  const lines = results.map(({ name, computes, times, wins, garbage }) => [
    code(name),
    computes,
    ...cells(times),
    from(wins.textbook),
    from(wins.tuned),
    String(Math.round(garbage)),
  ]);
  return [
    '## Small calls',
    `Nanoseconds for a whole call, not for each box: \`250 · 10 · 20\` are the addon, tuned and textbook
JavaScript, with arrays that are supplied, as is the gradient's. Each call has others than the one
before, of ${MOST_SETS} sets or, of more than ${UNITS / MOST_SETS}, of ${UNITS} in all: on the same few over and over, the processor
would learn by heart which way their branches go, as it cannot where calls get what is new. The
columns are how many elements, boxes or pairs a call has, or in parentheses how many it has at least:
those of a row of classes, or of a grid. The next two columns are from how many of them on the addon
is the faster, at all sizes tried from there to 1024, each larger by a third or a half. Garbage is
what a call leaves to the collector: the object it returns, and what it makes on the way to it.`,
    table(
      [
        'function',
        'computes',
        ...SHOWN.map(String),
        'faster than textbook from',
        'than tuned from',
        'garbage, bytes',
      ],
      lines,
    ),
  ];
}
