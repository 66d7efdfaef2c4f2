/**
 * Writes what follows from the cards of lib/catalogue: the exports of each family, the list of kernels
 * that native/ is built with, the check that no option is inherited, and the tables of losses in the
 * pages. With --check it fails where one of these files is stale.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { choicesOf, kernelOf, optionNamesOf, type Card } from '../lib/catalogue/card';
import { cardOf } from '../lib/catalogue/define';
import { PAGES, withTable, type Documented } from './generate/tables';

const ROOT = path.join(__dirname, '..');
const CATALOGUE = 'lib/catalogue';

/** What an index has above the exports is written by hand, down to this line. */
const MARK =
  '// The losses, in the order of their files. Written by npm run generate, as all below.\n';

/** The options and settings of the functions that are no losses. */
const OTHER_NAMES = [
  'anchors',
  'batch',
  'box',
  'categories',
  'category',
  'clamp',
  'confidence',
  'coord',
  'features',
  'height',
  'ignore',
  'labels',
  'lambda',
  'layout',
  'metric',
  'negative',
  'objectness',
  'positive',
  'sampleSize',
  'scales',
  'seed',
  'target',
  'top',
  'weights',
  'width',
];

/** A file of a family, and the loss that it defines. */
interface Entry {
  /** The file's name, without its ending. */
  file: string;
  /** The loss's name in its family. */
  name: string;
  card: Card;
}

/** `smoothL1` for `smooth-l1`. */
function inCamelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

async function entryOf(family: string, file: string): Promise<Entry> {
  const name = inCamelCase(file);
  const module = (await import(path.join(ROOT, CATALOGUE, family, file))) as Record<string, object>;
  const loss = module[name];
  const card = loss === undefined ? undefined : cardOf(loss);
  if (card?.name !== `${family}.${name}`) {
    throw new Error(`${CATALOGUE}/${family}/${file}.ts does not define ${family}.${name}`);
  }
  return { file, name, card };
}

/** The losses of every family. */
async function readCatalogue(): Promise<Map<string, Entry[]>> {
  const folders = readdirSync(path.join(ROOT, CATALOGUE), { withFileTypes: true });
  const families = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const all = families.sort().map(async (family): Promise<[string, Entry[]]> => {
    const files = readdirSync(path.join(ROOT, CATALOGUE, family))
      .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
      .map((file) => file.slice(0, -'.ts'.length));
    return [family, await Promise.all(files.sort().map((file) => entryOf(family, file)))];
  });
  return new Map(await Promise.all(all));
}

/**
 * Exports that are properties, not getters: `export … from` makes getters, which would cost a call of
 * `box.iou` 5 ns.
 */
function exportsOf(entries: readonly Entry[]): string {
  const lines = entries.map(
    ({ file, name }) =>
      `import * as ${name}Module from './${file}';\n` +
      `export import ${name} = ${name}Module.${name};\n` +
      `export type * from './${file}';\n`,
  );
  return lines.join('');
}

function indexOf(family: string, entries: readonly Entry[]): [file: string, text: string] {
  const file = `${CATALOGUE}/${family}/index.ts`;
  const [above, ...below] = readFileSync(path.join(ROOT, file), 'utf8').split(MARK);
  if (below.length !== 1) throw new Error(`${file} does not have the line ${MARK}`);
  return [file, `${above}${MARK}${exportsOf(entries)}`];
}

function kernelsOf(catalogue: ReadonlyMap<string, readonly Entry[]>): string {
  const lines = [...catalogue].flatMap(([family, entries]) =>
    entries
      .filter(({ card }) => card.sameAs === undefined)
      .flatMap(({ card }) => {
        return choicesOf(card).map((chosen) => {
          const { name, formula } = kernelOf(card, chosen);
          return `KERNEL(${family}, ${name}, ${card.rows.native}, ${formula}, ${card.header})\n`;
        });
      }),
  );
  return `\
// The kernels of all losses: family, name, shape of rows, formula, and the file of native/formulas that
// has it. Written by npm run generate from the cards of lib/catalogue.
${lines.join('')}`;
}

/** A case for each option, by its place in OWN_OPTIONS. */
const readers = (names: readonly string[]) =>
  names.map((name, k) => `    case ${k}:\n      return options.${name};\n`).join('');

function optionNamesFrom(catalogue: ReadonlyMap<string, readonly Entry[]>): string {
  const cards = [...catalogue.values()].flat().map(({ card }) => card);
  const own = [...new Set(cards.flatMap(({ hyper }) => Object.keys(hyper ?? {})))].sort();
  const all = [...new Set([...OTHER_NAMES, ...cards.flatMap(optionNamesOf)])].sort();
  return `\
/**
 * The names of options, written out where V8 is faster with names that it knows. Written by npm run
 * generate.
 */

/** The options that single losses have of their own. */
export const OWN_OPTIONS: readonly string[] = [
${own.map((name) => `  '${name}',\n`).join('')}];

/** One of those options, by its place; by the place −1 all options. V8 takes four times as long for a name that varies. */
export function ownOption(options: Readonly<Record<string, unknown>>, place: number): unknown {
  switch (place) {
    case -1:
      return options;
${readers(own)}    default:
      throw new Error('an option is new: npm run generate');
  }
}

const ROOT = Object.prototype;

/**
 * Whether \`Object.prototype\` has none of the options and settings of all functions: V8 knows the
 * answer when it compiles this, for as long as nobody writes to it. All of them together are too long
 * (460 bytes of bytecode) for V8 to compile this into a small call, where it would leave no room for
 * the other checks.
 */
export function isRootClean(): boolean {
  return (
    ${all.map((name) => `!('${name}' in ROOT)`).join(' &&\n    ')}
  );
}
`;
}

function documented(catalogue: ReadonlyMap<string, readonly Entry[]>): Documented[] {
  return [...catalogue].flatMap(([family, entries]) =>
    entries.map(({ file, name, card }) => {
      const source = readFileSync(path.join(ROOT, CATALOGUE, family, `${file}.ts`), 'utf8');
      return { name, card, source };
    }),
  );
}

/** The generated files as they have to be, by their names. */
export async function generate(): Promise<Map<string, string>> {
  const catalogue = await readCatalogue();
  const losses = documented(catalogue);
  return new Map([
    ...[...catalogue].map(([family, entries]) => indexOf(family, entries)),
    ['native/catalogue.inc', kernelsOf(catalogue)],
    ['lib/catalogue/option-names.ts', optionNamesFrom(catalogue)],
    ...PAGES.map((file): [string, string] => {
      const page = readFileSync(path.join(ROOT, file), 'utf8').replaceAll('\r\n', '\n');
      return [file, withTable(file, page, losses)];
    }),
  ]);
}

async function main(check: boolean): Promise<void> {
  const written = (file: string) => {
    try {
      return readFileSync(path.join(ROOT, file), 'utf8');
    } catch {
      return undefined;
    }
  };
  for (const [file, text] of await generate()) {
    if (written(file) === text) continue;
    if (check) {
      console.error(`${file} is stale: npm run generate writes it`);
      process.exitCode = 1;
    } else {
      writeFileSync(path.join(ROOT, file), text);
      console.log(file);
    }
  }
}

if (require.main === module) void main(process.argv.includes('--check'));
