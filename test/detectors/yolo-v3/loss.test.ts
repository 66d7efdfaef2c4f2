import { assign, box, category, objectness, yoloV3 } from '../../../lib';
import { expectClose } from '../../support/close';
import { floats } from '../../support/random';
import { onEveryTarget } from '../../support/targets';
import { TERMS, type BOX_KINDS, type Call, type Scale } from '../../support/yolo-v3-calls';

const { log } = Math;

const termsOf = (loss: Record<(typeof TERMS)[number], number>) => TERMS.map((term) => loss[term]);

// Two cells in a row. Cell 0 has no object, and a logit of 0. In cell 1 the raw centre is ¼ and ¾ of
// the way through the cell, y = ¼ and x = (¾ + 1)/2, and h = w = ½; the target has its centre there
// but is twice as high and twice as wide.
const ln3 = log(3);
const target = {
  box: floats(NaN, NaN, NaN, NaN, 0.25, 0.875, 1, 1),
  objectness: floats(0, 1),
  labels: Int32Array.of(99, 0),
};
const features = floats(NaN, NaN, NaN, NaN, 0, NaN, NaN, -ln3, ln3, 0, 0, ln3, ln3, 0);
const scale: Scale = { height: 1, width: 2, anchors: floats(0.5, 0.5), features, target };
const call: Call = { batch: 1, classes: 2, scales: [scale] };

onEveryTarget(() => {
  describe('a worked example', () => {
    // IoU = ¼/1. Without an object ln 2, with one −ln ¾. Classes ½(−ln ¾ + ln 2).
    const [overlap, object, classes] = [3 / 4, log(2) + log(4 / 3), log(8 / 3) / 2];

    test('the terms and their gradient', () => {
      const { grads, ...result } = yoloV3.loss({ ...call, box: 'iou', grad: true });
      expectClose(termsOf(result), [overlap, object, classes], 1e-6);
      expectClose([result.total], [overlap + object + classes], 1e-6);
      expect(result.scales).toEqual([
        {
          box: result.box,
          objectness: result.objectness,
          category: result.category,
          positives: 1,
        },
      ]);
      // The box inside the target is a part of it: by ĥ, IoU = h w grows by itself, and moving the
      // centre changes nothing.
      const inCell1 = [0, 0, -1 / 4, -1 / 4, -1 / 4, -1 / 8, 1 / 4];
      expectClose(grads[0], [0, 0, 0, 0, 1 / 2, 0, 0, ...inCell1], 1e-7);
      expect(Object.keys(yoloV3.loss(call))).toEqual(Object.keys(result));
    });

    test('the kinds of box', () => {
      const boxOf = (kind?: (typeof BOX_KINDS)[number]) => yoloV3.loss({ ...call, box: kind }).box;
      // About the same centre, in the same proportions: what encloses both is the target.
      const kinds = [undefined, 'iou', 'giou', 'diou', 'ciou'] as const;
      expectClose(kinds.map(boxOf), [3 / 4, 3 / 4, 3 / 4, 3 / 4, 3 / 4], 1e-6);
      // Only ĥ∗ = ŵ∗ = ln(1/½) differ.
      expectClose([boxOf('l2')], [2 * log(2) ** 2], 1e-6);
      // Half as wide: v = 4/π² (arctan 1 − arctan ½)², and 1 − IoU is ⅞.
      const narrow = { ...scale, features: features.slice() };
      narrow.features[10] = -log(2);
      const v = (4 / Math.PI ** 2) * (Math.PI / 4 - Math.atan(0.5)) ** 2;
      const { box: ciou } = yoloV3.loss({ ...call, scales: [narrow] });
      expectClose([ciou], [7 / 8 + v ** 2 / (7 / 8 + v)], 1e-6);
    });

    test('weights and scales', () => {
      const single = yoloV3.loss({ ...call, grad: true });
      const weights = { box: 2, objectness: [0.5, 3], category: [0, 4] };
      const { grads, ...result } = yoloV3.loss({
        ...call,
        scales: [scale, scale],
        weights,
        grad: true,
      });
      expectClose(
        termsOf(result),
        termsOf(single).map((term) => 2 * term),
        1e-6,
      );
      const [first, second, third] = termsOf(single);
      expectClose([result.total], [4 * first + 3.5 * second + 4 * third], 1e-6);
      expect(result.scales).toEqual([...single.scales, ...single.scales]);
      const factors = [
        [2, 0.5, 0],
        [2, 3, 4],
      ];
      grads.forEach((grad, s) => {
        const term = (k: number) => [0, 0, 0, 0, 1, 2, 2][k % 7];
        expectClose(
          grad,
          single.grads[0].map((slope, k) => slope * factors[s][term(k)]),
          1e-6,
        );
      });
    });

    test('label smoothing and multi-hot categories', () => {
      // Targets 0.9 and 0.1: ½(−0.9 ln ¾ − 0.1 ln ¼ + ln 2)
      const smooth = yoloV3.loss({ ...call, labelSmoothing: 0.2 });
      expectClose([smooth.category], [(0.9 * log(4 / 3) + 0.1 * log(4) + log(2)) / 2], 1e-6);
      const categoryOf = (categories: Float32Array) => {
        const hot = { box: target.box, objectness: target.objectness, categories };
        return yoloV3.loss({ ...call, scales: [{ ...scale, target: hot }], grad: true });
      };
      expect(categoryOf(floats(NaN, NaN, 1, 0))).toEqual(yoloV3.loss({ ...call, grad: true }));
      const both = categoryOf(floats(0, 0, 1, 1));
      expectClose([both.category], [(log(4 / 3) + log(2)) / 2], 1e-6);
      expectClose(both.grads[0].subarray(12), [-1 / 8, -1 / 4], 1e-7);
    });

    test('a soft objectness is a soft target, and one object', () => {
      const soft = { ...scale, target: { ...target, objectness: floats(0, 0.25) } };
      const { scales, ...result } = yoloV3.loss({ ...call, scales: [soft] });
      const whole = yoloV3.loss(call);
      // −¼ ln ¾ − ¾ ln ¼
      expectClose([result.objectness], [log(2) + log(4 / 3) / 4 + (3 / 4) * log(4)], 1e-6);
      expect([result.box, result.category]).toEqual([whole.box, whole.category]);
      expect(scales[0].positives).toBe(1);
    });

    test('an ignored row takes no part in objectness, and keeps its box and its class', () => {
      const ignoring = (...ignore: number[]) => {
        const some = { ...target, ignore: Uint8Array.from(ignore) };
        return yoloV3.loss({ ...call, scales: [{ ...scale, target: some }], grad: true });
      };
      const whole = yoloV3.loss({ ...call, grad: true });
      expect(ignoring(0, 0)).toEqual(whole);
      expectClose([ignoring(1, 0).objectness], [log(4 / 3)], 1e-6);
      expect(ignoring(255, 0).grads[0][4]).toBe(0);
      expectClose([ignoring(0, 1).objectness], [log(2)], 1e-6);
      const { grads, ...all } = ignoring(1, 1);
      expectClose([all.objectness, grads[0][4], grads[0][11]], [0, 0, 0], 0);
      expect([all.box, all.category]).toEqual([whole.box, whole.category]);
      expect(all.scales[0].positives).toBe(1);
      expect(grads[0].subarray(7, 11)).toEqual(whole.grads[0].subarray(7, 11));
      expect(grads[0].subarray(12)).toEqual(whole.grads[0].subarray(12));
    });

    test('the layout of planes', () => {
      // The channels of two cells side by side.
      const planes = features.map((_, k) => features[7 * (k % 2) + (k >> 1)]);
      const { grads, ...nhwc } = yoloV3.loss({ ...call, grad: true });
      const nchw = yoloV3.loss({
        ...call,
        layout: 'NCHW',
        scales: [{ ...scale, features: planes }],
        grad: true,
      });
      expect(nchw).toEqual({
        ...nhwc,
        grads: [grads[0].map((_, k) => grads[0][7 * (k % 2) + (k >> 1)])],
      });
    });
  });

  test('no positives, no images, no scales', () => {
    const background = { ...scale, target: { ...target, objectness: floats(0, 0) } };
    const { grads, ...result } = yoloV3.loss({ ...call, scales: [background], grad: true });
    expectClose([result.objectness], [(log(2) + log(4)) / 2], 1e-6);
    expect(result).toMatchObject({ box: 0, category: 0, total: result.objectness });
    expect(result.scales[0].positives).toBe(0);
    const expected = new Float32Array(14);
    [expected[4], expected[11]] = [1 / 4, 3 / 8];
    expectClose(grads[0], expected, 1e-7);

    const nothing = { total: 0, box: 0, objectness: 0, category: 0 };
    const none = { box: floats(), objectness: floats() };
    for (const truth of [{ labels: new Int32Array(0) }, { categories: floats() }]) {
      const empty = { ...scale, features: floats(), target: { ...none, ...truth } };
      expect(yoloV3.loss({ ...call, batch: 0, scales: [empty, empty], grad: true })).toEqual({
        ...nothing,
        scales: [1, 2].map(() => ({ box: 0, objectness: 0, category: 0, positives: 0 })),
        grads: [floats(), floats()],
      });
    }
    expect(yoloV3.loss({ ...call, scales: [] })).toEqual({ ...nothing, scales: [] });
    expect(yoloV3.loss({ ...call, scales: [], grad: [] })).toEqual({
      ...nothing,
      scales: [],
      grads: [],
    });
  });

  test('objects from boxes, two of which meet in one anchor', () => {
    const grids = [
      { height: 2, width: 2, anchors: floats(0.4, 0.4, 0.2, 0.2) },
      { height: 1, width: 1, anchors: floats(0.9, 0.9) },
    ];
    // The second has the cell and the anchor of the first; the third has its centre on a border.
    const instances = {
      boxes: floats(0.3, 0.2, 0.4, 0.4, 0.2, 0.3, 0.35, 0.4, 0.5, 0.5, 0.2, 0.2, 0.5, 0.5, 0.9, 1),
      labels: Int32Array.of(2, 1, 0, 1),
      images: Int32Array.of(0, 0, 0, 0),
    };
    const { targets, unassigned } = assign.yoloV3(instances, { batch: 1, scales: grids });
    expect(Array.from(unassigned)).toEqual([1]);
    const scales = grids.map((grid, s) => {
      const rows = targets[s].objectness.length;
      return { ...grid, features: new Float32Array(8 * rows), target: targets[s] };
    });
    const { scales: parts, ...sums } = yoloV3.loss({ batch: 1, classes: 3, scales });
    expect(parts.map(({ positives }) => positives)).toEqual([2, 1]);
    // Features of 0 are logits of ½, and boxes of their anchors' size in the middle of their cells.
    expectClose([sums.objectness, sums.category], [3 * log(2), 2 * log(2)], 1e-6);
    const rows = [floats(0.25, 0.25, 0.4, 0.4, 0.75, 0.75, 0.2, 0.2), floats(0.5, 0.5, 0.9, 0.9)];
    const truths = [floats(0.3, 0.2, 0.4, 0.4, 0.5, 0.5, 0.2, 0.2), floats(0.5, 0.5, 0.9, 1)];
    const ciou = rows.map((pred, s) => box.ciou(pred, truths[s]).loss);
    expectClose(
      parts.map((part) => part.box),
      ciou,
      1e-6,
    );
  });

  test('it is made of the losses of rows', () => {
    const [raw, logits] = [features.subarray(7, 11), floats(features[4], features[11])];
    const options = { input: 'logit', labelSmoothing: 0.1 } as const;
    const { box: l2, ...rest } = yoloV3.loss({ ...call, box: 'l2', labelSmoothing: 0.1 });
    const ofCell1 = (numbers: Float32Array) => floats(0, 0, 0, 0, ...numbers);
    const squares = box.yoloV3(ofCell1(raw), target.box, scale, { weight: floats(0, 1) });
    const object = objectness.yoloV3(logits, target.objectness, { input: 'logit' });
    const classes = category.yoloV3(features.subarray(12), Int32Array.of(0), options);
    expectClose(
      [l2, rest.objectness, rest.category],
      [squares.loss, object.loss, classes.loss],
      1e-6,
    );
  });
});
