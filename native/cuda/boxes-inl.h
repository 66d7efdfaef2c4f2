// Rows of boxes on the device.

#ifndef DETLOSS_CUDA_BOXES_INL_H_
#define DETLOSS_CUDA_BOXES_INL_H_

#include "cuda/rows-inl.h"

namespace detloss::cuda {

// What a row's partial derivatives are multiplied by.
struct Weight {
  Number factor;

  FORMULA Weight operator*(Number by) const { return {factor * by}; }
  FORMULA Number operator()(Number partial) const { return partial * factor; }
  FORMULA Number operator()(Negated partial) const { return partial.x * -factor; }
};

// For formulas of a pair of boxes and, where they take them, of an anchor's sizes.
template <class Formula, bool kGradient>
class BoxPass {
 public:
  static constexpr size_t kWidth = 4;
  static constexpr bool kKeepsSides = false;
  static constexpr Anchors kAnchors =
      std::is_invocable_v<Formula, PlainBoxes, Number, Number> ? Anchors::kPerRow : Anchors::kNone;

  explicit BoxPass(const Rows& rows) : formula_(Parametrize<Formula>(rows.parameter)) {}

  FORMULA auto Evaluate(const Rows& rows, size_t row) const {
    const Four pred = ReadFour(rows.pred + 4 * row);
    const Four target = ReadFour(rows.target + 4 * row);
    const PlainBoxes boxes = WithFormat(
        rows.format, [&](auto format) { return ToBoxes<decltype(format)::value>(pred, target); });
    if constexpr (kGradient) {
      return ByCentreAndSize(Apply(Seed(boxes), rows, row), boxes);
    } else {
      return Apply(boxes, rows, row);
    }
  }

  template <class Loss>
  FORMULA void StoreGradient(const Rows& rows, const Loss& loss, Number factor, size_t row) const {
    if constexpr (kGradient) {
      const Four gradient = WithFormat(rows.format, [&](auto format) {
        return GradientOf<decltype(format)::value>(loss, Weight{factor});
      });
      WriteFour(gradient, rows.grad + 4 * row);
    }
  }

 private:
  template <class Pair>
  FORMULA auto Apply(const Pair& boxes, const Rows& rows, size_t row) const {
    if constexpr (kAnchors == Anchors::kPerRow) {
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

}  // namespace detloss::cuda

// A line of a family's table, from its list in native/formulas.
#define DETLOSS_BOX_KERNELS(NAME, FORMULA_TYPE) \
  KernelsOf<BoxPass, FORMULA_TYPE>(#NAME, 4, BoxPass<FORMULA_TYPE, false>::kAnchors),

#endif  // DETLOSS_CUDA_BOXES_INL_H_
