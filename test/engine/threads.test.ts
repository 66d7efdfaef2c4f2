/** Large calls on several threads: the same results to the last bit, and no more tasks than needed. */
import { createHook } from 'node:async_hooks';
import { box, regression, yoloV1, yoloV3 } from '../../lib';
import { native } from '../../lib/binding';
import { CASES, MEASURES, type LossCase } from '../losses/table';
import { expectSame } from '../support/close';
import { CODECS } from '../support/codecs';
import { scene } from '../support/detector-calls';
import { random, randomBoxes, uniform } from '../support/random';
import { typicalRows } from '../support/rows';
import { largeCall } from '../support/yolo-v3-calls';

/** So many floats that several threads share them. */
const LARGE = 400_000;
const THREADS = [2, 3];

function largeArrays(loss: LossCase) {
  const rows = Math.ceil(LARGE / (loss.width + (loss.targetWidth ?? loss.width)));
  return typicalRows(loss, random(5), rows, loss.formats[0]);
}

describe.each(CASES)('$title', (loss) => {
  const arrays = largeArrays(loss);

  test.each(['mean', 'none'] as const)('reduction %s on any number of threads', (reduction) => {
    const alone = loss.native(arrays, { reduction, grad: true, threads: 1 });
    for (const threads of THREADS) {
      const shared = loss.native(arrays, { reduction, grad: true, threads });
      expect(shared.loss).toBe(alone.loss);
      expectSame(shared.grad!, alone.grad!);
      if (reduction === 'none') expectSame(shared.losses!, alone.losses!);
    }
  });
});

test.each(MEASURES)('$title on any number of threads', ({ matrix, native: measure }) => {
  const next = random(6);
  const a = randomBoxes(next, matrix ? 300 : LARGE / 8);
  const b = randomBoxes(next, matrix ? 900 : LARGE / 8);
  const alone = measure(a, b, { threads: 1 });
  for (const threads of THREADS) expectSame(measure(a, b, { threads }), alone);
});

test.each(CODECS)('$name on any number of threads', ({ arrays, native: code }) => {
  const [input, anchors] = arrays(random(7), LARGE / 8, 'yxhw');
  const alone = code(input, anchors, { threads: 1 });
  for (const threads of THREADS) expectSame(code(input, anchors, { threads }), alone);
});

test.each(['NHWC', 'NCHW'] as const)('yoloV3.loss of %s on any number of threads', (layout) => {
  const call = largeCall(random(8), layout);
  const { grads: alone, ...sums } = yoloV3.loss({ ...call, grad: true, threads: 1 });
  for (const threads of THREADS) {
    const { grads, ...others } = yoloV3.loss({ ...call, grad: true, threads });
    expect(others).toEqual(sums);
    grads.forEach((grad, s) => expectSame(grad, alone[s]));
  }
});

test('yoloV1.loss on any number of threads', () => {
  const call = scene(random(9), { batch: 270, grid: 7, boxes: 2, classes: 20 });
  const { grad: alone, ...sums } = yoloV1.loss({ ...call, grad: true, threads: 1 });
  for (const threads of THREADS) {
    const { grad, ...others } = yoloV1.loss({ ...call, grad: true, threads });
    expect(others).toEqual(sums);
    expectSame(grad, alone);
  }
});

test('weights and balanced sums are shared too', () => {
  const rows = LARGE;
  const next = random(9);
  const [pred, weight] = [uniform(next, rows), uniform(next, rows)];
  const target = uniform(next, rows).map((number) => (number > 0.9 ? 1 : 0));
  const call = native.objectness.yoloV3;
  for (const reduction of [0, 1, 2, 3]) {
    const results = [1, ...THREADS].map((threads) => {
      const losses = reduction === 2 ? new Float32Array(rows) : undefined;
      return call(pred, target, threads, reduction, 0, 0, undefined, weight, losses);
    });
    expect(new Set(results).size).toBe(1);
  }
});

describe('tasks for the pool', () => {
  let tasks = 0;
  const hook = createHook({
    init: (_, type) => {
      if (type === 'detloss') tasks++;
    },
  });
  /** How many tasks a call queues. No helper of earlier calls is left: they wait 100 ms at most. */
  async function tasksOf(call: () => unknown): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, 300));
    tasks = 0;
    hook.enable();
    call();
    hook.disable();
    return tasks;
  }

  const large = new Float32Array(700_000);
  const small = new Float32Array(4000);

  test('a large call has one for every other thread', async () => {
    expect(await tasksOf(() => regression.l1(large, large, { threads: 1 }))).toBe(0);
    expect(await tasksOf(() => regression.l1(large, large, { threads: 2 }))).toBe(1);
    expect(await tasksOf(() => regression.l1(large, large, { threads: 3 }))).toBe(2);
    expect(await tasksOf(() => regression.l1(large, large, { threads: 1000 }))).toBe(4);
  });

  test('a small call has none', async () => {
    expect(await tasksOf(() => box.ciou(small, small, { threads: 8 }))).toBe(0);
    expect(await tasksOf(() => box.ciou(small, small, { grad: true }))).toBe(0);
  });

  test('calls that follow one another share it', async () => {
    const many = () => {
      for (let call = 0; call < 100; call++) regression.l1(large, large, { threads: 2 });
    };
    expect(await tasksOf(many)).toBeLessThan(20);
  });

  test('however long JavaScript keeps the event loop waiting, few pile up', async () => {
    const slowly = () => {
      for (let call = 0; call < 150; call++) {
        regression.l1(large, large, { threads: 2 });
        const until = performance.now() + 3;
        while (performance.now() < until);
      }
    };
    expect(await tasksOf(slowly)).toBeLessThanOrEqual(50);
  });
});
