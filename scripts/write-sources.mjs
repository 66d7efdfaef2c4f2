// The last step of npm run build:lib: dist/ has the hash of the sources that its addon has to be built
// from, which TypeScript that runs as it is computes (lib/sources.ts).
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const { hashOfSources } = createRequire(import.meta.url)('../native/sources.cjs');
const file = path.resolve(import.meta.dirname, '..', 'dist', 'sources.js');
writeFileSync(file, `'use strict';\nexports.SOURCES = '${hashOfSources()}';\n`);
