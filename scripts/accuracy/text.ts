/** What docstrings and docs/accuracy.md say of the figures in docs/accuracy.json. */
import { roundedUp, type Entry, type Figures } from '../../test/support/figures';

/** What people call the instruction sets. */
const TARGETS: Readonly<Record<string, string>> = {
  AVX3: 'AVX-512',
  AVX3_DL: 'AVX-512 (Ice Lake)',
  AVX3_ZEN4: 'AVX-512 (Zen 4)',
  AVX2: 'AVX2',
  SSE4: 'SSE4',
  NEON: 'NEON',
  SCALAR: 'scalar code',
};

const nameOf = (target: string) => TARGETS[target] ?? target;

/** Words for each of the figures, after the figure. */
const WORDS: Readonly<Record<keyof Figures, (figure: number) => string>> = {
  loss: (figure) => `${figure} ULP of a well-conditioned row's loss`,
  gradient: (figure) => `${share(figure)} of the largest component of a row's gradient`,
  reduced: (figure) => `${share(figure)} of a mean`,
  total: (figure) => `${share(figure)} of the total and of each term`,
  value: (figure) => `${share(figure)} of the largest number of a row`,
  overlap: (figure) => `${figure} ULP of a number just below 1`,
};

function share(figure: number): string {
  return figure === 0 ? '0' : figure.toExponential(1).replace('.0e', 'e');
}

function list(words: readonly string[]): string {
  if (words.length < 2) return words.join();
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const count = (rows: number) => rows.toLocaleString('en-US');

const namesIn = ({ targets }: Entry) =>
  Object.keys(WORDS).filter((name) => name in Object.values(targets)[0]) as (keyof Figures)[];

/** The sentence of a function's docstring. */
export function sentence(entry: Entry): string {
  const targets = Object.keys(entry.targets);
  const figures = namesIn(entry).map((name) =>
    WORDS[name](
      roundedUp(Math.max(...targets.map((target) => entry.targets[target][name] ?? NaN))),
    ),
  );
  return (
    `Largest error against float64 over ${count(entry.rows)} rows (${entry.sample}), from the usual ` +
    `to the limits of float32, on ${list(targets.map(nameOf))}: ${list(figures)}.`
  );
}

/** The namespace of what a file has, where it is not the file's name. */
const NAMESPACES: Readonly<Record<string, string>> = {
  'yolo-v1': 'yoloV1',
  'yolo-v3': 'yoloV3',
  'faster-rcnn': 'fasterRcnn',
};

/** The function that a docstring of this title is of, such as `lib/catalogue/box/ciou.ts ciou`. */
export function functionIn(title: string): string | undefined {
  const path = /^lib\/(?:catalogue\/(\w+)\/[\w-]+|(?:detectors\/)?([\w-]+))\.ts (.+)$/;
  const [, family, file, name] = path.exec(title) ?? [];
  return name && `${family ?? NAMESPACES[file] ?? file}.${name}`;
}

/** Words in lines of at most `width` characters. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

const WIDTH = 100;

const PARAGRAPH = /^( *)\* @accuracy\n(?:\1\* (?!@).+\n)+/m;

/** A docstring with its paragraph on accuracy as the figures have it. */
export function withSentence(docstring: string, entry: Entry): string {
  return docstring.replace(PARAGRAPH, (_, indent: string) => {
    const lines = wrap(sentence(entry), WIDTH - indent.length - 2);
    return ['@accuracy', ...lines].map((line) => `${indent}* ${line}\n`).join('');
  });
}

const BEGIN = '<!-- written by npm run accuracy -->';
const END = '<!-- end -->';

function cell(figures: Figures | undefined, names: readonly (keyof Figures)[]): string {
  if (figures === undefined) return '';
  const unit = { loss: ' ULP', overlap: ' ULP' } as Partial<Record<keyof Figures, string>>;
  return names
    .map((name) => (unit[name] ? `${figures[name]}${unit[name]}` : share(figures[name]!)))
    .join(', ');
}

/** The table of all figures. */
function table(entries: Readonly<Record<string, Entry>>): string {
  const all = Object.values(entries);
  const targets = [...new Set(all.flatMap(({ targets: own }) => Object.keys(own)))];
  const rows = [
    ['function', 'rows', ...targets.map(nameOf)],
    ...Object.entries(entries).map(([name, entry]) => [
      `\`${name}\``,
      `${count(entry.rows)} (${entry.sample})`,
      ...targets.map((target) => cell(entry.targets[target], namesIn(entry))),
    ]),
  ];
  const widths = rows[0].map((_, k) => Math.max(...rows.map((row) => row[k].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((c, k) => c.padEnd(widths[k])).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n');
}

/** The page with its table as the figures have it. */
export function withTable(page: string, entries: Readonly<Record<string, Entry>>): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest.split(END)[1];
  return `${before}${BEGIN}\n\n${table(entries)}\n\n${END}${after}`;
}
