/**
 * Every public function's docstring has what a reader looks for, under the tag it belongs to.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import * as detloss from '../../lib';
import { CASES } from '../losses/table';
import { blocksOf, docstrings, ROOT, sources } from '../support/examples';

/** The functions of the package by their full names. */
function functionsOf(value: object, name: string): string[] {
  return Object.entries(value).flatMap(([key, member]) => {
    const full = name === '' ? key : `${name}.${key}`;
    if (typeof member === 'object') return functionsOf(member, full);
    return /^[a-z]/.test(key) && typeof member === 'function' ? [full] : [];
  });
}

/** The file of a namespace where it is not that of its name. */
const FILES: Record<string, RegExp> = {
  assign: /^lib\/assign\//,
  fasterRcnn: /^lib\/detectors\/faster-rcnn\.ts/,
  yoloV1: /^lib\/detectors\/yolo-v1\.ts/,
  yoloV3: /^lib\/detectors\/yolo-v3\.ts/,
  historyChart: /^lib\/log\//,
  objectnessQuality: /^lib\/log\//,
};

const FORMULAS = readFileSync(path.join(ROOT, 'docs/losses.md'), 'utf8');

const ALL = docstrings().filter(({ title }) => !title.startsWith('lib/reference/'));

function docstringOf(name: string) {
  const [namespace, ...rest] = name.split('.');
  const file =
    FILES[namespace] ?? new RegExp(`^lib/(catalogue/${namespace}/[\\w-]+|${namespace})\\.ts`);
  const own = rest.length === 0 ? namespace : rest.join('.');
  return ALL.find(({ title }) => file.test(title) && title.split(' ')[1] === own);
}

const FUNCTIONS = functionsOf(detloss, '');
const LOSSES = new Set(CASES.map(({ title }) => title.split(',')[0]));
const WHOLE = ['yoloV3.loss', 'yoloV1.loss', 'fasterRcnn.rpnLoss', 'fasterRcnn.headLoss'];

test('there are functions, and losses among them', () => {
  expect(FUNCTIONS.length).toBeGreaterThan(25);
  for (const loss of [...LOSSES, ...WHOLE]) expect(FUNCTIONS).toContain(loss);
});

describe.each(FUNCTIONS)('%s', (name) => {
  const docstring = docstringOf(name);
  const text = docstring?.text ?? '';

  test('begins with one sentence', () => {
    const [first] = text.replace(/^\/\*\*\s*\*? ?/, '').split(/\n\s*\*\s*\n/);
    expect(first).toMatch(/^[A-Z][^]*[.:]$/);
  });

  test('says what it takes, returns and throws, and shows it', () => {
    for (const tag of ['param', 'returns', 'throws', 'example']) {
      expect({ tag, blocks: blocksOf(text, tag) }).toEqual({
        tag,
        blocks: expect.arrayContaining([expect.stringMatching(/\S/)]),
      });
    }
  });

  test('has every parameter it documents', () => {
    const names = blocksOf(text, 'param').map((block) => block.split(/\s/)[0]);
    const { length } = name.split('.').reduce((at, key) => at[key as never], detloss) as never;
    expect(names.length).toBeGreaterThanOrEqual(length);
    expect(new Set(names).size).toBe(names.length);
    if (docstring && ts.isFunctionLike(docstring.node)) {
      expect(names).toEqual(docstring.node.parameters.map((p) => p.name.getText()));
    }
  });

  test('says what happens at the edges', () => {
    expect(blocksOf(text, 'edges')).toEqual([expect.stringMatching(/\.$/)]);
  });

  if (LOSSES.has(name) || WHOLE.includes(name) || /^(codec|overlap)\./.test(name)) {
    test('has its formula, here and typeset, and its accuracy', () => {
      const section = FORMULAS.split(/^### /m).find((text) => text.startsWith(`${name}\n`));
      expect(section).toMatch(/^```math$/m);
      expect(text).toMatch(/^ +\* (\S{1,5} = |IoU = )/m);
      expect(blocksOf(text, 'accuracy')).toEqual([expect.stringMatching(/[\d.]|see/)]);
    });
  }
});

test('no line begins as a definition of a link, which editors and the site would swallow', () => {
  const swallowed = /(?:\/\*\*|^ +\*|@param \w+) \[[^\]\n]*\]:/m;
  const files = sources().filter(({ text }) => swallowed.test(text));
  expect(files.map(({ file }) => file)).toEqual([]);
});
