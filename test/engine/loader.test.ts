/** Which addon is loaded: a whole one of the same sources; any other is named in an error. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { native } from '../../lib/binding';
import { SOURCES } from '../../lib/sources';

const ROOT = path.join(__dirname, '..', '..');
native.targets();
const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
const addon = readFileSync(sharedObjects.find((file) => /detloss[\w.]*\.node$/.test(file))!);
const PLATFORM = `${process.platform}-${process.arch}`;
const BUILT = path.join('build', 'Release', 'detloss.node');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'detloss-loader-'));
  cpSync(path.join(ROOT, 'dist'), path.join(folder, 'dist'), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(file: string, content: Buffer): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), content);
}

/** Under the names for either C library, of which one is this machine's. */
function putPrebuilt(content: Buffer): void {
  const names = process.platform === 'linux' ? ['detloss.glibc', 'detloss.musl'] : ['detloss'];
  for (const name of names) put(path.join('prebuilds', PLATFORM, `${name}.node`), content);
}

/** The addon as a build of other sources is. */
function stale(): Buffer {
  const other = Buffer.from(addon);
  const place = other.indexOf(SOURCES);
  expect(place).toBeGreaterThan(0);
  other.write('x', place);
  return other;
}

/** What a process says that computes with the package: which addon it is, or the error. */
function run(module = 'dist') {
  const script = `
    const { box } = require(${JSON.stringify(path.join(folder, module))});
    const boxes = Float32Array.of(0, 0, 1, 1, 0, 0, 2, 1);
    const { loss } = box.iou(boxes.subarray(0, 4), boxes.subarray(4));
    const loaded = process.report.getReport().sharedObjects;
    console.log(loss, loaded.filter((file) => file.endsWith('.node')).join());`;
  const env = { ...process.env, DETLOSS_PREBUILD: '', PREBUILDS_ONLY: '' };
  const options = { env, encoding: 'utf8' as const };
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', script], options);
  return { status, signal, stdout, stderr };
}

function expectLoaded(file: string): void {
  const { stdout, stderr } = run();
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^0\.5 /);
  expect(stdout).toContain(`${path.sep}${file}`);
}

function expectRefused(reason: string): void {
  const { status, signal, stderr } = run();
  expect({ status, signal }).toEqual({ status: 1, signal: null });
  expect(stderr).toContain(`${PLATFORM.replace('-', ', ')}, `);
  expect(stderr).toContain(`${BUILT}: ${reason}`);
  expect(stderr).toContain('run "npm run build:native" in ');
  expect(stderr).toContain('detloss/reference computes the same');
}

test('what was built here comes before what the package brings', () => {
  put(BUILT, addon);
  expectLoaded(BUILT);
  putPrebuilt(addon);
  expectLoaded(BUILT);
  rmSync(path.join(folder, 'build'), { recursive: true });
  expectLoaded(path.join('prebuilds', PLATFORM));
});

test('one of other sources is refused, and hides no good one', () => {
  put(BUILT, stale());
  expectRefused('was built from the sources of another version of detloss');
  putPrebuilt(stale());
  expectRefused('was built from the sources of another version of detloss');
  putPrebuilt(addon);
  expectLoaded(path.join('prebuilds', PLATFORM));
});

test('one that is cut off ends no process, and hides no good one', () => {
  const { length } = addon;
  const cuts = [0, 10, 63, 64, 1000, length >> 2, length >> 1, 3 * (length >> 2), length - 1];
  for (const cut of cuts) {
    put(BUILT, addon.subarray(0, cut));
    expectRefused(process.platform === 'linux' ? 'is cut off' : '');
  }
  putPrebuilt(addon);
  expectLoaded(path.join('prebuilds', PLATFORM));
});

test('what is no library is refused', () => {
  put(BUILT, Buffer.from('no library'.repeat(100)));
  expectRefused('');
});

test('without any, the error says what was looked for, and the reference works', () => {
  expectRefused('does not exist');
  const { stderr } = run();
  expect(stderr).toContain(path.join('prebuilds', PLATFORM, 'detloss'));
  expect(stderr).toContain(`Node.js ${process.versions.node}`);
  expect(run(path.join('dist', 'reference'))).toMatchObject({ status: 0, stdout: '0.5 \n' });
});

describe('the hash of the sources', () => {
  /** The hash of a copy of the sources, changed first. */
  function hashOf(change: (file: string) => void): string {
    const copies = path.join(folder, 'copy');
    rmSync(copies, { recursive: true, force: true });
    mkdirSync(copies);
    cpSync(path.join(ROOT, 'native'), path.join(copies, 'native'), { recursive: true });
    cpSync(path.join(ROOT, 'CMakeLists.txt'), path.join(copies, 'CMakeLists.txt'));
    change(copies);
    const script = `
      const { hashOfSources } = require(${JSON.stringify(path.join(copies, 'native', 'sources.cjs'))});
      process.stdout.write(hashOfSources());`;
    return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout;
  }
  function rewrite(file: string, change: (text: string) => string) {
    return (copies: string) => {
      const name = path.join(copies, file);
      writeFileSync(name, change(readFileSync(name, 'utf8')));
    };
  }

  test('is that of dist/, of the addon and of a copy', () => {
    const dist = createRequire(__filename)('../../dist/sources.js') as { SOURCES: string };
    expect(dist.SOURCES).toBe(SOURCES);
    expect(addon.includes(SOURCES)).toBe(true);
    expect(hashOf(() => undefined)).toBe(SOURCES);
  });

  test('is the same with the line endings of Windows', () => {
    const crlf = (text: string) => text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n');
    expect(hashOf(rewrite('CMakeLists.txt', crlf))).toBe(SOURCES);
    expect(hashOf(rewrite('native/binding/rows.cc', crlf))).toBe(SOURCES);
  });

  test.each(['CMakeLists.txt', 'native/binding/rows.cc', 'native/loops/rows.h'])(
    'is another one once %s has changed',
    (file) => {
      const hash = hashOf(rewrite(file, (text) => `${text} `));
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
      expect(hash).not.toBe(SOURCES);
    },
  );

  test('knows a file that is new or has gone', () => {
    const added = hashOf((copies) => writeFileSync(path.join(copies, 'native', 'new.h'), ''));
    const removed = hashOf((copies) => rmSync(path.join(copies, 'native', 'loops', 'rows.h')));
    expect(new Set([SOURCES, added, removed]).size).toBe(3);
  });
});
