// The site of the documentation: npm run docs writes it to site/, and fails on any warning.
import { readFileSync } from 'node:fs';
import { formulas } from './scripts/docs/formulas.mjs';
import { mathAssets, renderMath } from './scripts/docs/math.mjs';
import { names } from './scripts/docs/names.mjs';
import { signatures } from './scripts/docs/signatures.mjs';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));

/** What each entry of the package is called where it is imported, by its source. */
const entries = Object.fromEntries(
  Object.entries(exports)
    .filter(([, entry]) => entry.require !== undefined)
    .map(([name, { require }]) => [
      require.types.replace('./dist/', 'lib/').replace(/\.d\.ts$/, '.ts'),
      name.replace('.', 'detloss'),
    ]),
);

/** @type {import('typedoc').TypeDocOptions} */
export default {
  name: 'detloss',
  entryPoints: Object.keys(entries),
  tsconfig: 'tsconfig.build.json',
  out: 'site',
  disableGit: true,
  disableSources: true,
  excludePrivate: true,

  readme: 'README.md',
  projectDocuments: [
    'docs/installation.md',
    'docs/losses.md',
    'docs/conventions.md',
    'docs/gradients.md',
    'docs/training.md',
    'docs/performance.md',
    'docs/cuda.md',
    'docs/benchmarks.md',
    'docs/when-not-to-use.md',
    'docs/*.md',
    'examples/README.md',
    'examples/*/README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'README.ko.md',
  ],
  sort: ['documents-first', 'source-order'],
  navigation: { includeGroups: false },
  searchInComments: true,
  searchInDocuments: true,

  plugin: [names(entries), signatures, formulas('docs/losses.md'), mathAssets],
  markdownItLoader: renderMath,
  highlightLanguages: ['bash', 'cmake', 'cpp', 'javascript', 'json', 'python', 'sh', 'typescript'],

  blockTags: [
    '@accuracy',
    '@edges',
    '@example',
    '@param',
    '@remarks',
    '@returns',
    '@see',
    '@throws',
    '@typeParam',
  ],
  treatWarningsAsErrors: true,
  validation: { invalidLink: true, invalidPath: true, notExported: true, notDocumented: true },
  requiredToBeDocumented: ['Function', 'Class', 'Method', 'Interface', 'TypeAlias', 'Variable'],
  intentionallyNotExported: [],
};
