/** What npm run generate writes is what is there. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { generate } from '../../scripts/generate';

const ROOT = path.join(__dirname, '..', '..');

test('no generated file is stale: npm run generate', async () => {
  const files = await generate();
  expect([...files.keys()].sort()).toEqual([
    'README.ko.md',
    'README.md',
    'docs/losses.md',
    'lib/catalogue/box/index.ts',
    'lib/catalogue/category/index.ts',
    'lib/catalogue/objectness/index.ts',
    'lib/catalogue/option-names.ts',
    'lib/catalogue/regression/index.ts',
    'native/catalogue.inc',
  ]);
  for (const [file, text] of files) {
    const written = readFileSync(path.join(ROOT, file), 'utf8').replaceAll('\r\n', '\n');
    expect({ file, text: written }).toEqual({ file, text });
  }
});
