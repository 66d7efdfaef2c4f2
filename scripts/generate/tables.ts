/** The tables of losses in the pages, from the cards and the docstrings above them. */
import type { Card } from '../../lib/catalogue/card';

/** A loss, and the file that defines it. */
export interface Documented {
  /** Its name in its family. */
  name: string;
  card: Card;
  source: string;
}

/** A page's table: its heading, and the row of a loss with its other names. */
interface Table {
  heading: readonly string[];
  row(loss: Documented, others: readonly string[]): string[];
}

/** The README has the formulas alone, which are the same in both of its languages. */
const ofFormulas = (heading: readonly string[], or: string): Table => ({
  heading,
  row: (loss, others) => {
    const { name, rows } = loss.card;
    const call = code(`${name}(${Object.keys(rows.arguments).join(', ')})`);
    return [[call, ...others.map(code)].join(`, ${or}`), code(formulaOf(loss))];
  },
});

const ofSentences: Table = {
  heading: ['function', 'other name', ''],
  row: (loss, others) => {
    const { name } = loss.card;
    const link = `[${code(name)}](#${name.toLowerCase().replace('.', '')})`;
    return [link, others.map(code).join(', '), sentenceOf(loss)];
  },
};

const TABLES: Readonly<Record<string, Table>> = {
  'README.md': ofFormulas(['function', 'ℓ'], 'also '),
  'README.ko.md': ofFormulas(['함수', 'ℓ'], '또는 '),
  'docs/losses.md': ofSentences,
};

export const PAGES = Object.keys(TABLES);

const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;

/** The paragraphs above the tags of a loss's docstring. */
function paragraphsOf({ name, source }: Documented): string[] {
  const docstring = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*export const ${name}\\b`);
  const [, text = ''] = docstring.exec(source) ?? [];
  const [above] = text.replaceAll(/^ *\* ?/gm, '').split(/^@/m);
  return above
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' '));
}

/** The first paragraph, in which other losses are code. */
function sentenceOf(loss: Documented): string {
  return paragraphsOf(loss)[0].replaceAll(/\{@link (\w+)\}/g, '`$1`');
}

/** The paragraph that begins with `ℓ =`, without that and without what is said about it. */
function formulaOf(loss: Documented): string {
  const formula = paragraphsOf(loss).find((paragraph) => paragraph.startsWith('ℓ = '));
  if (formula === undefined) throw new Error(`${loss.card.name} has no line that begins with ℓ =`);
  return formula.slice('ℓ = '.length).split(/;|, (?:with|where) /)[0];
}

/** How many columns a text takes where letters are of one width: Hangul takes two. */
function columnsOf(text: string): number {
  const letters = Array.from(text.normalize('NFC').replaceAll(/\p{Mn}/gu, ''));
  return letters.length + letters.filter((letter) => /\p{Script=Hangul}/u.test(letter)).length;
}

function tableOf({ heading, row }: Table, losses: readonly Documented[]): string {
  const rows = losses
    .filter(({ card }) => card.sameAs === undefined)
    .map((loss) => {
      const others = losses.filter(({ card }) => card.sameAs === loss.card.name);
      return row(
        loss,
        others.map(({ card }) => card.name),
      );
    });
  const all = [heading, ...rows];
  const widths = heading.map((_, k) => Math.max(3, ...all.map((cells) => columnsOf(cells[k]))));
  const line = (cells: readonly string[], filler: string) => {
    const padded = cells.map((cell, k) => cell + filler.repeat(widths[k] - columnsOf(cell)));
    return `| ${padded.join(' | ')} |`;
  };
  const rule = line(Array<string>(heading.length).fill(''), '-');
  return [line(heading, ' '), rule, ...rows.map((cells) => line(cells, ' '))].join('\n');
}

const BEGIN = '<!-- written by npm run generate -->';
const END = '<!-- end -->';

/** A page with its table as the cards have it. */
export function withTable(file: string, page: string, losses: readonly Documented[]): string {
  const [before, rest] = page.split(BEGIN);
  if (rest === undefined) throw new Error(`${file} does not have the line ${BEGIN}`);
  const after = rest.slice(rest.indexOf(END));
  return `${before}${BEGIN}\n\n${tableOf(TABLES[file], losses)}\n\n${after}`;
}
