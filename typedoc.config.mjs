// The site of the documentation: npm run docs writes it to site/, and fails on any warning.
import { readdirSync, readFileSync } from 'node:fs';
import { OptionDefaults } from 'typedoc';
import { formulas } from './scripts/docs/formulas.mjs';
import { math, renderMath } from './scripts/docs/math.mjs';
import { names } from './scripts/docs/names.mjs';
import { papers } from './scripts/docs/papers.mjs';
import { signatures } from './scripts/docs/signatures.mjs';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));

/** What each entry of the package is called where it is imported, by its source. */
const entries = Object.fromEntries(
  Object.entries(exports).flatMap(([name, entry]) => {
    const types = (entry.require ?? entry.import)?.types;
    if (types === undefined) return [];
    const source = types.replace('./dist/', 'lib/').replace(/\.d\.(m?)ts$/, '.$1ts');
    return [[source, name.replace('.', 'detloss')]];
  }),
);

/** The order in which to read the pages of docs/; others follow. */
const ORDER = [
  'installation',
  'losses',
  'conventions',
  'gradients',
  'training',
  'performance',
  'cuda',
  'benchmarks',
  'when-not-to-use',
];
const all = readdirSync('docs').flatMap((file) => /^(.*)\.md$/.exec(file)?.[1] ?? []);
const pages = [
  ...ORDER.filter((page) => all.includes(page)),
  ...all.filter((page) => !ORDER.includes(page)),
];

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
    ...pages.map((page) => `docs/${page}.md`),
    'examples/README.md',
    'examples/*/README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'README.ko.md',
  ],
  sort: ['documents-first', 'kind', 'source-order'],
  groupOrder: ['Documents', 'Modules', 'Namespaces', 'Functions', 'Classes', 'Variables'],
  kindSortOrder: ['Document', 'Module', 'Namespace', 'Function', 'Class', 'Variable', 'Interface'],
  navigation: { includeGroups: false, includeFolders: false },
  searchInComments: true,
  searchInDocuments: true,

  plugin: [
    names(entries, { 'README.ko': '한국어' }),
    signatures,
    formulas('docs/losses.md'),
    papers,
    math,
  ],
  markdownItLoader: renderMath,
  highlightLanguages: ['bash', 'cmake', 'cpp', 'javascript', 'json', 'python', 'sh', 'typescript'],

  blockTags: [...OptionDefaults.blockTags, '@accuracy', '@edges'],
  treatWarningsAsErrors: true,
  validation: { invalidLink: true, invalidPath: true, notExported: true, notDocumented: true },
  requiredToBeDocumented: ['Function', 'Class', 'Method', 'Interface', 'TypeAlias', 'Variable'],
  // Each is written out where it is used.
  intentionallyNotExported: [
    'ArrayKind',
    'DeviceHandle',
    'Given',
    'HostArray',
    'OnDevice',
    'Alpha',
    'AnchoredLoss',
    'AnyFunction',
    'Asking',
    'CategoryLoss',
    'CentreFormat',
    'Columns',
    'Input',
    'LabelLoss',
    'PerTerm',
    'PromisedFunction',
    'ToNumber',
    'lib/reference/faster-rcnn.ts:WithGradients',
  ],
};
