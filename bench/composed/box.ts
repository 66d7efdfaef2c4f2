/**
 * The losses of boxes composed of TensorFlow.js operations: means over rows of boxes [N, 4], given
 * as centre y, centre x, height and width.
 */
import type { Tensor, Tf } from './tf';

export function boxLosses(tf: Tf) {
  const { abs, add, atan, div, exp, maximum, minimum, mul, relu, sigmoid, sqrt, square, sub } = tf;

  const columns = (boxes: Tensor): Tensor[] => tf.split(boxes, 4, 1);
  const sum = (tensors: Tensor[]): Tensor => tensors.reduce((a, b) => add(a, b));
  /** The tensor, as a constant of the derivative. */
  const detached = tf.customGrad((input) => ({
    value: tf.clone(input as Tensor),
    gradFunc: (dy) => [tf.zerosLike(dy)],
  }));

  const edges = ([y, x, h, w]: Tensor[]) => ({
    top: sub(y, div(h, 2)),
    left: sub(x, div(w, 2)),
    bottom: add(y, div(h, 2)),
    right: add(x, div(w, 2)),
  });

  /** IoU, union, and what the penalties are made of. */
  function compare(pred: Tensor, target: Tensor) {
    const [box, truth] = [columns(pred), columns(target)];
    const [a, b] = [edges(box), edges(truth)];
    const height = relu(sub(minimum(a.bottom, b.bottom), maximum(a.top, b.top)));
    const width = relu(sub(minimum(a.right, b.right), maximum(a.left, b.left)));
    const intersection = mul(height, width);
    const areas = add(mul(box[2], box[3]), mul(truth[2], truth[3]));
    const union = sub(areas, intersection);
    const outerHeight = sub(maximum(a.bottom, b.bottom), minimum(a.top, b.top));
    const outerWidth = sub(maximum(a.right, b.right), minimum(a.left, b.left));
    return { box, truth, iou: div(intersection, union), union, outerHeight, outerWidth };
  }
  type Comparison = ReturnType<typeof compare>;

  function distance({ box, truth, outerHeight, outerWidth }: Comparison): Tensor {
    const apart = add(square(sub(box[0], truth[0])), square(sub(box[1], truth[1])));
    return div(apart, add(square(outerHeight), square(outerWidth)));
  }

  function huber(d: Tensor, delta: number): Tensor {
    const quadratic = minimum(abs(d), delta);
    return add(div(square(quadratic), 2), mul(sub(abs(d), quadratic), delta));
  }

  return {
    iou(pred: Tensor, target: Tensor): Tensor {
      return tf.mean(sub(1, compare(pred, target).iou));
    },

    giou(pred: Tensor, target: Tensor): Tensor {
      const { iou, union, outerHeight, outerWidth } = compare(pred, target);
      const outer = mul(outerHeight, outerWidth);
      return tf.mean(add(sub(1, iou), div(sub(outer, union), outer)));
    },

    diou(pred: Tensor, target: Tensor): Tensor {
      const both = compare(pred, target);
      return tf.mean(add(sub(1, both.iou), distance(both)));
    },

    ciou(pred: Tensor, target: Tensor): Tensor {
      const both = compare(pred, target);
      const [, , h, w] = both.box;
      const [, , H, W] = both.truth;
      const angle = sub(atan(div(W, H)), atan(div(w, h)));
      const v = mul(square(angle), 4 / Math.PI ** 2);
      const alpha = detached(div(v, add(sub(1, both.iou), v)));
      return tf.mean(sum([sub(1, both.iou), distance(both), mul(alpha, v)]));
    },

    fasterRcnn(pred: Tensor, target: Tensor, anchors: Tensor, delta = 1): Tensor {
      const [[y, x, h, w], [Y, X, H, W]] = [columns(pred), columns(target)];
      const [, , height, width] = columns(anchors);
      const offsets = [
        div(sub(Y, y), height),
        div(sub(X, x), width),
        tf.log(div(H, h)),
        tf.log(div(W, w)),
      ];
      return tf.mean(sum(offsets.map((offset) => huber(offset, delta))));
    },

    yoloV1(pred: Tensor, target: Tensor): Tensor {
      const [[y, x, h, w], [Y, X, H, W]] = [columns(pred), columns(target)];
      const offsets = [sub(Y, y), sub(X, x), sub(sqrt(H), sqrt(h)), sub(sqrt(W), sqrt(w))];
      return tf.mean(sum(offsets.map((offset) => square(offset))));
    },

    /** Of raw features; `cells` [N, 2] are the rows' cells, `anchors` [N, 2] their anchors' sizes. */
    yoloV3(raw: Tensor, target: Tensor, cells: Tensor, grid: Tensor, anchors: Tensor): Tensor {
      const [centre, size] = tf.split(target, 2, 1);
      const place = sub(mul(centre, grid), cells);
      const features = [tf.neg(tf.log(sub(div(1, place), 1))), tf.log(div(size, anchors))];
      return tf.mean(tf.sum(square(sub(tf.concat(features, 1), raw)), 1));
    },

    /** The boxes of raw features, for the losses of overlap. */
    decode(raw: Tensor, cells: Tensor, grid: Tensor, anchors: Tensor): Tensor {
      const [centre, size] = tf.split(raw, 2, 1);
      return tf.concat([div(add(sigmoid(centre), cells), grid), mul(exp(size), anchors)], 1);
    },
  };
}
