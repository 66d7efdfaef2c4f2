// Rows of boxes on the device.

#ifndef DETLOSS_CUDA_BOXES_INL_H_
#define DETLOSS_CUDA_BOXES_INL_H_

#include "cuda/rows-inl.h"
#include "loops/stand_ins.h"

namespace detloss::cuda {

// Whether a formula measures boxes (formulas/iou.h), whose scale makes no difference to it.
template <class Formula>
constexpr bool kMeasures = false;
template <class Penalty>
constexpr bool kMeasures<OverlapLoss<Penalty>> = true;

// All formats in one type, which takes what follows from centre and size where there are no edges.
FORMULA PlainAxis<Number> WithEdges(const PlainAxis<Number>& axis) { return axis; }
FORMULA PlainAxis<Number> WithEdges(const PlainAxis<Zero>& axis) {
  return {axis.offset,
          axis.size,
          axis.truth,
          axis.right,
          axis.left,
          axis.offset,
          axis.size - axis.truth,
          ReachOfCentred(axis)};
}
template <class Edges>
FORMULA PlainBoxes<Number> WithEdges(const PlainBoxes<Edges>& boxes) {
  return {WithEdges(boxes.x), WithEdges(boxes.y)};
}

// What a row's partial derivatives are multiplied by.
struct Weight {
  Number factor;

  FORMULA Weight operator*(Number by) const { return {factor * by}; }
  FORMULA Number operator()(Number partial) const { return partial * factor; }
  FORMULA Number operator()(Negated partial) const { return partial.x * -factor; }
};

// For formulas of a pair of boxes and, where they take them, of an anchor's sizes.
template <class Formula, bool kTakesAnchors, bool kGradient>
class BoxPass {
 public:
  static constexpr size_t kWidth = 4;
  static constexpr bool kKeepsSides = false;

  explicit BoxPass(const Rows& rows) : formula_(Parametrize<Formula>(rows.hyper)) {}

  FORMULA auto Evaluate(const Rows& rows, size_t row) const {
    float pred[4];
    float target[4];
    ScaleBoxes(rows.format, ScaleOf(rows, row), rows.pred + 4 * row, rows.target + 4 * row, pred,
               target);
    const PlainBoxes<Number> boxes = WithFormat(rows.format, [&](auto format) {
      return WithEdges(ToBoxes<decltype(format)::value>(ReadFour(pred), ReadFour(target)));
    });
    if constexpr (kGradient) {
      return Apply(Seed(boxes), rows, row);
    } else {
      return Apply(boxes, rows, row);
    }
  }

  FORMULA double LossOf(const Rows&, size_t, Number loss) const { return loss; }

  template <class Loss>
  FORMULA void StoreGradient(const Rows& rows, const Loss& loss, Number factor, size_t row) const {
    if constexpr (kGradient) {
      const Four gradient = WithFormat(rows.format, [&](auto format) {
        return GradientOf<decltype(format)::value>(loss, Weight{factor * ScaleOf(rows, row)});
      });
      WriteFour(gradient, rows.grad + 4 * row);
    }
  }

 private:
  // What a row's boxes are multiplied by: losses that have a scale are of the boxes as they are.
  static FORMULA Number ScaleOf(const Rows& rows, size_t row) {
    if constexpr (kMeasures<Formula>) {
      return ScaleOfBoxes(rows.format, rows.pred + 4 * row, rows.target + 4 * row);
    } else {
      return Number(1.0f);
    }
  }

  template <class Pair>
  FORMULA auto Apply(const Pair& boxes, const Rows& rows, size_t row) const {
    if constexpr (kTakesAnchors) {
      const Four numbers = ReadFour(rows.anchors + 4 * row);
      const Four anchor = WithFormat(rows.format, [&](auto format) {
        return CentreAndSize<decltype(format)::value>(numbers);
      });
      return formula_(boxes, anchor.c, anchor.d);
    } else {
      return formula_(boxes);
    }
  }

  Formula formula_;
};

template <class Formula>
constexpr RowLoss LossOfBoxes() {
  return {4, 4, &Kernel<BoxPass<Formula, false, false>>, &Kernel<BoxPass<Formula, false, true>>,
          kHyper<Formula>};
}
template <class Formula>
constexpr RowLoss LossOfAnchoredBoxes() {
  return {4,
          4,
          &Kernel<BoxPass<Formula, true, false>>,
          &Kernel<BoxPass<Formula, true, true>>,
          kHyper<Formula>,
          Anchors::kPerRow};
}

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_BOXES_INL_H_
