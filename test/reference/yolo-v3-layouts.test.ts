/** The reference of yoloV3.loss in both layouts and formats: the losses of rows, and its gradient. */
import { box, category, codec, objectness, yoloV3 } from '../../lib/reference';
import { expectClose, type Numbers } from '../support/close';
import { differences, frozenCiou } from '../support/differences';
import { random, uniform, type Random } from '../support/random';
import { BOX_KINDS, LAYOUTS, RAW_FORMATS, placeIn } from '../support/yolo-v3-calls';

type Arguments = yoloV3.YoloV3LossArguments;

/** [B, H, W, A·C] rewritten as [B, A·C, H, W]. */
function toNchw(features: Numbers, cells: number, channels: number): Float64Array {
  return Float64Array.from(features, (_, k) => {
    const [cell, channel] = [k % cells, Math.floor(k / cells) % channels];
    const image = Math.floor(k / (cells * channels));
    return features[(image * cells + cell) * channels + channel];
  });
}

/** Targets with an object in every third row, near what random features decode to. */
function scaleOf(
  next: Random,
  [batch, height, width, anchorCount]: number[],
  classes: number,
  layout: (typeof LAYOUTS)[number],
  format: (typeof RAW_FORMATS)[number] = 'yxhw',
) {
  const rows = batch * height * width * anchorCount;
  const grid = { height, width, anchors: uniform(next, 2 * anchorCount, 0.2, 0.6) };
  const numbers = uniform(next, rows * (5 + classes), -1, 1);
  return {
    ...grid,
    features:
      layout === 'NHWC' ? numbers : toNchw(numbers, height * width, anchorCount * (5 + classes)),
    target: {
      box: codec.yoloV3.decode(uniform(next, 4 * rows, -1, 1), grid, { format }),
      objectness: Float32Array.from({ length: rows }, (_, row) => Number(row % 3 === 1)),
      labels: Int32Array.from({ length: rows }, () => Math.floor(next() * classes)),
      ignore: Uint8Array.from({ length: rows }, (_, row) => Number(row % 4 === 3)),
    },
  };
}

describe.each(LAYOUTS)('%s', (layout) => {
  describe.each(RAW_FORMATS)('in %s', (format) => {
    const next = random(59);
    const classes = 3;
    const shapes = [
      [2, 1, 3, 2],
      [2, 2, 1, 1],
    ];
    const scales = shapes.map((shape) => scaleOf(next, shape, classes, layout, format));
    const weights = { box: [2, 0.5], objectness: 1.5, category: [1, 3] };
    const args = { batch: 2, classes, layout, format, labelSmoothing: 0.1, weights, scales };

    /** The arguments with other features for scale s. */
    const withFeatures = (given: Arguments, s: number, features: Numbers): Arguments => ({
      ...given,
      scales: given.scales.map((scale, other) => (other === s ? { ...scale, features } : scale)),
    });

    /** Box, objectness and class features of the scale, by row of [B, H, W, A]. */
    const split = (s: number, features: Numbers) => {
      const rows = scales[s].target.objectness.length;
      const placeOf = placeIn({ classes, layout }, scales[s]);
      const columns = (first: number, count: number) =>
        Float64Array.from(
          { length: rows * count },
          (_, k) => features[placeOf(Math.floor(k / count), first + (k % count))],
        );
      return { raw: columns(0, 4), objectness: columns(4, 1), classes: columns(5, classes) };
    };

    test.each(BOX_KINDS)('%s is made of the losses of rows', (kind) => {
      const result = yoloV3.loss({ ...args, box: kind });
      let total = 0;
      scales.forEach((scale, s) => {
        const { target } = scale;
        const features = split(s, scale.features);
        const weight = target.objectness;
        const decoded = codec.yoloV3.decode(features.raw, scale, { format });
        const boxLoss =
          kind === 'l2'
            ? box.yoloV3(features.raw, target.box, scale, { format, weight })
            : box[kind](decoded, target.box, { format, weight });
        const taken = Array.from(target.ignore, (ignored) => 1 - ignored);
        const options = { input: 'logit', labelSmoothing: 0.1 } as const;
        const terms = {
          box: boxLoss.loss,
          objectness: objectness.yoloV3(features.objectness, target.objectness, {
            input: 'logit',
            weight: taken,
          }).loss,
          category: category.yoloV3(features.classes, target.labels, { ...options, weight }).loss,
        };
        const { positives, ...parts } = result.scales[s];
        expect(positives).toBe(target.objectness.reduce((a, b) => a + b));
        expectClose(Object.values(parts), Object.values(terms));
        total +=
          weights.box[s] * terms.box +
          1.5 * terms.objectness +
          weights.category[s] * terms.category;
      });
      expectClose([result.total], [total]);
    });

    test.each(BOX_KINDS.filter((kind) => kind !== 'ciou'))(
      'the gradient agrees with central differences for %s',
      (kind) => {
        const given = { ...args, box: kind };
        const { grads } = yoloV3.loss({ ...given, grad: true });
        scales.forEach(({ features }, s) => {
          const total = (f: Numbers) => [yoloV3.loss(withFeatures(given, s, f)).total];
          expectClose(grads[s], differences(total, features, features.length), 1e-7);
        });
      },
    );

    test('the gradient agrees with central differences for ciou with α held constant', () => {
      const { grads } = yoloV3.loss({ ...args, grad: true });
      scales.forEach((scale, s) => {
        const { box: truth, objectness: weight } = scale.target;
        const boxesOf = (f: Numbers) => codec.yoloV3.decode(split(s, f).raw, scale, { format });
        const frozen = frozenCiou(boxesOf(scale.features), truth, format);
        const boxTerm = (f: Numbers) => {
          const losses = frozen(boxesOf(f));
          const sum = losses.reduce((total, loss, row) => total + weight[row] * loss, 0);
          return sum / weight.reduce((a, b) => a + b);
        };
        const total = (f: Numbers) => {
          const { total: all, scales: parts } = yoloV3.loss(withFeatures(args, s, f));
          return [all + weights.box[s] * (boxTerm(f) - parts[s].box)];
        };
        expectClose([boxTerm(scale.features)], [yoloV3.loss(args).scales[s].box]);
        expectClose(grads[s], differences(total, scale.features, scale.features.length), 1e-7);
      });
    });
  });

  test('one class in 1 × 3 cells', () => {
    const scale = scaleOf(random(61), [1, 1, 3, 3], 1, layout);
    const { grads, ...result } = yoloV3.loss({
      batch: 1,
      classes: 1,
      layout,
      scales: [scale],
      grad: true,
    });
    expect(result.scales[0].positives).toBe(3);
    const total = (features: Numbers) => {
      const scales = [{ ...scale, features }];
      return [yoloV3.loss({ batch: 1, classes: 1, layout, scales }).category];
    };
    // Only the class’s channel moves the category.
    const slopes = differences(total, scale.features, scale.features.length);
    const isClass = (k: number) => (layout === 'NHWC' ? k % 6 : Math.floor(k / 3) % 6) === 5;
    expectClose(
      grads[0].filter((_, k) => isClass(k)),
      slopes.filter((_, k) => isClass(k)),
      1e-7,
    );
    expect(slopes.filter((slope, k) => !isClass(k) && slope !== 0)).toHaveLength(0);
  });

  test('what a row without an object holds beside its objectness is not read', () => {
    const shape = [1, 3, 1, 2];
    const scale = scaleOf(random(67), shape, 2, layout);
    const clean = yoloV3.loss({ batch: 1, classes: 2, layout, scales: [scale], grad: true });
    const { target } = scale;
    const rowOfFeature = (k: number) =>
      layout === 'NHWC' ? Math.floor(k / 7) : (k % 3) * 2 + Math.floor(k / 21);
    const channelOf = (k: number) => (layout === 'NHWC' ? k % 7 : Math.floor(k / 3) % 7);
    const empty = (row: number) => target.objectness[row] === 0;
    const features = Float64Array.from(scale.features, (f, k) => {
      if (empty(rowOfFeature(k)) && channelOf(k) !== 4) return NaN;
      return target.ignore[rowOfFeature(k)] && channelOf(k) === 4 ? Infinity : f;
    });
    const dirty = {
      ...scale,
      features,
      target: {
        ...target,
        box: target.box.map((number, k) => (empty(Math.floor(k / 4)) ? NaN : number)),
        labels: target.labels.map((label, row) => (empty(row) ? -1 : label)),
      },
    };
    const args = { batch: 1, classes: 2, layout, grad: true } as const;
    expect(yoloV3.loss({ ...args, scales: [dirty] })).toEqual(clean);
  });
});

test('both layouts have the same loss and, rearranged, the same gradient', () => {
  const [height, width, anchorCount, classes] = [2, 3, 2, 4];
  const scale = scaleOf(random(71), [2, height, width, anchorCount], classes, 'NHWC');
  const rearrange = (f: Numbers) => toNchw(f, height * width, anchorCount * (5 + classes));
  const args = { batch: 2, classes, grad: true } as const;
  const nhwc = yoloV3.loss({ ...args, scales: [scale] });
  const planes = [{ ...scale, features: rearrange(scale.features) }];
  const nchw = yoloV3.loss({ ...args, layout: 'NCHW', scales: planes });
  expect(nchw).toEqual({ ...nhwc, grads: nhwc.grads.map(rearrange) });
});

test('both formats have the same loss', () => {
  const scale = scaleOf(random(73), [1, 2, 2, 1], 2, 'NHWC');
  const swapped = (numbers: Numbers, width: number) =>
    Float64Array.from(numbers, (number, k) =>
      k % width < 4 ? numbers[k - (k % width) + [1, 0, 3, 2][k % width]] : number,
    );
  const other = {
    ...scale,
    features: swapped(scale.features, 7),
    target: { ...scale.target, box: swapped(scale.target.box, 4) },
  };
  const args = { batch: 1, classes: 2, grad: true } as const;
  const yxhw = yoloV3.loss({ ...args, scales: [scale] });
  const cxcywh = yoloV3.loss({ ...args, format: 'cxcywh', scales: [other] });
  expectClose([cxcywh.total], [yxhw.total]);
  expectClose(cxcywh.grads[0], swapped(yxhw.grads[0], 7));
});
