/** Whatever JavaScript does to the memory of arrays, calls neither crash nor return what is wrong. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const SCRIPT = path.join(__dirname, 'memory-attacks.ts');

/** How each attack ended, of a process that survives all of them. */
function attack(names: readonly string[]): Record<string, string> {
  const args = ['--expose-gc', '--import', 'tsx', SCRIPT, ...names];
  const { stdout, stderr, signal } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ signal, stderr }).toEqual({ signal: null, stderr: '' });
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => [line.split(': ')[0], line.split(': ').slice(1).join(': ')]),
  );
}

const DETACHED =
  'TypeError: box.ciou: expected the memory of all arrays to stay until the promise settles, got ' +
  'an array that has been detached or resized';

test('memory is taken from a promised call', () => {
  const ways = ['clone', 'enqueue', 'read', 'respond', 'transfer', 'resize'];
  const names = ways.flatMap((way) =>
    ['pred', 'grad'].flatMap((array) => [0, 3].map((turn) => `${way} ${array} ${turn}`)),
  );
  const ends = ['webAssembly', ...names].map((name) => [name, DETACHED]);
  expect(attack(['webAssembly', ...names])).toEqual(Object.fromEntries(ends));
}, 120_000);

test.each([
  'getter',
  'lyingBuffer',
  'asyncHook',
  'numbers',
  'unrelated',
  'frozen',
  'manyLargeCalls',
])(
  '%s',
  (name) => {
    expect(attack([name])).toEqual({ [name]: 'right' });
  },
  60_000,
);
