/**
 * Runs the examples of the documentation, each in a folder of its own, and prints as JSON what
 * became of them. Not in jest, which does not load the ES modules that the chart is drawn with.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { format } from 'node:util';
import ts from 'typescript';
import * as detloss from '../../lib';
import { examples, isWhole, ROOT } from './examples';
import { isAsStated, readStated } from './stated';

export interface Outcome {
  title: string;
  /** How many stated results were compared. */
  checked: number;
  /** What was thrown, or is not as stated. */
  failures: string[];
}

type Check = (actual: unknown, line: number) => unknown;

const fromHere = createRequire(__filename);
const PACKAGE = /^detloss(?=\/|$)/;

/** The package by its sources, and the modules of Node. */
function requireModule(name: string): unknown {
  return fromHere(PACKAGE.test(name) ? name.replace(PACKAGE, path.join(ROOT, 'lib')) : name);
}

/** The comment that states a statement's result: after it on its line, and in the lines below. */
function commentAfter(code: string, statement: ts.Statement): string | undefined {
  const rest = code.slice(statement.end);
  const match = /^[ \t]*(?:\n[ \t]*)?\/\/.*(?:\n[ \t]*\/\/.*)*/.exec(rest);
  return match?.[0].replace(/\s*\/\/\s?/g, ' ').trim();
}

/** The statements that are expressions, in order, those in blocks included. */
function expressionsIn(node: ts.Node): ts.ExpressionStatement[] {
  if (ts.isExpressionStatement(node)) return [node];
  if (ts.isFunctionLike(node)) return [];
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children.flatMap(expressionsIn);
}

/** The code with `check(…)` around every expression whose result is stated. */
function withChecks(code: string, stated: Map<number, unknown>): string {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true);
  let checked = code;
  for (const statement of expressionsIn(source).reverse()) {
    const { expression } = statement;
    const logged =
      ts.isCallExpression(expression) && expression.expression.getText() === 'console.log';
    const comment = commentAfter(code, statement);
    const result = comment && readStated(comment, logged);
    if (!result) continue;
    const key = statement.getStart();
    stated.set(key, result.value);
    const value = logged
      ? `[${expression.arguments.map((argument) => argument.getText()).join(', ')}]`
      : expression.getText();
    checked = `${checked.slice(0, key)}check(${value}, ${key});${checked.slice(statement.end)}`;
  }
  return checked;
}

async function run({ title, code }: { title: string; code: string }): Promise<Outcome> {
  const stated = new Map<number, unknown>();
  const failures: string[] = [];
  const check: Check = (actual, key) => {
    if (!isAsStated(actual, stated.get(key))) {
      failures.push(`${code.slice(key).split('\n')[0]}: got ${format(actual)}`);
    }
    return actual;
  };
  const own = isWhole(code);
  const { outputText } = ts.transpileModule(withChecks(code, stated), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const scope = {
    ...(own ? {} : detloss),
    require: requireModule,
    exports: {},
    console: { log: () => undefined },
    check,
  };
  // A block, so that an example may give a name of the package to something else.
  const body = own ? outputText : `{ ${outputText} }`;
  const Async = Object.getPrototypeOf(run).constructor;
  const folder = mkdtempSync(path.join(tmpdir(), 'detloss-example-'));
  process.chdir(folder);
  try {
    await new Async(...Object.keys(scope), body)(...Object.values(scope));
  } catch (error) {
    failures.push(String(error));
  } finally {
    process.chdir(ROOT);
    rmSync(folder, { recursive: true });
  }
  return { title, checked: stated.size, failures };
}

async function main(): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const example of examples()) outcomes.push(await run(example));
  process.stdout.write(JSON.stringify(outcomes));
}

void main();
