import * as detloss from '../../lib';
import * as reference from '../../lib/reference';
import { ALIASES } from './aliases';
import { CASES } from './table';

/** The families whose members are losses over rows. */
const FAMILIES = ['regression', 'box', 'objectness', 'category'];

function namesIn(library: object): string[] {
  const families = library as Record<string, object | undefined>;
  return FAMILIES.flatMap((family) =>
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
