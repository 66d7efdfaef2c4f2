/**
 * The examples of README, run in the project by `require` and by `import`.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, type EmptyProject } from './project';

/** The JavaScript blocks of README that use the package. */
export function examples(): string[] {
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);
  const using = blocks.filter((code) => /'detloss(\/[\w-]+)?'/.test(code));
  if (using.length === 0) throw new Error('README has no example');
  return using;
}

export function byImport(code: string): string {
  return code.replace(/^const (\{.*?\}) = require\(('.*?')\);/gm, 'import $1 from $2;');
}

function byRequire(code: string): string {
  return code.replace(/^import (\{.*?\}) from ('.*?');/gm, 'const $1 = require($2);');
}

/** Checks that numbers such as -0.262… that an example's comments promise come out. */
function checkNumbers(code: string, printed: string): void {
  const comments = [...code.matchAll(/\/\/ (.*)/g)].map(([, text]) => text).join(' ');
  const promised = [...comments.matchAll(/(-?\d+\.\d+)…/g)].map(([, number]) => number);
  const numbers = printed.split(/[^\d.e-]+/);
  for (const start of promised) {
    if (!numbers.some((number) => number.startsWith(start))) {
      throw new Error(`README promises ${start}…, not in:\n${printed}\nof:\n${code}`);
    }
  }
}

/** Runs the examples; `origin` is the folder of the package from which the addon has to come. */
export function checkReadme(project: EmptyProject, origin: string): void {
  const results = 'typeof loss === "undefined" || console.log(loss, Array.from(grad).join(" "));';
  const shared = 'process.report.getReport().sharedObjects';
  const loaded = `console.log(${shared}.filter((file) => /detloss|hwy/.test(file)).join("\\n"));`;
  for (const [i, code] of examples().entries()) {
    for (const [extension, text] of [
      ['cjs', byRequire(code)],
      ['mjs', byImport(code)],
    ]) {
      const name = `example-${i}.${extension}`;
      project.write(name, [text, results, loaded].join('\n'));
      const printed = project.node(name);
      checkNumbers(code, printed);
      const libraries = printed.split('\n').filter((line) => /\.node$|libhwy/.test(line));
      const fromHere = path.join(project.installed, origin);
      if (libraries.length === 0 || !libraries[0].startsWith(fromHere)) {
        throw new Error(`expected the addon of ${fromHere}, got ${libraries.join(', ')}`);
      }
      if (origin === 'prebuilds' && libraries.some((file) => file.includes('libhwy'))) {
        throw new Error(`the prebuilt addon loads ${libraries.join(', ')}`);
      }
      console.log(
        `README example ${i + 1}, ${extension}: ${path.relative(project.installed, libraries[0])}`,
      );
    }
  }
}
