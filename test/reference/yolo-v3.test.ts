/** The reference of yoloV3.loss, worked by hand for one image of two cells. */
import { yoloV3 } from '../../lib/reference';
import { expectClose } from '../support/close';
import type { BOX_KINDS } from '../support/yolo-v3-calls';

const { log } = Math;

describe('a worked example', () => {
  // Two cells in a row. Cell 0 has no object, and a logit of 0. In cell 1 raw features of 0 are the
  // box y = ½, x = (½ + 1)/2, h = w = ½; the target is twice as wide.
  const target = {
    box: [NaN, NaN, NaN, NaN, 0.5, 0.75, 0.5, 1],
    objectness: [0, 1],
    labels: Int32Array.of(99, 0),
  };
  const features = [NaN, NaN, NaN, NaN, 0, NaN, NaN, 0, 0, 0, 0, log(3), log(3), 0];
  const scale = { height: 1, width: 2, anchors: [0.5, 0.5], features, target };
  const args = { batch: 1, classes: 2, scales: [scale] };

  test('the terms', () => {
    // IoU = ¼/½. Without an object ln 2, with one −ln ¾. Classes ½(−ln ¾ + ln 2).
    const [overlap, object, classes] = [1 / 2, log(2) + log(4 / 3), log(8 / 3) / 2];
    const { grads, ...result } = yoloV3.loss({ ...args, box: 'iou', grad: true });
    expect(result.scales).toEqual([
      {
        box: result.box,
        objectness: result.objectness,
        category: result.category,
        positives: 1,
      },
    ]);
    expectClose(
      [result.box, result.objectness, result.category, result.total],
      [overlap, object, classes, overlap + object + classes],
    );
    // By w, |I| grows by ½ and |U| stays: IoU by ½/½, and w by ½ with ŵ. By h (edges coincide, so
    // half of it counts) |I| and |U| grow by ¼: IoU by ¼/½ − ¼·¼/¼, and h by ½ with ĥ.
    const inCell1 = [0, 0, -1 / 8, -1 / 2, -1 / 4, -1 / 8, 1 / 4];
    expectClose(grads[0], [0, 0, 0, 0, 1 / 2, 0, 0, ...inCell1]);
    expect(yoloV3.loss({ ...args, box: 'iou' })).toEqual(result);
  });

  test('the kinds of box', () => {
    const boxOf = (kind?: (typeof BOX_KINDS)[number]) => yoloV3.loss({ ...args, box: kind }).box;
    // The box lies inside the target about the same centre: |C − U| = 0, ρ = 0.
    expectClose([boxOf('giou'), boxOf('diou')], [1 / 2, 1 / 2]);
    const v = (4 / Math.PI ** 2) * (Math.atan(2) - Math.atan(1)) ** 2;
    expectClose([boxOf('ciou'), boxOf()], Array(2).fill(1 / 2 + v ** 2 / (1 / 2 + v)));
    // Only ŵ∗ = ln(1/½) differs.
    expectClose([boxOf('l2')], [log(2) ** 2]);
  });

  test('weights and scales', () => {
    const single = yoloV3.loss({ ...args, grad: true });
    const weights = { box: 2, objectness: [0.5, 3], category: Float32Array.of(0, 4) };
    const { grads, ...result } = yoloV3.loss({
      ...args,
      scales: [scale, scale],
      weights,
      grad: true,
    });
    for (const term of ['box', 'objectness', 'category'] as const) {
      expectClose([result[term]], [2 * single[term]]);
    }
    const { box: overlap, objectness: object, category: classes } = single;
    expectClose([result.total], [4 * overlap + 3.5 * object + 4 * classes]);
    expect(result.scales).toEqual([...single.scales, ...single.scales]);
    const factors = [
      [2, 0.5, 0],
      [2, 3, 4],
    ];
    grads.forEach((grad, s) => {
      const expected = single.grads[0].map((g, k) => g * factors[s][[0, 0, 0, 0, 1, 2, 2][k % 7]]);
      expectClose(grad, expected);
    });
  });

  test('label smoothing and multi-hot categories', () => {
    // Targets 0.9 and 0.1: ½(−0.9 ln ¾ − 0.1 ln ¼ + ln 2)
    const smooth = yoloV3.loss({ ...args, labelSmoothing: 0.2 });
    expectClose([smooth.category], [(0.9 * log(4 / 3) + 0.1 * log(4) + log(2)) / 2]);
    const rest = { ...target, labels: undefined };
    const categories = [NaN, NaN, 1, 0];
    const hot = { ...scale, target: { ...rest, categories } };
    expect(yoloV3.loss({ ...args, scales: [hot] })).toEqual(yoloV3.loss(args));
    const both = { ...scale, target: { ...rest, categories: [0, 0, 1, 1] } };
    expectClose([yoloV3.loss({ ...args, scales: [both] }).category], [(log(4 / 3) + log(2)) / 2]);
  });

  test('a soft objectness is a soft target, and one object', () => {
    const soft = { ...scale, target: { ...target, objectness: [0, 0.25] } };
    const result = yoloV3.loss({ ...args, scales: [soft] });
    const whole = yoloV3.loss(args);
    // −¼ ln ¾ − ¾ ln ¼
    expectClose([result.objectness], [log(2) + log(4 / 3) / 4 + (3 / 4) * log(4)]);
    expect([result.box, result.category]).toEqual([whole.box, whole.category]);
    expect(result.scales[0].positives).toBe(1);
  });

  test('an ignored row takes no part in objectness', () => {
    const ignoring = (...ignore: number[]) =>
      yoloV3.loss({
        ...args,
        scales: [{ ...scale, target: { ...target, ignore: Uint8Array.from(ignore) } }],
        grad: true,
      });
    const whole = yoloV3.loss({ ...args, grad: true });
    expectClose([ignoring(1, 0).objectness], [log(4 / 3)]);
    expect(ignoring(1, 0).grads[0][4]).toBe(0);
    expectClose([ignoring(0, 1).objectness], [log(2)]);
    const { grads, ...all } = ignoring(1, 1);
    expect(all.objectness).toBe(0);
    expect([grads[0][4], grads[0][11]]).toEqual([0, 0]);
    // An object keeps its box and its class.
    expect([all.box, all.category]).toEqual([whole.box, whole.category]);
    expect(all.scales[0].positives).toBe(1);
    expect(grads[0].subarray(7, 11)).toEqual(whole.grads[0].subarray(7, 11));
  });

  test('huge logits', () => {
    const huge = features.slice();
    huge[4] = -1e4;
    huge.splice(11, 3, 1e4, 1e4, -1e4);
    const scales = [{ ...scale, features: huge }];
    const right = yoloV3.loss({ ...args, scales, grad: true });
    expect([right.objectness, right.category]).toEqual([0, 0]);
    expect(Array.from(right.grads[0].subarray(11))).toEqual([0, 0, 0]);
    scales[0].features = huge.map((f, k) => (k === 4 || k > 10 ? -f : f));
    const wrong = yoloV3.loss({ ...args, scales, grad: true });
    expect([wrong.objectness, wrong.category]).toEqual([2e4, 1e4]);
    expect(Array.from(wrong.grads[0].subarray(11))).toEqual([-1, -1 / 2, 1 / 2]);
  });

  test('no positives, no images, no scales', () => {
    const background = { ...scale, target: { ...target, objectness: [0, 0] } };
    const { grads, ...result } = yoloV3.loss({ ...args, scales: [background], grad: true });
    expectClose([result.objectness], [(log(2) + log(4)) / 2]);
    expect(result).toMatchObject({ box: 0, category: 0, total: result.objectness });
    expect(result.scales[0].positives).toBe(0);
    const expected = new Float64Array(14);
    [expected[4], expected[11]] = [1 / 4, 3 / 8];
    expectClose(grads[0], expected);

    const nothing = { total: 0, box: 0, objectness: 0, category: 0 };
    const empty = { ...scale, features: [], target: { box: [], objectness: [], labels: [] } };
    expect(yoloV3.loss({ ...args, batch: 0, scales: [empty], grad: true })).toEqual({
      ...nothing,
      scales: [{ box: 0, objectness: 0, category: 0, positives: 0 }],
      grads: [new Float64Array()],
    });
    expect(yoloV3.loss({ ...args, scales: [] })).toEqual({ ...nothing, scales: [] });
  });
});
