/** The figures of accuracy in docstrings and pages are those of docs/accuracy.json. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { functionIn, sentence, withSentence, withTable } from '../../scripts/accuracy/text';
import { CASES, MEASURES } from '../losses/table';
import { CODECS } from '../support/codecs';
import { blocksOf, docstrings, ROOT, sources } from '../support/examples';
import { readEntries } from '../support/figures';

const ENTRIES = readEntries();
const WHOLE = ['yoloV3.loss', 'yoloV1.loss', 'fasterRcnn.rpnLoss', 'fasterRcnn.headLoss'];

test('every function with numbers has its figures, and no other', () => {
  const names = [
    ...CASES.map(({ name }) => name),
    ...MEASURES.map(({ title }) => title.split(',')[0]),
    ...CODECS.map(({ name }) => name),
    ...WHOLE,
  ];
  expect(Object.keys(ENTRIES).sort()).toEqual([...new Set(names)].sort());
});

const STATED = docstrings().filter(({ text }) => blocksOf(text, 'accuracy').length > 0);

test('every function with figures states them', () => {
  const stated = STATED.map(({ title }) => functionIn(title));
  expect(stated.sort()).toEqual(Object.keys(ENTRIES).sort());
});

test.each(STATED)('$title', ({ title, text }) => {
  const entry = ENTRIES[functionIn(title)!];
  const words = blocksOf(text, 'accuracy').map((block) => block.replaceAll('\n', ' '));
  expect(words).toEqual([sentence(entry)]);
  expect(withSentence(text, entry)).toBe(text);
});

test('the page has them all', () => {
  const page = readFileSync(path.join(ROOT, 'docs/accuracy.md'), 'utf8');
  expect(withTable(page, ENTRIES)).toBe(page);
});

test('no figure is stated anywhere else', () => {
  const pages = [
    'docs/conventions.md',
    'docs/cuda.md',
    'docs/losses.md',
    'docs/performance.md',
  ].map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }));
  const figure = /\d(?:\.\d+)? ULP|\d\.\de-\d+ of/;
  const stated = [...pages, ...sources()].flatMap(({ file, text }) => {
    const rest = text.replaceAll(/@accuracy\n(?: *\* (?!@).+\n)+/g, '');
    return figure.test(rest) ? [`${file}: ${figure.exec(rest)![0]}`] : [];
  });
  expect(stated).toEqual([]);
});
