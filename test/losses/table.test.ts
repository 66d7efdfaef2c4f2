import { readdirSync } from 'node:fs';
import * as detloss from '../../lib';
import { choicesOf } from '../../lib/catalogue/card';
import * as reference from '../../lib/reference';
import { FAMILIES } from '../support/cards';
import { ALIASES } from './aliases';
import { CASES, exampleFileOf, EXAMPLES, LOSSES } from './table';

function namesIn(library: object): string[] {
  const families = library as Record<string, object | undefined>;
  return Object.keys(FAMILIES).flatMap((family) =>
    Object.keys(families[family] ?? {}).map((member) => `${family}.${member}`),
  );
}

test('the table has every loss of the package, but for those that are other names of one', () => {
  const names = new Set(CASES.map(({ name }) => name));
  const all = [...names, ...ALIASES.map(({ name }) => name)];
  expect(all.sort()).toEqual(namesIn(detloss).sort());
});

test('every loss has a reference of the same name', () => {
  expect(namesIn(reference)).toEqual(expect.arrayContaining(namesIn(detloss)));
});

test('every file of examples is of a loss', () => {
  const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replaceAll('\\', '/'));
  expect(files.sort()).toEqual(LOSSES.map(({ name }) => `${exampleFileOf(name)}.ts`).sort());
});

test.each(LOSSES)('$name has an example for each choice of its options', (card) => {
  const [defaults] = choicesOf(card);
  const shown = CASES.filter(({ name }) => name === card.name).map(({ options }) =>
    Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => [name, options[name as never] ?? value]),
    ),
  );
  expect(shown).toEqual(expect.arrayContaining(choicesOf(card)));
});
