// The box losses of YOLO v1 and YOLO v3.

// Redmon et al., "You only look once", arXiv 1506.02640, equation 3 (its first two sums):
//
//   L = (y* − y)² + (x* − x)² + (√h* − √h)² + (√w* − √w)²
//
// √h* − √h is taken as (h* − h) / (√h* + √h), which does not cancel.
struct SquareRootSizes {
  template <class A>
  FORMULA auto Along(const A& axis) const {
    const auto size = PositiveSize(axis.size);
    const auto truth = PositiveSize(axis.truth);
    return Square(axis.offset) + Square((truth - size) / (Sqrt(truth) + Sqrt(size)));
  }

  template <class Pair>
  FORMULA auto operator()(const Pair& boxes) const {
    return Along(boxes.x) + Along(boxes.y);
  }
};

// Redmon and Farhadi, "YOLOv3", arXiv 1804.02767, section 2.1: in column c of n, with an anchor wᵃ
// wide, the raw features x̂ and ŵ stand for
//
//   x = (σ(x̂) + c) / n,   w = wᵃ e^ŵ
//
// and likewise for y and h. The loss compares them with the features x̂*, ŵ* that stand for the
// target:
//
//   L = (ŷ* − ŷ)² + (x̂* − x̂)² + (ĥ* − ĥ)² + (ŵ* − ŵ)²
//
// A centre on its cell's border, or beyond it, has no finite feature: it is kept 1e-6 inside.
FORMULA Number RawCentre(Number centre, Number cells, Number cell) {
  const Number margin(1e-6f);
  const Number one(1.0f);
  const Number inside = Min(Max(MulSub(centre, cells, cell), margin), one - margin);
  return LogRatio(inside, one - inside);
}

FORMULA Number RawSize(Number size, Number anchor) {
  return LogRatio(PositiveSize(size), PositiveSize(anchor));
}

struct RawFeatures {
  template <class X, class Y, class W, class H>
  FORMULA auto operator()(const X& x, const Y& y, const W& w, const H& h, Number truth_x,
                          Number truth_y, Number truth_w, Number truth_h) const {
    return Square(truth_x - x) + Square(truth_y - y) + Square(truth_w - w) + Square(truth_h - h);
  }
};

#define DETLOSS_SIZE_LOSSES(LOSS) LOSS(yoloV1, SquareRootSizes)

#define DETLOSS_RAW_LOSSES(LOSS) LOSS(yoloV3, RawFeatures)
