/**
 * The types of the package, as TypeScript resolves them in the project.
 */
import { byImport, examples } from './readme';
import type { EmptyProject } from './project';

const RESOLUTIONS = {
  node16: { module: 'node16', moduleResolution: 'node16' },
  bundler: { module: 'preserve', moduleResolution: 'bundler' },
};

/** Compiles, strictly, an import of every entry and the examples of README, as ESM and CommonJS. */
export function checkTypes(project: EmptyProject, entries: readonly string[]): void {
  const imports = entries.map((entry, i) => `import * as entry${i} from '${entry}';\n`);
  // Types that are lost are any, to which the number 0 can be assigned.
  const uses = entries.map(
    (_, i) => `// @ts-expect-error\nexport const use${i}: typeof entry${i} = 0;\n`,
  );
  for (const extension of ['mts', 'cts']) {
    project.write(`entries.${extension}`, [...imports, ...uses].join(''));
    examples().forEach((code, i) => {
      project.write(`example-${i}.${extension}`, `${byImport(code)}export {};\n`);
    });
  }
  for (const [name, options] of Object.entries(RESOLUTIONS)) {
    const compilerOptions = { ...options, target: 'es2022', strict: true, noEmit: true, types: [] };
    const include = ['*.mts', '*.cts'];
    project.write('tsconfig.json', JSON.stringify({ compilerOptions, include }));
    project.tool('tsc', ['-p', 'tsconfig.json']);
    console.log(`types, ${name} resolution: ${entries.join(' ')}`);
  }
}
