/**
 * docs/accuracy.json: the largest errors against float64 on each instruction set, of every function
 * with numbers. `npm run accuracy` writes it; otherwise what is measured has to be what it states.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The largest errors of a function on an instruction set. */
export interface Figures {
  /** Of a well-conditioned row's loss, in ULP. */
  loss?: number;
  /** Of a gradient, by the largest component of its row. */
  gradient?: number;
  /** Of a reduced loss, by itself. */
  reduced?: number;
  /** Of a total and of each of its terms, by themselves. */
  total?: number;
  /** Of a number of a result, by the largest of its row. */
  value?: number;
  /** Of an overlap, in ULP of a number just below 1. */
  overlap?: number;
}

/** What is known of a function. */
export interface Entry {
  /** What was measured on, and how many rows of it. */
  sample: string;
  rows: number;
  targets: Record<string, Figures>;
}

export const FILE = path.join(__dirname, '../../docs/accuracy.json');

export function readEntries(): Record<string, Entry> {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Entry>;
}

/** Rounded up to two digits. */
export function roundedUp(number: number): number {
  if (!(number > 0)) return number;
  const unit = 10 ** (Math.floor(Math.log10(number)) - 1);
  return Number((Math.ceil(number / unit - 1e-9) * unit).toPrecision(2));
}

const roundedFigures = (figures: Figures): Figures =>
  Object.fromEntries(Object.entries(figures).map(([name, error]) => [name, roundedUp(error)]));

/** How much less than what is stated may be measured: what another version of libm does. */
const MARGIN = 1.25;

/** What is wrong with the figures stated of a target, by those measured. */
function complaints(target: string, stated: Figures, measured: Figures): string[] {
  return Object.entries(measured).flatMap(([name, error]) => {
    const claim = stated[name as keyof Figures];
    const isRight = claim !== undefined && error <= claim && claim <= roundedUp(MARGIN * error);
    return isRight ? [] : [`${target}, ${name}: ${error} measured, ${claim} stated`];
  });
}

/** Puts what was measured of a function into the file, or compares it with what the file states. */
export function settle(name: string, measured: Entry): void {
  // The figures are those of this package's addon.
  if (Object.keys(measured.targets).includes('device')) return;
  const entries = readEntries();
  if (process.env.DETLOSS_ACCURACY === 'write') {
    const targets = Object.entries(measured.targets).map(([target, figures]) => [
      target,
      roundedFigures(figures),
    ]);
    // Of another machine's instruction sets what was measured there still holds.
    entries[name] = {
      sample: measured.sample,
      rows: measured.rows,
      targets: { ...entries[name]?.targets, ...Object.fromEntries(targets) },
    };
    const sorted = Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(FILE, `${JSON.stringify(sorted, null, 2)}\n`);
    return;
  }
  const stated = entries[name];
  expect({ sample: stated?.sample, rows: stated?.rows }).toEqual({
    sample: measured.sample,
    rows: measured.rows,
  });
  const known = Object.entries(measured.targets).filter(([target]) => target in stated.targets);
  expect(
    known.flatMap(([target, figures]) => complaints(target, stated.targets[target], figures)),
  ).toEqual([]);
}
