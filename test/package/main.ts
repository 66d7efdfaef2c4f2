/**
 * npm run test:package: packs the package, installs it into an empty project on a PATH without
 * compiler, and uses it there as its users do: by `require`, by `import`, and from TypeScript. Then
 * without its prebuilt binary, built from source.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkBinary } from './binary';
import { checkContents } from './contents';
import { checkEntries } from './entries';
import { EmptyProject, npm, ROOT, run, tool } from './project';
import { checkReadme } from './readme';
import { checkTypes } from './types';

interface Packed {
  filename: string;
  files: { path: string; size: number }[];
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'detloss-package-'));
try {
  console.log('pack');
  // The build that comes first prints, too.
  const printed = npm(['pack', '--json', '--pack-destination', folder], ROOT);
  const [packed] = JSON.parse(printed.slice(printed.lastIndexOf('\n[\n  {'))) as Packed[];
  const tarball = path.join(folder, packed.filename);
  checkContents(packed.files);

  console.log('publint, attw');
  console.log(run(tool('publint'), [tarball, '--strict'], ROOT));
  console.log(run(tool('attw'), [tarball, '--no-emoji', '--no-color'], ROOT));

  console.log('install, without a compiler');
  const project = new EmptyProject(path.join(folder, 'project'));
  project.install(tarball);
  checkBinary(project);
  checkReadme(project, 'prebuilds');
  checkTypes(project, checkEntries(project));

  console.log('install from source');
  project.buildFromSource();
  checkReadme(project, path.join('build', 'Release'));
  console.log('package: all checks hold');
} finally {
  rmSync(folder, { recursive: true });
}
