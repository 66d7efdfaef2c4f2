// The box losses of YOLO v1 and YOLO v3.

#if defined(DETLOSS_FORMULAS_YOLO_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_FORMULAS_YOLO_H_
#undef DETLOSS_FORMULAS_YOLO_H_
#else
#define DETLOSS_FORMULAS_YOLO_H_
#endif

#include "formulas/iou.h"

// Redmon et al., "You only look once", arXiv 1506.02640, equation 3 (its first two sums):
//
//   L = (y* − y)² + (x* − x)² + (√h* − √h)² + (√w* − √w)²
//
// √h* − √h is taken as (h* − h) / (√h* + √h), which does not cancel; its derivative −1 / (2√h) is
// that of the difference as it stands.
struct SquareRootSizes {
  static constexpr bool kDivides = true;  // more than anything else

  template <class A>
  FORMULA auto Along(const A& axis) const {
    const auto size = PositiveSize(axis.size);
    const auto truth = PositiveSize(axis.truth);
    const auto root = Sqrt(size);
    const Number truth_root = Sqrt(truth);
    const Number difference = PositiveGrowth(axis) / (truth_root + Value(root));
    return Square(OffsetOf(axis)) + Square(Refine(truth_root - root, difference));
  }

  template <class Pair>
  FORMULA auto operator()(const Pair& boxes) const {
    return Along(boxes.x) + Along(boxes.y);
  }
};

// Where a row of YOLO v3's features is: a cell of a grid, and one of its anchors.
struct Cell {
  Number column, line;
  Number columns, lines;
  Number anchor_w, anchor_h;
};

// The four numbers of a box, or of its raw features.
template <class X, class Y, class W, class H>
struct CentreSize {
  X x;
  Y y;
  W w;
  H h;
};
template <class X, class Y, class W, class H>
CentreSize(X, Y, W, H) -> CentreSize<X, Y, W, H>;

using Truth = CentreSize<Number, Number, Number, Number>;

// Redmon and Farhadi, "YOLOv3", arXiv 1804.02767, section 2.1: in column c of n, with an anchor wᵃ
// wide, the raw features x̂ and ŵ stand for
//
//   x = (σ(x̂) + c) / n,   w = wᵃ e^ŵ
//
// and likewise for y and h. A width beyond 1e18 counts as that: areas stay finite.
template <class X>
FORMULA auto CentreFromRaw(const X& raw, const Number& cells, const Number& cell) {
  return (Sigmoid(raw) + cell) / cells;
}
template <class X>
FORMULA auto SizeFromRaw(const X& raw, const Number& anchor) {
  return Min(Exp(Min(raw, Number(80.0f))) * anchor, Number(1e18f));
}

// The inverse. A centre on its cell's border, or beyond it, has no finite feature: it is kept 1e-6
// inside. What remains to the cell's far end is a difference of its own: 1 − t would lose it.
FORMULA Number KeptInside(const Number& part) {
  return Lesser(Number(1.0f - 1e-6f), Greater(Number(1e-6f), part));
}
FORMULA Number RawCentre(const Number& centre, const Number& cells, const Number& cell) {
  const Number before = OffsetIn(centre, cells, cell);
  const Number after = RestIn(centre, cells, cell + Number(1.0f));
  return LogRatio(KeptInside(before), KeptInside(after));
}
FORMULA Number RawSize(const Number& size, const Number& anchor) {
  return LogRatio(PositiveSize(size), PositiveSize(anchor));
}

// Raw features compared with those that stand for the target:
//
//   L = (ŷ* − ŷ)² + (x̂* − x̂)² + (ĥ* − ĥ)² + (ŵ* − ŵ)²
struct OnRawFeatures {
  template <class Raw>
  FORMULA auto operator()(const Raw& raw, const Cell& cell, const Truth& truth) const {
    return SumOfSquares(RawCentre(truth.x, cell.columns, cell.column) - raw.x,
                        RawCentre(truth.y, cell.lines, cell.line) - raw.y) +
           SumOfSquares(RawSize(truth.w, cell.anchor_w) - raw.w,
                        RawSize(truth.h, cell.anchor_h) - raw.h);
  }
};

#endif
