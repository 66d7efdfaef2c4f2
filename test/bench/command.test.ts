/** The benchmark, quickly, as its command runs it: what it reports, not how fast anything was. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Report } from '../../bench/report';

const MAIN = path.join(__dirname, '..', '..', 'bench', 'main.ts');
const LOSSES = ['box.iou', 'box.ciou'];
const LINES = LOSSES.flatMap((name) => [
  [name, 'value'],
  [name, 'value + gradient'],
]);

function bench(...args: string[]): void {
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  execFileSync(process.execPath, ['--import', 'tsx', MAIN, '--quick', ...args], {
    stdio: [...stdio],
  });
}

/** All numbers anywhere in a report; JSON has null where one was not finite. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number' || value === null) return [value ?? NaN];
  return typeof value === 'object' ? Object.values(value).flatMap(numbersIn) : [];
}

function titles(results: readonly { name: string; computes: string }[] | undefined): string[][] {
  return (results ?? []).map(({ name, computes }) => [name, computes]);
}

describe('a quick benchmark of two losses', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'detloss-bench-test-'));
  let report: Report;
  let markdown: string;

  beforeAll(() => {
    const [json, table] = ['report.json', 'report.md'].map((name) => path.join(folder, name));
    const pattern = '^box\\.(iou|ciou)$|promises';
    bench('--filter', pattern, '--sizes', '3,1k', '--json', json, '--markdown', table);
    report = JSON.parse(readFileSync(json, 'utf8')) as Report;
    markdown = readFileSync(table, 'utf8');
  }, 120_000);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('has a line for each loss, by value and with gradient', () => {
    expect(titles(report.results)).toEqual(LINES);
    expect(titles(report.limits?.results)).toEqual(LINES);
    expect(titles(report.smallCalls)).toEqual(LINES);
    for (const { times, valueError, gradientError = 0 } of report.results ?? []) {
      expect(times.map(({ count }) => count)).toEqual([3, 1024]);
      expect(valueError).toBeLessThan(4);
      expect(gradientError).toBeLessThan(1e-5);
    }
  });

  test('sets losses against bandwidths and a clock', () => {
    const { clock, bandwidths, inside, beyond, results } = report.limits!;
    expect(clock).toBeGreaterThan(0.1);
    expect(Object.keys(bandwidths)).toEqual(['read', 'copy']);
    for (const result of results) {
      const gradient = result.computes !== 'value';
      expect(result.beyond.like).toBe(gradient ? 'copy' : 'read');
      const bytes = gradient ? 48 : 32;
      expect(result.beyond.speed).toBeCloseTo(bytes / result.beyond.time, 6);
      // Sizes are those of a call with gradient, and above some size whole repetitions.
      expect(48 * result.inside.count).toBeCloseTo(inside, -2);
      expect(48 * result.beyond.count).toBeGreaterThan(0.5 * beyond);
    }
  });

  test('measures small calls from one box on', () => {
    for (const { times, garbage } of report.smallCalls!) {
      expect(times[0].count).toBe(1);
      expect(garbage).toBeGreaterThan(0);
      expect(garbage).toBeLessThan(1e5);
    }
  });

  test('watches the event loop', () => {
    const [idle, promised, copied, direct] = report.eventLoop!.results;
    expect(idle.ticks).toBeGreaterThan(1);
    expect(promised.name).toMatch('detloss/promises');
    expect(copied.name).toMatch('ordinary memory');
    expect(direct.worstGap).toBeLessThanOrEqual(direct.milliseconds);
  });

  test('measures what matches, and nothing else', () => {
    expect(report.allPairs ?? report.detector ?? report.peers).toBeUndefined();
  });

  test('has nothing but positive numbers', () => {
    const measured = [report.results, report.limits, report.smallCalls].flatMap(numbersIn);
    expect(measured.filter((number) => !(number >= 0))).toEqual([]);
  });

  test('is Markdown with the same lines', () => {
    for (const [name, computes] of LINES) {
      const rows = markdown.split('\n').filter((row) => {
        const cells = row.split('|').map((text) => text.trim());
        return cells[1] === `\`${name}\`` && cells[2] === computes;
      });
      expect(rows).toHaveLength(3);
    }
    expect(markdown).not.toMatch(/NaN|undefined|Infinity/);
  });
});

test.each([
  [['--filter', 'none such'], /no function matches/],
  [['none-such'], /Allowed choices are/],
  [['--sizes', '0'], /not a size/],
])('%j is refused', (args, message) => {
  expect(() => bench(...args)).toThrow(message);
});
