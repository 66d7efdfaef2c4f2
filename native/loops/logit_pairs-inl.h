// Rows of two logits.

#include "loops/rows-inl.h"

#if defined(DETLOSS_LOOPS_LOGIT_PAIRS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_LOGIT_PAIRS_INL_H_
#undef DETLOSS_LOOPS_LOGIT_PAIRS_INL_H_
#else
#define DETLOSS_LOOPS_LOGIT_PAIRS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// Rows of two logits, background and object.
template <class Formula, bool kWithGradient>
class LogitPairPass {
 public:
  static constexpr size_t kWidth = 2;
  static constexpr size_t kTargetWidth = 1;
  static constexpr bool kKeepsSides = true;
  static constexpr bool kGradient = kWithGradient;
  static constexpr bool kInPairs = false;
  static constexpr bool kTakesAnchors = false;

  explicit inline LogitPairPass(const Rows&) {}

  template <class SliceType>
  inline auto Evaluate(const SliceType& slice, size_t) const {
    const auto [background, object] = slice.Pairs(slice.pred);
    const Lanes target = slice.Numbers(slice.target);
    if constexpr (kGradient) {
      const Zero zero;
      return Formula{}(Dual{background, One{}, zero, zero, zero},
                       Dual{object, zero, One{}, zero, zero}, target);
    } else {
      return Formula{}(background, object, target);
    }
  }

  template <class SliceType>
  inline Mask WithObject(const SliceType& slice) const {
    return slice.Numbers(slice.target) > Lanes(0.0f);
  }

  template <class Loss, class W>
  inline auto Gradient(const Loss& loss, const W& weigh) const {
    return Pair{weigh(loss.a), weigh(loss.b)};
  }
};

template <class Formula>
constexpr RowLoss LossOfLogitPairs() {
  return {2,
          1,
          &Kernel<LogitPairPass<Formula, false>>,
          &Kernel<LogitPairPass<Formula, true>>,
          kHyper<Formula>,
          Anchors::kNone,
          Extremes::kLogits,
          true};
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
