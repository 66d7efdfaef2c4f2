import { category, codec, fasterRcnn, objectness } from '../../lib/reference';
import { expectClose, type Numbers } from '../support/close';
import { differences } from '../support/differences';
import { FORMATS, random, randomBoxes, uniform } from '../support/random';

const { log } = Math;

describe('fasterRcnn.rpnLoss', () => {
  test('a worked example', () => {
    // In the sample: an object with p = (¼, ¾) and background with p = (½, ½); the third anchor is
    // not, whatever it holds. Mean (ln 4/3 + ln 2)/2.
    // t∗ = ((1 − 0)/2, (4 − 0)/4, ln 1, ln e) = (½, 1, 0, 1), so t∗ − t = (0, 1/18, 0, 1):
    // ½·(1/18)² + 1/9·(1 − 1/18) = 1/648 + 68/648.
    const args = {
      logits: [0, log(3), 0, 0, NaN, NaN],
      deltas: [0.5, 1 - 1 / 18, 0, 0, NaN, 0, 0, 0, NaN, NaN, 0, 0],
      anchors: [0, 0, 2, 4, 5, 5, 1, 1, NaN, 0, 0, 0],
      assignment: {
        objectness: [1, 0, 1],
        weight: [1, 1, 0],
        box: [1, 4, 2, 4 * Math.E, 0, 0, 0, 0, NaN, 0, 0, 0],
      },
    };
    const { grads, ...parts } = fasterRcnn.rpnLoss({ ...args, grad: true });
    expect(parts.positives).toBe(1);
    const [object, box] = [log(8 / 3) / 2, 69 / 648];
    expectClose([parts.objectness, parts.box, parts.total], [object, box, object + 10 * box]);
    expectClose(grads.logits, [1 / 8, -1 / 8, -1 / 4, 1 / 4, 0, 0]);
    expectClose(grads.deltas, [0, -10 / 18, 0, -10 / 9, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(fasterRcnn.rpnLoss(args)).toEqual(parts);

    // With δ = 2 both are parabolas: ½/324 + ½.
    const other = fasterRcnn.rpnLoss({ ...args, lambda: 3, delta: 2 });
    expectClose([other.box, other.total], [1 / 648 + 1 / 2, object + 3 * (1 / 648 + 1 / 2)]);
  });

  const next = random(43);
  const rows = 12;
  const sample = () => Float32Array.from({ length: rows }, () => Number(next() < 0.5));
  const args = (format: (typeof FORMATS)[number]) => ({
    logits: uniform(next, 2 * rows, -2, 2),
    deltas: uniform(next, 4 * rows, -1, 1),
    anchors: randomBoxes(next, rows, format),
    assignment: {
      objectness: sample(),
      weight: sample().fill(1, 0, 6),
      box: randomBoxes(next, rows, format),
    },
    format,
  });

  test.each(FORMATS)('the gradient agrees with central differences in %s', (format) => {
    const given = args(format);
    const { grads } = fasterRcnn.rpnLoss({ ...given, grad: true });
    for (const name of ['logits', 'deltas'] as const) {
      const total = (p: Numbers) => [fasterRcnn.rpnLoss({ ...given, [name]: p }).total];
      const slopes = differences(total, given[name], given[name].length);
      expectClose(grads[name], slopes, 1e-7);
    }
  });

  test.each(FORMATS)('deltas that decode to the matched boxes have no loss in %s', (format) => {
    const given = args(format);
    const deltas = codec.fasterRcnn.encode(given.assignment.box, given.anchors, { format });
    const { box, total, ...parts } = fasterRcnn.rpnLoss({ ...given, deltas });
    expect(box).toBe(0);
    expect(total).toBe(parts.objectness);
    const { weight, objectness: target } = given.assignment;
    expect(total).toBe(objectness.fasterRcnn(given.logits, target, { weight }).loss);
  });

  test('no positives, no sample, no anchors', () => {
    const given = args('yxhw');
    const grad = true;
    const assign = (change: object) => ({ ...given.assignment, ...change });
    const zeros = new Float32Array(rows);

    const background = { ...given, assignment: assign({ objectness: zeros }), grad } as const;
    const { grads, ...parts } = fasterRcnn.rpnLoss(background);
    expect(parts).toMatchObject({ box: 0, positives: 0, total: parts.objectness });
    expect(parts.objectness).toBeGreaterThan(0);
    expect(grads.deltas).toEqual(new Float64Array(4 * rows));

    const nothing = { total: 0, objectness: 0, box: 0, positives: 0 };
    const unsampled = { ...given, assignment: assign({ weight: zeros }), grad } as const;
    expect(fasterRcnn.rpnLoss(unsampled)).toEqual({
      ...nothing,
      grads: { logits: new Float64Array(2 * rows), deltas: new Float64Array(4 * rows) },
    });
    const assignment = { objectness: [], weight: [], box: [] };
    expect(fasterRcnn.rpnLoss({ logits: [], deltas: [], anchors: [], assignment })).toEqual(
      nothing,
    );
  });
});

describe('fasterRcnn.headLoss', () => {
  // p = (1, 2, 5)/8 of class 1, then ⅓ each of background and of class 2: (ln 4 + 2 ln 3)/3.
  const example = {
    logits: [0, log(2), log(5), 0, 0, 0, 0, 0, 0],
    labels: Int32Array.of(1, 0, 2),
    targets: [0.5, 1, 0, 0, NaN, NaN, NaN, NaN, 0, 0, 0, 1],
  };

  test('a worked example', () => {
    // Class 1 of row 0: (½, 1, 0, 0) − (0, 1, 0, 3) → ½·¼ + 3 − ½ = 21/8; class 2 of row 2: ½.
    const deltas = new Float64Array(36).fill(7);
    deltas.set([0, 1, 0, 3], 4);
    deltas.set([0, 0, 0, 0.0], 24 + 8);
    const { grads, ...parts } = fasterRcnn.headLoss({ ...example, deltas, grad: true });
    const [classes, box] = [(log(4) + 2 * log(3)) / 3, (21 / 8 + 1 / 2) / 2];
    expect(parts.positives).toBe(2);
    expectClose([parts.category, parts.box, parts.total], [classes, box, classes + box]);
    const byLogits = [1 / 8, -6 / 8, 5 / 8, -2 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3, -2 / 3];
    expectClose(
      grads.logits,
      byLogits.map((g) => g / 3),
    );
    const byDeltas = new Float64Array(36);
    byDeltas.set([-1 / 4, 0, 0, 1 / 2], 4);
    byDeltas.set([0, 0, 0, -1 / 2], 24 + 8);
    expectClose(grads.deltas, byDeltas);

    // With δ = 2, 2·(3 − 1) = 4.
    const other = fasterRcnn.headLoss({ ...example, deltas, lambda: 3, delta: 2 });
    const wide = (1 / 8 + 4 + 1 / 2) / 2;
    expectClose([other.box, other.total], [wide, classes + 3 * wide]);
  });

  test('deltas shared by the classes', () => {
    const deltas = [0, 1, 0, 3, NaN, 0, 0, 0, 0, 0, 0, 0];
    const { box, grads } = fasterRcnn.headLoss({ ...example, deltas, grad: true });
    expectClose([box], [(21 / 8 + 1 / 2) / 2]);
    expectClose(grads.deltas, [-1 / 4, 0, 0, 1 / 2, 0, 0, 0, 0, 0, 0, 0, -1 / 2]);
  });

  test('weight', () => {
    // (2·ln 4 + 1·ln 3)/3, (2·21/8)/2; a row of weight 0 may have any label.
    const labels = Int32Array.of(1, 0, 99);
    const weight = [2, 1, 0];
    const deltas = [0, 1, 0, 3, 0, 0, 0, 0, NaN, 0, 0, 0];
    const logits = [...example.logits.slice(0, 6), NaN, NaN, NaN];
    const given = { ...example, logits, labels, weight, deltas };
    const { grads, ...parts } = fasterRcnn.headLoss({ ...given, grad: true });
    expect(parts.positives).toBe(1);
    const classes = (2 * log(4) + log(3)) / 3;
    expectClose([parts.category, parts.box, parts.total], [classes, 21 / 8, classes + 21 / 8]);
    expectClose(grads.deltas, [-1 / 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expectClose(grads.logits.subarray(6), [0, 0, 0]);
  });

  const next = random(47);
  const [rows, classes] = [7, 3];
  const labels = Int32Array.of(0, 3, 1, 0, 2, 2, 1);

  test.each([4, 4 * (classes + 1)])(
    'the gradient agrees with central differences with %d deltas in a row',
    (width) => {
      const given = {
        logits: uniform(next, rows * (classes + 1), -2, 2),
        deltas: uniform(next, rows * width, -2, 2),
        labels,
        targets: uniform(next, 4 * rows, -2, 2),
        weight: uniform(next, rows, 0.5, 2).fill(0, 4, 5),
        lambda: 0.7,
        delta: 0.9,
      };
      const { grads } = fasterRcnn.headLoss({ ...given, grad: true });
      for (const name of ['logits', 'deltas'] as const) {
        const total = (p: Numbers) => [fasterRcnn.headLoss({ ...given, [name]: p }).total];
        const slopes = differences(total, given[name], given[name].length);
        expectClose(grads[name], slopes, 1e-7);
      }
    },
  );

  test('one class', () => {
    // K + 1 = 2: the class’s deltas are the second four.
    const deltas = [9, 9, 9, 9, 0, 0, 0, 0.5];
    const given = { logits: [0, 0], deltas, labels: [1], targets: [0, 0, 0, 0] };
    expectClose([fasterRcnn.headLoss(given).total], [log(2) + 1 / 8]);
  });

  test('only background, only rows of weight 0, no rows', () => {
    const logits = uniform(next, 6, -1e4, 1e4);
    const given = { logits, deltas: new Float32Array(24).fill(NaN), labels: [0, 0], targets: [] };
    const { grads, ...parts } = fasterRcnn.headLoss({ ...given, grad: true });
    const { loss } = category.fasterRcnn(logits, [0, 0]);
    expect(parts).toEqual({ total: loss, category: loss, box: 0, positives: 0 });
    expect(grads.deltas).toEqual(new Float64Array(24));

    const nothing = { total: 0, category: 0, box: 0, positives: 0 };
    const weight = [0, 0];
    expect(fasterRcnn.headLoss({ ...given, labels: [1, 2], weight, grad: true })).toEqual({
      ...nothing,
      grads: { logits: new Float64Array(6), deltas: new Float64Array(24) },
    });
    const empty = { logits: [], deltas: [], labels: [], targets: [] };
    expect(fasterRcnn.headLoss({ ...empty, grad: true })).toEqual({
      ...nothing,
      grads: { logits: new Float64Array(), deltas: new Float64Array() },
    });
  });
});
