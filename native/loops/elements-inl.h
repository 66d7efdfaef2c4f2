// Rows of one number.

#include "loops/rows-inl.h"

#if defined(DETLOSS_LOOPS_ELEMENTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_ELEMENTS_INL_H_
#undef DETLOSS_LOOPS_ELEMENTS_INL_H_
#else
#define DETLOSS_LOOPS_ELEMENTS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// For formulas of a prediction and a target.
template <class Formula, bool kSides, bool kWithGradient>
class ElementPass {
 public:
  static constexpr size_t kWidth = 1;
  static constexpr size_t kTargetWidth = 1;
  static constexpr bool kKeepsSides = kSides;
  static constexpr bool kGradient = kWithGradient;
  static constexpr bool kInPairs = false;
  static constexpr bool kTakesAnchors = false;

  explicit inline ElementPass(const Rows& rows) : formula_(Parametrize<Formula>(rows.hyper)) {}

  template <class SliceType>
  inline auto Evaluate(const SliceType& slice, size_t) const {
    const Lanes pred = Once(slice.Numbers(slice.pred));
    const Lanes target = slice.Numbers(slice.target);
    if constexpr (kGradient) {
      return formula_(Dual{pred, One{}}, target);
    } else {
      return formula_(pred, target);
    }
  }

  template <class SliceType>
  inline Mask WithObject(const SliceType& slice) const {
    return slice.Numbers(slice.target) > Lanes(0.0f);
  }

  template <class Loss, class W>
  inline auto Gradient(const Loss& loss, const W& weigh) const {
    return weigh(loss.a);
  }

 private:
  Formula formula_;
};

// The loss of a formula of a prediction and a target; and of one that keeps rows with an object
// apart.
template <class Formula>
constexpr RowLoss LossOfElements() {
  return {1, 1, &Kernel<ElementPass<Formula, false, false>>,
          &Kernel<ElementPass<Formula, false, true>>, kHyper<Formula>};
}
template <class Formula>
constexpr RowLoss LossOfSidedElements() {
  return {1,
          1,
          &Kernel<ElementPass<Formula, true, false>>,
          &Kernel<ElementPass<Formula, true, true>>,
          kHyper<Formula>,
          Anchors::kNone,
          Formula::kOfLogits ? Extremes::kLogits : Extremes::kNone,
          true};
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
