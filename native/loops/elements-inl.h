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

  explicit HWY_INLINE ElementPass(const Rows& rows)
      : formula_(Parametrize<Formula>(rows.parameter)) {}

  template <class SliceType>
  HWY_INLINE auto Evaluate(const SliceType& slice, size_t) const {
    const Lanes pred = Once(slice.Numbers(slice.pred));
    const Lanes target = slice.Numbers(slice.target);
    if constexpr (kGradient) {
      return formula_(Dual{pred, One{}}, target);
    } else {
      return formula_(pred, target);
    }
  }

  template <class SliceType>
  HWY_INLINE Mask WithObject(const SliceType& slice) const {
    return slice.Numbers(slice.target) > Lanes(0.0f);
  }

  template <class Loss, class W>
  HWY_INLINE auto Gradient(const Loss& loss, const W& weigh) const {
    return weigh(loss.a);
  }

 private:
  Formula formula_;
};

// Only cross-entropies keep rows with an object apart.
template <class Formula, bool kSides>
constexpr Extremes ExtremesOfElements() {
  if constexpr (kSides) {
    if (Formula::kOfLogits) return Extremes::kLogits;
  }
  return Extremes::kNone;
}

template <class Formula, bool kSides>
constexpr RowLoss ElementKernels(const char* name) {
  return {name,
          1,
          1,
          Anchors::kNone,
          &Kernel<ElementPass<Formula, kSides, false>>,
          &Kernel<ElementPass<Formula, kSides, true>>,
          ExtremesOfElements<Formula, kSides>()};
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
