/** Whatever JavaScript does to the memory of arrays, calls neither crash nor return what is wrong. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const SCRIPT = path.join(__dirname, 'memory-attacks.ts');

/** How each attack ended, of a process that survives all of them. */
function attack(names: readonly string[]): Record<string, string> {
  const args = ['--expose-gc', '--import', 'tsx', SCRIPT, ...names];
  // The C library gives freed memory back to the system, and does not keep it for the next.
  const env = { ...process.env, MALLOC_MMAP_THRESHOLD_: '65536', UV_THREADPOOL_SIZE: '1' };
  const options = { encoding: 'utf8', env } as const;
  const { stdout, stderr, signal } = spawnSync(process.execPath, args, options);
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
    ['pred', 'grad'].flatMap((array) => ['early', 'late'].map((when) => `${way} ${array} ${when}`)),
  );
  const ends = attack(['webAssembly', ...names]);
  expect(Object.keys(ends)).toEqual(['webAssembly', ...names]);
  for (const [name, ended] of Object.entries(ends)) {
    // After some turns of the event loop it may have been copied.
    expect([DETACHED, ...(name.endsWith('pred late') ? ['right'] : [])]).toContain(ended);
  }
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
