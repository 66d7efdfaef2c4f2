/**
 * The README says the same in both languages: section by section it has the same code, the same
 * numbers in its text and in each cell of its tables, and the same links.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Section {
  level: number;
  marks: string[];
  code: string[];
  /** The numbers of every cell of the tables. */
  rows: string[][];
  numbers: string[];
  /** Names and commands within the text. */
  names: string[];
  links: string[];
}

const FENCE = /^```.*\n[^]*?^```$/gm;
const NUMBER = /(?<![\w.])[−-]?\d[\d,.]*(?:e-?\d+)?/g;

function sectionsOf(file: string): Section[] {
  const text = readFileSync(path.join(__dirname, '..', '..', file), 'utf8');
  return text.split(/^(?=#+ )/m).map((section) => {
    const prose = section.replace(FENCE, '');
    const matches = (pattern: RegExp, of = prose) => of.match(pattern) ?? [];
    const rows = matches(/^\|.*\|$/gm).map((row) => row.slice(1, -1).split('|').map(skeletonOf));
    return {
      level: /^#*/.exec(section)![0].length,
      marks: matches(/^<!-- .* -->$/gm),
      code: matches(FENCE, section),
      rows,
      numbers: skeletonOf(prose).split(' ').sort(),
      names: matches(/`[^`\n]+`/g).sort(),
      links: matches(/(?<=\]\()[^)]+/g)
        .filter((link) => !link.startsWith('README'))
        .sort(),
    };
  });
}

/** What is left of a text when its words are taken away: its numbers, in order. */
function skeletonOf(text: string): string {
  return (text.replace(/\]\([^)]*\)/g, ']').match(NUMBER) ?? [])
    .map((number) => number.replace(/[,.]+$/, ''))
    .join(' ');
}

const english = sectionsOf('README.md');
const korean = sectionsOf('README.ko.md');

test('there are as many sections', () => {
  expect(korean.map(({ level }) => level)).toEqual(english.map(({ level }) => level));
  expect(english.flatMap(({ code }) => code).length).toBeGreaterThanOrEqual(4);
  expect(english.flatMap(({ marks }) => marks)).toEqual([
    '<!-- install -->',
    '<!-- test -->',
    '<!-- written by npm run generate -->',
    '<!-- end -->',
  ]);
});

test.each(english.map((section, k) => [k, section] as const))('section %i', (k, section) => {
  expect(korean[k]).toEqual(section);
});

test('each names the other', () => {
  const [first, other] = ['README.md', 'README.ko.md'].map((file) =>
    readFileSync(path.join(__dirname, '..', '..', file), 'utf8'),
  );
  expect(first).toContain('](README.ko.md)');
  expect(other).toContain('](README.md)');
});
