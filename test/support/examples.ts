/**
 * The examples of the documentation: `@example` blocks of docstrings, and blocks of JavaScript and
 * TypeScript of the pages. One after the comment `<!-- not run -->` is left out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export interface Example {
  /** The file and, of a docstring, what it belongs to. */
  title: string;
  code: string;
}

export const ROOT = path.join(__dirname, '../..');

const SOURCES = 'lib';
const PAGES = ['README.md', 'CONTRIBUTING.md', 'docs', 'examples'];

function filesIn(name: string, ending: string): string[] {
  if (name.endsWith(ending)) return [name];
  return readdirSync(path.join(ROOT, name), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => path.join(name, file))
    .sort();
}

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** The sources of the library, by their names. */
export const sources = () => filesIn(SOURCES, '.ts').map((file) => ({ file, text: read(file) }));

/** A docstring and what it documents. */
export interface Docstring {
  /** Such as `box.ciou`, by the file that it is in. */
  title: string;
  node: ts.Node;
  text: string;
}

/** Every docstring of something exported, or of a member of it. */
export function docstrings(): Docstring[] {
  return sources().flatMap(({ file, text }) => {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
    const found: Docstring[] = [];
    const visit = (node: ts.Node, names: readonly string[]) => {
      const name = nameOf(node);
      const full = name === undefined ? names : [...names, name];
      for (const doc of ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)) {
        if (name === undefined || doc.parent !== node) continue;
        found.push({ title: `${file} ${full.join('.')}`, node, text: doc.getText() });
      }
      ts.forEachChild(node, (child) => visit(child, full));
    };
    source.statements.filter(isExported).forEach((statement) => visit(statement, []));
    return found;
  });
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations[0].name.getText();
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return node.name?.text;
  if (ts.isMethodDeclaration(node)) return node.name.getText();
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  return undefined;
}

/** The text of each block of a tag, without the asterisks. */
export function blocksOf(docstring: string, tag: string): string[] {
  const lines = docstring
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''));
  const blocks: string[][] = [];
  let inside = false;
  for (const line of lines) {
    const name = /^@(\w+)/.exec(line)?.[1];
    if (name !== undefined) inside = name === tag;
    if (name === tag) blocks.push([line.slice(tag.length + 1)]);
    else if (inside) blocks.at(-1)!.push(line);
  }
  return blocks.map((block) => block.join('\n').trim());
}

/** Whether an example imports the package; those of docstrings have its names without that. */
export const isWhole = (code: string) => /^import |require\('detloss'\)/m.test(code);

const FENCE = /(<!-- not run -->\n+)?^```(?:js|ts|javascript|typescript)\n([^]*?)^```$/gm;

function pageExamples(file: string): Example[] {
  return [...read(file).matchAll(FENCE)]
    .filter(([, left]) => left === undefined)
    .map(([, , code], k) => ({ title: `${file}, block ${k + 1}`, code }));
}

export function examples(): Example[] {
  const inDocstrings = docstrings().flatMap(({ title, text }) =>
    blocksOf(text, 'example').map((code) => ({ title, code })),
  );
  const inPages = PAGES.flatMap((page) => filesIn(page, '.md')).flatMap(pageExamples);
  return [...inDocstrings, ...inPages];
}
