// Docstrings have their formulas as plain text, to be read in an editor. The site has the typeset
// ones in their place: the first ```math block under the heading box.ciou of the page of formulas
// is that of box.ciou, in every entry of the package.
import { readFileSync } from 'node:fs';
import { Converter, ReflectionKind } from 'typedoc';

const HEADING = /^#{2,4} (.*)$/gm;
const FORMULA = /^```math\n[^]*?\n```$/m;
/** A paragraph such as `ℓ = |d|`. */
const PLAIN_FORMULA = /^\s*\S{1,5} = /;
const FUNCTIONS = ReflectionKind.Function | ReflectionKind.Method;

/** @param {string} file The page of formulas. */
export function formulas(file) {
  const typeset = readFormulas(readFileSync(file, 'utf8'));

  /** @param {import('typedoc').Application} app */
  return (app) => {
    app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
      const used = new Set();
      for (const reflection of project.getReflectionsByKind(FUNCTIONS)) {
        const name = nameInPackage(reflection);
        const formula = typeset.get(name);
        if (formula === undefined) continue;
        used.add(name);
        for (const { comment } of reflection.signatures) {
          if (comment !== undefined) comment.summary = withFormula(comment.summary, formula);
        }
      }
      for (const name of typeset.keys()) {
        if (!used.has(name))
          app.logger.warn(`${file} has a formula of ${name}, which is no function`);
      }
    });
  };
}

/** The formulas by the headings they stand under. */
function readFormulas(page) {
  const found = new Map();
  const headings = [...page.matchAll(HEADING)];
  headings.forEach(({ 1: name, index }, k) => {
    const formula = FORMULA.exec(page.slice(index, headings[k + 1]?.index))?.[0];
    if (formula !== undefined) found.set(name, formula);
  });
  return found;
}

/** Its name without that of the module: box.ciou. */
function nameInPackage(reflection) {
  const names = [];
  for (let at = reflection; at && !at.kindOf(ReflectionKind.Module); at = at.parent) {
    if (at.kindOf(ReflectionKind.SomeModule | ReflectionKind.Variable | FUNCTIONS))
      names.unshift(at.name);
  }
  return names.join('.');
}

/** A docstring's first sentence, the formula, and the rest without the plain formula. */
function withFormula(summary, formula) {
  const [sentence = [], next, ...rest] = paragraphsOf(summary);
  const explained = next === undefined ? [] : [withoutPlain(next)];
  return [
    ...sentence,
    { kind: 'text', text: '\n\n' },
    { kind: 'code', text: formula },
    ...[...explained, ...rest].flatMap((paragraph) => [
      { kind: 'text', text: '\n\n' },
      ...paragraph,
    ]),
  ];
}

/** A paragraph without a formula that it begins with; of one with a list what comes after it. */
function withoutPlain(paragraph) {
  const [first, ...others] = paragraph;
  if (!PLAIN_FORMULA.test(first.text)) return paragraph;
  const isList = paragraph.some(({ kind, text }) => kind === 'text' && /^\s*- /m.test(text));
  return isList ? [{ ...first, text: first.text.replace(/^[^]*?, (?=where)/, '') }, ...others] : [];
}

function paragraphsOf(parts) {
  const paragraphs = [[]];
  for (const part of parts) {
    const texts = part.kind === 'text' ? part.text.split(/\n{2,}/) : [part.text];
    texts.forEach((text, k) => {
      if (k > 0) paragraphs.push([]);
      if (text !== '') paragraphs.at(-1).push({ ...part, text });
    });
  }
  return paragraphs.filter((paragraph) => paragraph.length > 0);
}
