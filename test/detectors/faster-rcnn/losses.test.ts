import { expectTypeOf } from 'expect-type';
import { rpn } from '../../../lib/assign';
import { fasterRcnn as codec } from '../../../lib/codec';
import * as fasterRcnn from '../../../lib/detectors/faster-rcnn';
import { fasterRcnn as reference } from '../../../lib/reference';
import { expectClose } from '../../support/close';
import { detections, proposals } from '../../support/detector-calls';
import { expectAgreement, expectContained, expectReuse } from '../../support/faster-rcnn';
import { floats, FORMATS, random, randomBoxes, uniform } from '../../support/random';
import { onEveryTarget } from '../../support/targets';

const { rpnLoss, headLoss } = fasterRcnn;
const { log } = Math;

onEveryTarget(() => {
  describe('rpnLoss', () => {
    test('a worked example', () => {
      // In the sample: an object with p = (¼, ¾) and background with p = (½, ½); the third anchor
      // is not, whatever it holds. Mean (ln 4/3 + ln 2)/2.
      // t∗ = ((1 − 0)/2, (4 − 0)/4, ln 1, ln e) = (½, 1, 0, 1), so t∗ − t = (0, 1/18, 0, 1):
      // ½·(1/18)² + 1/9·(1 − 1/18) = 1/648 + 68/648.
      const args = {
        logits: floats(0, log(3), 0, 0, NaN, NaN),
        deltas: floats(0.5, 1 - 1 / 18, 0, 0, NaN, 0, 0, 0, NaN, NaN, 0, 0),
        anchors: floats(0, 0, 2, 4, NaN, 5, 1, 1, NaN, 0, 0, 0),
        assignment: {
          objectness: floats(1, 0, 1),
          weight: floats(1, 1, 0),
          box: floats(1, 4, 2, 4 * Math.E, NaN, 0, 0, 0, NaN, 0, 0, 0),
        },
      };
      const { grads, ...parts } = rpnLoss({ ...args, grad: true });
      const [object, box] = [log(8 / 3) / 2, 69 / 648];
      expect(parts.positives).toBe(1);
      expectClose(
        [parts.objectness, parts.box, parts.total],
        [object, box, object + 10 * box],
        1e-6,
      );
      expectClose(grads.logits, [1 / 8, -1 / 8, -1 / 4, 1 / 4, 0, 0], 1e-6);
      expectClose(grads.deltas, [0, -10 / 18, 0, -10 / 9, 0, 0, 0, 0, 0, 0, 0, 0], 1e-5);
      expect(rpnLoss(args)).toEqual(parts);
      // With δ = 2 both are parabolas: ½/324 + ½.
      const other = rpnLoss({ ...args, lambda: 3, delta: 2 });
      const wide = 1 / 648 + 1 / 2;
      expectClose([other.box, other.total], [wide, object + 3 * wide], 1e-6);
    });

    test.each(FORMATS)('agrees with the reference in %s', (format) => {
      const next = random(83);
      for (const rows of [1, 3, 50, 400]) {
        const args = { ...proposals(next, rows, format), grad: true } as const;
        const weight = uniform(next, rows, 0.5, 2).fill(0, rows >> 1, (rows >> 1) + 1);
        const weighted = { ...args, assignment: { ...args.assignment, weight } };
        for (const options of [
          {},
          { lambda: 3, delta: 2, threads: 1 },
          { lambda: 0, threads: 2 },
        ]) {
          for (const given of [args, weighted]) {
            expectAgreement(
              rpnLoss({ ...given, ...options }),
              reference.rpnLoss({ ...given, ...options }),
            );
          }
        }
      }
    });

    test('NaN', () => {
      const args = { ...proposals(random(89), 30), grad: true } as const;
      const clean = rpnLoss(args);
      // Of an object, of background, and of an object outside the sample.
      for (const row of [3, 7, 9]) {
        for (let k = 0; k < 4; k++) {
          for (const name of ['deltas', 'anchors', 'box', 'logits'] as const) {
            const spoil = (array: Float32Array) => {
              const place = row * (array.length / 30) + (k % (array.length / 30));
              return array.slice().fill(NaN, place, place + 1);
            };
            const spoilt =
              name === 'box'
                ? { ...args, assignment: { ...args.assignment, box: spoil(args.assignment.box) } }
                : { ...args, [name]: spoil(args[name]) };
            const actual = rpnLoss(spoilt);
            expectContained(actual, reference.rpnLoss(spoilt), clean, row, 30);
            const isRead = row === 3 || (row === 7 && name === 'logits');
            expect(Number.isNaN(actual.total)).toBe(isRead);
          }
        }
      }
    });

    test('no positives, no sample, no anchors', () => {
      const args = { ...proposals(random(97), 20), grad: true } as const;
      const zeros = new Float32Array(20);
      const assign = (change: object) => ({ ...args.assignment, ...change });
      const background = rpnLoss({ ...args, assignment: assign({ objectness: zeros }) });
      expect(background).toMatchObject({ box: 0, positives: 0, total: background.objectness });
      expect(background.objectness).toBeGreaterThan(0);
      expect(background.grads.deltas).toEqual(new Float32Array(80));

      const nothing = { total: 0, objectness: 0, box: 0, positives: 0 };
      expect(rpnLoss({ ...args, assignment: assign({ weight: zeros }) })).toEqual({
        ...nothing,
        grads: { logits: new Float32Array(40), deltas: new Float32Array(80) },
      });
      const none = floats();
      const assignment = { objectness: none, weight: none, box: none };
      const empty = { logits: none, deltas: none, anchors: none, assignment };
      expect(rpnLoss(empty)).toEqual(nothing);
      expect(rpnLoss({ ...empty, grad: true }).grads).toEqual({ logits: none, deltas: none });
    });

    test('gradient arrays are filled and returned', () => {
      expectReuse(rpnLoss, proposals(random(101), 33));
    });

    test.each(FORMATS)('an assignment as assign.rpn gives it in %s', (format) => {
      const next = random(103);
      const anchors = randomBoxes(next, 200, format, 3);
      const boxes = randomBoxes(next, 6, format, 3);
      const assignment = rpn(anchors, boxes, { sampleSize: 64, seed: 5, format });
      const logits = uniform(next, 400, -1, 1);
      const given = { logits, anchors, assignment, format };
      const deltas = codec.encode(assignment.box, anchors, { format });
      const right = rpnLoss({ ...given, deltas, grad: true });
      const { objectness, weight } = assignment;
      expect(right.positives).toBe(weight.filter((w, i) => w * objectness[i] > 0).length);
      expect(right.positives).toBeGreaterThan(0);
      expect(right).toMatchObject({ box: 0, total: right.objectness });
      expectClose(right.grads.deltas, new Float32Array(800), 0);
      const args = { ...given, deltas: uniform(next, 800, -1, 1), grad: true } as const;
      expectAgreement(rpnLoss(args), reference.rpnLoss(args));
    });
  });

  describe('headLoss', () => {
    // p = (1, 2, 5)/8 of class 1, then ⅓ each of background and of class 2: (ln 4 + 2 ln 3)/3.
    const example = {
      logits: floats(0, log(2), log(5), 0, 0, 0, 0, 0, 0),
      labels: Int32Array.of(1, 0, 2),
      targets: floats(0.5, 1, 0, 0, NaN, NaN, NaN, NaN, 0, 0, 0, 1),
    };
    const classes = (log(4) + 2 * log(3)) / 3;

    test('a worked example', () => {
      // Class 1 of row 0: (½, 1, 0, 0) − (0, 1, 0, 3) → ½·¼ + 3 − ½ = 21/8; class 2 of row 2: ½.
      const deltas = new Float32Array(36).fill(NaN);
      deltas.set([0, 1, 0, 3], 4);
      deltas.set([0, 0, 0, 0], 24 + 8);
      const { grads, ...parts } = headLoss({ ...example, deltas, grad: true });
      const box = (21 / 8 + 1 / 2) / 2;
      expect(parts.positives).toBe(2);
      expectClose([parts.category, parts.box, parts.total], [classes, box, classes + box], 1e-6);
      const byLogits = [1 / 8, -6 / 8, 5 / 8, -2 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3, -2 / 3];
      expectClose(
        grads.logits,
        byLogits.map((g) => g / 3),
        1e-6,
      );
      const byDeltas = new Float64Array(36);
      byDeltas.set([-1 / 4, 0, 0, 1 / 2], 4);
      byDeltas.set([0, 0, 0, -1 / 2], 24 + 8);
      expectClose(grads.deltas, byDeltas, 1e-6);
      expect(headLoss({ ...example, deltas })).toEqual(parts);
      // With δ = 2, 2·(3 − 1) = 4.
      const other = headLoss({ ...example, deltas, lambda: 3, delta: 2 });
      const wide = (1 / 8 + 4 + 1 / 2) / 2;
      expectClose([other.box, other.total], [wide, classes + 3 * wide], 1e-6);
    });

    test('the example of its documentation', () => {
      const { total, ...parts } = headLoss({
        logits: floats(0, 0),
        deltas: floats(0, 0, 0, 0.5),
        labels: Int32Array.of(1),
        targets: new Float32Array(4),
      });
      expect(parts).toEqual({ category: expect.closeTo(log(2), 6), box: 0.125, positives: 1 });
      expectClose([total], [0.8181], 1e-4);
    });

    test('deltas shared by the classes', () => {
      const deltas = floats(0, 1, 0, 3, NaN, 0, 0, 0, 0, 0, 0, 0);
      const { box, grads } = headLoss({ ...example, deltas, grad: true });
      expectClose([box], [(21 / 8 + 1 / 2) / 2], 1e-6);
      expectClose(grads.deltas, [-1 / 4, 0, 0, 1 / 2, 0, 0, 0, 0, 0, 0, 0, -1 / 2], 1e-6);
    });

    test.each([false, true])('agrees with the reference, deltas shared: %s', (isShared) => {
      const next = random(107);
      for (const [rows, count] of [
        [1, 1],
        [6, 1],
        [50, 3],
        [130, 80],
      ]) {
        const args = { ...detections(next, rows, isShared, count), grad: true } as const;
        const weight = uniform(next, rows, 0.5, 2).map((w, i) => (i % 7 === 3 ? 0 : w));
        for (const options of [
          {},
          { weight },
          { weight, lambda: 0.7, delta: 0.9, threads: 1 },
          { lambda: 0, threads: 2 },
        ]) {
          expectAgreement(
            headLoss({ ...args, ...options }),
            reference.headLoss({ ...args, ...options }),
          );
        }
      }
    });

    test.each([false, true])('NaN, deltas shared: %s', (isShared) => {
      const weight = new Float32Array(20).fill(1).fill(0, 9, 10);
      const labels = Int32Array.from({ length: 20 }, (_, i) => (i === 9 ? 99 : i % 4));
      const scene = detections(random(109), 20, isShared);
      const args = { ...scene, weight, labels, grad: true } as const;
      const clean = headLoss(args);
      // Of class 3, of background, and of weight 0.
      for (const row of [7, 8, 9]) {
        for (const name of ['logits', 'deltas', 'targets'] as const) {
          const width = args[name].length / 20;
          for (let k = 0; k < width; k++) {
            const array = args[name].slice();
            array[row * width + k] = NaN;
            const spoilt = { ...args, [name]: array };
            const actual = headLoss(spoilt);
            expectContained(actual, reference.headLoss(spoilt), clean, row, 20);
            const isRead = row === 7 && (name !== 'deltas' || k >= width - 4);
            expect(Number.isNaN(actual.total)).toBe(isRead || (row === 8 && name === 'logits'));
          }
        }
      }
    });

    test('only background, only rows of weight 0, no rows', () => {
      const logits = uniform(random(113), 6, -1e4, 1e4);
      const deltas = new Float32Array(24).fill(NaN);
      const targets = new Float32Array(8).fill(NaN);
      const args = { logits, deltas, targets, grad: true } as const;
      const background = headLoss({ ...args, labels: Int32Array.of(0, 0) });
      expect(background).toMatchObject({ box: 0, positives: 0, total: background.category });
      expect(background.grads.deltas).toEqual(new Float32Array(24));

      const nothing = { total: 0, category: 0, box: 0, positives: 0 };
      expect(headLoss({ ...args, labels: Int32Array.of(1, -2), weight: floats(0, 0) })).toEqual({
        ...nothing,
        grads: { logits: new Float32Array(6), deltas: new Float32Array(24) },
      });
      const none = floats();
      const empty = { logits: none, deltas: none, labels: new Int32Array(), targets: none };
      for (const given of [empty, { ...empty, weight: none }]) {
        const grads = { logits: none, deltas: none };
        expect(headLoss({ ...given, grad: true })).toEqual({ ...nothing, grads });
      }
    });

    test('gradient arrays are filled and returned', () => {
      for (const isShared of [false, true]) {
        expectReuse(headLoss, detections(random(127), 33, isShared));
      }
    });
  });
});

test('the result by the options', () => {
  const rpnArgs = proposals(random(1), 3);
  const headArgs = detections(random(1), 3, true);
  const rpnAny: fasterRcnn.RpnLossOptions = rpnArgs;
  const headAny: fasterRcnn.HeadLossOptions = headArgs;
  const grad = { logits: new Float32Array(6), deltas: new Float32Array(12) };
  type Asked = fasterRcnn.WithGradients;
  expectTypeOf(rpnLoss({ ...rpnArgs, grad })).toEqualTypeOf<fasterRcnn.RpnLoss & Asked>();
  expectTypeOf(rpnLoss({ ...rpnArgs, grad: true })).toEqualTypeOf<fasterRcnn.RpnLoss & Asked>();
  expectTypeOf(headLoss({ ...headArgs, grad: true })).toEqualTypeOf<fasterRcnn.HeadLoss & Asked>();
  expectTypeOf(headLoss(headArgs)).toEqualTypeOf<fasterRcnn.HeadLoss>();
  expectTypeOf(headLoss({ ...headArgs, grad: false })).toEqualTypeOf<fasterRcnn.HeadLoss>();
  expectTypeOf(rpnLoss({ ...rpnArgs, grad: false })).toEqualTypeOf<fasterRcnn.RpnLoss>();
  expectTypeOf(rpnLoss(rpnAny).grads).toEqualTypeOf<fasterRcnn.FasterRcnnGradients | undefined>();
  expectTypeOf(headLoss(headAny).grads).toEqualTypeOf<fasterRcnn.FasterRcnnGradients | undefined>();
  expect(Object.keys(rpnLoss(rpnArgs))).toEqual(['total', 'objectness', 'box', 'positives']);
  expect(Object.keys(headLoss(headArgs))).toEqual(['total', 'category', 'box', 'positives']);
});
