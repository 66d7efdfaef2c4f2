/**
 * The examples of docstrings and pages compile, run, and have the results they state.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import ts from 'typescript';
import * as detloss from '../../lib';
import { examples, isWhole, ROOT, type Example } from '../support/examples';
import type { Outcome } from '../support/run-examples';
import { isAsStated, readStated } from '../support/stated';

const SCRIPT = path.join(__dirname, '..', 'support', 'run-examples.ts');
const EXAMPLES = examples();

describe('examples', () => {
  const output = execFileSync(process.execPath, ['--import', 'tsx', SCRIPT], { encoding: 'utf8' });
  const outcomes = JSON.parse(output) as Outcome[];

  test.each(outcomes)('$title', ({ title, checked, failures }) => {
    expect(failures).toEqual([]);
    if (title.startsWith('lib/')) expect(checked).toBeGreaterThan(0);
  });

  test('none is left out', () => {
    expect(outcomes.map(({ title }) => title)).toEqual(EXAMPLES.map(({ title }) => title));
    expect(outcomes.length).toBeGreaterThan(30);
  });
});

/** What TypeScript says of the examples, as a user's strict program. */
function diagnose(given: readonly Example[]): string[] {
  const files = new Map(
    given.map(({ code }, k) => [path.join(ROOT, `example-${k}.mts`), moduleOf(code)]),
  );
  const options: ts.CompilerOptions = {
    strict: true,
    noImplicitAny: false,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: ['node'],
    paths: { detloss: ['./lib/index.ts'], 'detloss/*': ['./lib/*/index.ts', './lib/*.ts'] },
    typeRoots: [path.join(ROOT, 'node_modules/@types')],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...rest) => {
    const code = files.get(path.resolve(name));
    return code === undefined
      ? getSourceFile(name, ...rest)
      : ts.createSourceFile(name, code, {
          languageVersion: ts.ScriptTarget.ES2022,
          impliedNodeFormat: ts.ModuleKind.ESNext,
        });
  };
  host.fileExists = (name) => files.has(path.resolve(name)) || fileExists(name);
  host.getCurrentDirectory = () => ROOT;
  const names = [...files.keys()];
  const program = ts.createProgram(names, options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file === undefined || names.includes(path.resolve(file.fileName)))
    .map(({ file, messageText }) => {
      const example = file && given[names.indexOf(path.resolve(file.fileName))];
      return `${example?.title}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
}

/** An example as a module: one of a docstring has the package's names without importing them. */
function moduleOf(code: string): string {
  if (isWhole(code)) return `${code}\nexport {};\n`;
  return `import { ${Object.keys(detloss).join(', ')} } from 'detloss';\n{\n${code}\n}\n`;
}

test('they compile', () => {
  expect(diagnose(EXAMPLES)).toEqual([]);
});

test('one that does not compile is found', () => {
  const wrong = {
    title: 'wrong',
    code: "box.iou(new Float32Array(4), [1, 2], { reduce: 'sum' });",
  };
  expect(diagnose([wrong])).toEqual([expect.stringMatching(/^wrong: /)]);
});

describe('stated results', () => {
  const agrees = (comment: string, actual: unknown, asList = false) =>
    isAsStated(actual, readStated(comment, asList)!.value);

  test('numbers, whole or by their first digits', () => {
    expect(agrees('{ loss: 0.125 }', { loss: 0.125 })).toBe(true);
    expect(agrees('{ loss: 0.125 }', { loss: 0.1251 })).toBe(false);
    expect(agrees('{ loss: 0.666… }', { loss: 2 / 3 })).toBe(true);
    expect(agrees('{ loss: 0.667… }', { loss: 2 / 3 })).toBe(false);
    expect(agrees('−0.25…', -0.2571)).toBe(true);
    expect(agrees('−0.25…', 0.2571)).toBe(false);
    expect(agrees('0', 1e-3)).toBe(false);
  });

  test('arrays, objects and lists, with words after them', () => {
    expect(agrees('[1, 0, −1]: as it should be', Int32Array.of(1, 0, -1))).toBe(true);
    expect(agrees('[1, 0]', Int32Array.of(1, 0, -1))).toBe(false);
    expect(agrees('{ a: 1 }', { a: 1, b: 2 })).toBe(false);
    expect(agrees('{ a: 1, b: … }', { a: 1, b: 2 })).toBe(true);
    expect(agrees('1.5…, [2]', [1.55, [2]], true)).toBe(true);
    expect(agrees('1.5…, [3]', [1.55, [2]], true)).toBe(false);
    expect(agrees("'<svg'", '<svg')).toBe(true);
  });

  test('words alone state nothing', () => {
    expect(readStated('the loss of every row', false)).toBeUndefined();
  });
});
