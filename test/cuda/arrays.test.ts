/** Arrays of the device: what goes in comes out, and whatever is wrong with one is an error. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { box, yoloV3 } from '../../lib';
import { loadCuda } from '../../lib/binding';
import { cuda, type DeviceArray } from '../../lib/cuda';
import { floats } from '../support/random';
import { detached, thrownBy } from '../support/refusals';
import { rightScales } from '../support/yolo-v3-refusals';

type Call = (...args: unknown[]) => unknown;

const ALL = [
  Float32Array.of(1.5, -0, NaN, Infinity, 1e-45),
  Int32Array.of(-1, 2 ** 31 - 1, 7),
  Uint8Array.of(0, 1, 255),
] as const;

const up = (array: unknown) => (cuda.upload as Call)(array) as DeviceArray;

test('there is a device', () => {
  expect(cuda.available()).toBe(true);
  expect(cuda.devices().length).toBeGreaterThan(0);
  expect(cuda.devices()[0]).toEqual({
    name: expect.any(String),
    memory: expect.any(Number),
    capability: expect.any(String),
  });
});

describe('upload and download', () => {
  test.each(ALL.map((array) => [array.constructor.name, array] as const))('%s', (_, array) => {
    const device = up(array);
    expect(device.constructor.name).toBe(`Device${array.constructor.name}`);
    expect(device.length).toBe(array.length);
    expect(device.byteLength).toBe(array.byteLength);
    const back = device.download();
    expect(back).toEqual(array);
    expect(Object.is(back[1], array[1])).toBe(true);
    const into = array.slice().fill(0);
    expect(device.download(into)).toBe(into);
    expect(into).toEqual(array);
  });

  test('any memory: views, shared memory, nothing', () => {
    const memory = Float32Array.from({ length: 9 }, (_, k) => k);
    expect(up(memory.subarray(3, 7)).download()).toEqual(floats(3, 4, 5, 6));
    const shared = new Float32Array(new SharedArrayBuffer(8)).fill(2);
    expect(up(shared).download()).toEqual(floats(2, 2));
    expect(up(floats()).download()).toEqual(floats());
  });

  test('into an array that is there', () => {
    const device = cuda.upload(floats(1, 2));
    expect(cuda.upload(floats(3, 4), device)).toBe(device);
    expect(device.download()).toEqual(floats(3, 4));
  });

  test('refusals', () => {
    const device = cuda.upload(floats(1, 2));
    const upload = cuda.upload as Call;
    const calls: [call: () => unknown, error: string][] = [
      [
        () => upload([1, 2]),
        'TypeError: cuda.upload: expected array to be a Float32Array, Int32Array or Uint8Array, ' +
          'got Array',
      ],
      [
        () => upload(new Float64Array(2)),
        'TypeError: cuda.upload: expected array to be a Float32Array, Int32Array or Uint8Array, ' +
          'got Float64Array',
      ],
      [
        () => upload(detached()),
        'TypeError: cuda.upload: expected array to have memory, got a detached array',
      ],
      [
        () => upload(floats(1), device),
        'RangeError: cuda.upload: expected array.length to equal 2, got 1',
      ],
      [
        () => upload(Int32Array.of(1, 2), device),
        'TypeError: cuda.upload: expected into to be a DeviceInt32Array, got DeviceFloat32Array',
      ],
      [
        () => upload(floats(1, 2), floats(1, 2)),
        'TypeError: cuda.upload: expected into to be a DeviceFloat32Array, got Float32Array',
      ],
      [
        () => device.download(floats(1, 2, 3)),
        'RangeError: cuda.download: expected into.length to equal 2, got 3',
      ],
      [
        () => device.download(Int32Array.of(1, 2) as never),
        'TypeError: cuda.download: expected into to be a Float32Array, got Int32Array',
      ],
    ];
    for (const [call, error] of calls) expect(thrownBy(call)).toBe(error);
    expect(device.download()).toEqual(floats(1, 2));
  });
});

describe('dispose', () => {
  const disposed = (array: unknown) => {
    const device = up(array);
    device.dispose();
    device.dispose();
    return device;
  };

  test('an array that is disposed is empty and says so', () => {
    const device = disposed(floats(1, 2));
    expect([device.disposed, device.length, device.byteLength]).toEqual([true, 0, 0]);
    expect(thrownBy(() => device.download())).toBe(
      'TypeError: cuda.download: expected the array to have memory, got a disposed array',
    );
    expect(thrownBy(() => (cuda.upload as Call)(floats(), device))).toBe(
      'TypeError: cuda.upload: expected into to have memory, got a disposed array',
    );
  });

  test('no loss takes it', () => {
    const boxes = () => up(floats(1, 1, 2, 2));
    const gone = disposed(floats(1, 1, 2, 2));
    const rule = (name: string) =>
      `TypeError: box.ciou: expected ${name} to have memory, got a disposed array`;
    const ciou = cuda.box.ciou as Call;
    expect(thrownBy(() => ciou(gone, boxes()))).toBe(rule('pred'));
    expect(thrownBy(() => ciou(boxes(), gone))).toBe(rule('target'));
    expect(thrownBy(() => ciou(boxes(), boxes(), { weight: gone }))).toBe(rule('weight'));
    expect(thrownBy(() => ciou(boxes(), boxes(), { grad: gone }))).toBe(rule('grad'));
    expect(thrownBy(() => ciou(boxes(), boxes(), { reduction: 'none', out: gone }))).toBe(
      rule('out'),
    );
    expect(thrownBy(() => (cuda.category.fasterRcnn as Call)(boxes(), disposed(ALL[1])))).toBe(
      'TypeError: category.fasterRcnn: expected labels to have memory, got a disposed array',
    );
  });

  test.each(['box', 'objectness', 'labels', 'ignore'])('yoloV3.loss refuses target.%s', (name) => {
    const scales = rightScales();
    const target = scales[1].target as Record<string, unknown>;
    target[name] = disposed(target[name]);
    const call = () => (cuda.yoloV3.loss as Call)({ batch: 1, classes: 3, scales });
    expect(thrownBy(call)).toMatch(/^(Type|Range)Error: yoloV3\.loss: expected scales\[1\]/);
  });
});

test('the functions of the processor refuse arrays of the device', () => {
  const boxes = up(floats(1, 1, 2, 2));
  expect(thrownBy(() => (box.ciou as Call)(boxes, boxes))).toBe(
    'TypeError: box.ciou: expected pred to be a Float32Array, got DeviceFloat32Array',
  );
  const scales = rightScales().map((scale) => ({ ...scale, features: boxes }));
  expect(thrownBy(() => (yoloV3.loss as Call)({ batch: 1, classes: 3, scales }))).toBe(
    'TypeError: yoloV3.loss: expected scales[0].features to be a Float32Array, ' +
      'got DeviceFloat32Array',
  );
});

test('the garbage collector frees arrays nobody holds, driven by their size', () => {
  const backend = loadCuda().addon!.backend === 'host' ? 'cuda-host' : 'cuda';
  const name = `detloss_${backend.replace('-', '_')}.node`;
  const file = path.join(__dirname, '../../build', backend, 'Release', name);
  // In a process of its own, whose memory nothing else fills: 3.2 GB in all, 16 MB at a time.
  const script = `
    const addon = require(${JSON.stringify(file)});
    const numbers = new Float32Array(2 ** 22).fill(1);
    let [left, most] = [200, 0];
    (function step() {
      addon.upload(addon.allocate(7, numbers.length), numbers); // 7: of float32
      most = Math.max(most, process.memoryUsage().rss / 2 ** 20);
      if (left-- > 0) setImmediate(step);
      else console.log(most < 1000 ? 'bounded' : most);
    })();`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(stdout).toBe('bounded\n');
});
