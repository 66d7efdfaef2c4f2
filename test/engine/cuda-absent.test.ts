/** The package without the GPU's library, or with it and without a device: nothing else changes. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type * as Cuda from '../../lib/cuda';
import { floats } from '../support/random';
import { thrownBy } from '../support/refusals';

type Call = (...args: unknown[]) => unknown;

const given = process.env.DETLOSS_CUDA;
beforeAll(() => delete process.env.DETLOSS_CUDA);
afterAll(() => {
  if (given !== undefined) process.env.DETLOSS_CUDA = given;
});

/** detloss/cuda as it is where `exists` says which files there are. */
function loaded(exists?: () => boolean): typeof Cuda {
  let library: typeof Cuda;
  jest.isolateModules(() => {
    if (exists !== undefined) {
      const fs = jest.requireActual<object>('node:fs');
      jest.doMock('node:fs', () => ({ ...fs, existsSync: exists }));
    }
    library = jest.requireActual('../../lib/cuda');
    jest.dontMock('node:fs');
  });
  return library!;
}

/** Calls of every sort that need the device. */
function callsOf({ cuda }: typeof Cuda): (() => unknown)[] {
  const boxes = floats(1, 1, 2, 2);
  return [
    () => cuda.upload(boxes),
    () => cuda.box.ciou(boxes, boxes),
    () => cuda.regression.l1(boxes, boxes, { grad: true }),
    () => (cuda.category.fasterRcnn as Call)(),
    () => (cuda.yoloV3.loss as Call)({}),
  ];
}

test('where the library has not been built, calls say how to build it', () => {
  const library = loaded(() => false);
  expect(library.cuda.available()).toBe(false);
  expect(library.cuda.devices()).toEqual([]);
  for (const call of callsOf(library)) {
    expect(thrownBy(call)).toBe(
      'Error: cuda: its library has not been built; where the CUDA toolkit is installed, ' +
        'npm run build:cuda in the directory of detloss builds it',
    );
  }
});

test('where it cannot be loaded, calls say why', () => {
  const join = path.join.bind(path);
  const moved = jest.spyOn(path, 'join').mockImplementation((...parts) => {
    return parts.at(-1) === 'detloss_cuda.node' ? join('/', 'nowhere.node') : join(...parts);
  });
  const library = loaded(() => true);
  library.cuda.available();
  moved.mockRestore();
  expect(library.cuda.available()).toBe(false);
  for (const call of callsOf(library)) {
    expect(thrownBy(call)).toMatch(/^Error: cuda: its library cannot be loaded: /);
  }
});

test('as this machine has it, either it computes or it says what is missing', () => {
  const library = loaded();
  for (const call of callsOf(library).slice(0, 3)) {
    expect(thrownBy(call)).toMatch(library.cuda.available() ? /^nothing$/ : /^Error: cuda: /);
  }
});

test('detloss does not load it, and detloss/cuda not before it is called', () => {
  const dist = path.join(__dirname, '..', '..', 'dist');
  const script = `
    require(${JSON.stringify(dist)});
    require(${JSON.stringify(path.join(dist, 'cuda'))});
    console.log(process.report.getReport().sharedObjects.filter((file) => /cuda/.test(path.basename(file))));`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(stdout).toBe('[]\n');
});
