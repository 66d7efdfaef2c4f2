// The kernels of the objectness terms of native/formulas/cross_entropy.h for every instruction set.

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/objectness.cc"
#include "hwy/foreach_target.h"
#include "loops/elements-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/cross_entropy.h"

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

  explicit HWY_INLINE LogitPairPass(const Rows&) {}

  template <class SliceType>
  HWY_INLINE auto Evaluate(const SliceType& slice, size_t) const {
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
  HWY_INLINE Mask WithObject(const SliceType& slice) const {
    return slice.Numbers(slice.target) > Lanes(0.0f);
  }

  template <class Loss, class W>
  HWY_INLINE auto Gradient(const Loss& loss, const W& weigh) const {
    return Pair{weigh(loss.a), weigh(loss.b)};
  }
};

Sides SidesOf(const Rows& rows, size_t begin, size_t end) {
  const FloatTag d;
  const size_t lanes = hn::Lanes(d);
  if (rows.weight == nullptr) {
    size_t present = 0;
    size_t row = begin;
    for (; row + lanes <= end; row += lanes) {
      present += hn::CountTrue(d, Load(rows.target + row) > Lanes(0.0f));
    }
    if (row < end) {
      present += hn::CountTrue(d, LoadSome(rows.target + row, end - row) > Lanes(0.0f));
    }
    return {static_cast<double>(present), static_cast<double>(end - begin - present)};
  }
  DoubleSum present;
  DoubleSum absent;
  for (size_t row = begin; row < end; row += lanes) {
    const Mask with = LoadSome(rows.target + row, end - row) > Lanes(0.0f);
    AddSides(with, LoadSome(rows.weight + row, end - row), present, absent);
  }
  return {present.Total(), absent.Total()};
}

#define DETLOSS_ELEMENT_KERNELS(NAME, FORMULA_TYPE) ElementKernels<FORMULA_TYPE, true>(#NAME),
#define DETLOSS_PAIR_KERNELS(NAME, FORMULA_TYPE) \
  {#NAME,                                        \
   2,                                            \
   1,                                            \
   Anchors::kNone,                               \
   &Kernel<LogitPairPass<FORMULA_TYPE, false>>,  \
   &Kernel<LogitPairPass<FORMULA_TYPE, true>>,   \
   Extremes::kLogits},

const RowLoss* ObjectnessTable() {
  static constexpr RowLoss kTable[] = {DETLOSS_OBJECTNESS_LOSSES(DETLOSS_ELEMENT_KERNELS)
                                           DETLOSS_LOGIT_PAIR_LOSSES(DETLOSS_PAIR_KERNELS){}};
  return kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(ObjectnessTable);
HWY_EXPORT(SidesOf);

const RowLoss* ObjectnessLosses() { return HWY_DYNAMIC_DISPATCH(ObjectnessTable)(); }

Sides WeighSides(const Rows& rows, size_t begin, size_t end) {
  return HWY_DYNAMIC_DISPATCH(SidesOf)(rows, begin, end);
}

}  // namespace detloss
#endif
