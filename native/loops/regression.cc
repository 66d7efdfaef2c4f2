// The kernels of native/formulas/regression.h for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/regression.cc"
#include "hwy/foreach_target.h"
#include "loops/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/regression.h"

// Rows of one number each.
template <class Formula, bool kGradient>
class ElementPass {
 public:
  static constexpr size_t kWidth = 1;

  explicit HWY_INLINE ElementPass(const Rows& rows)
      : formula_(Parametrize<Formula>(rows.parameter)) {}

  HWY_INLINE auto Evaluate(const Slice& slice, size_t) const {
    const Lanes difference = Load(slice.target) - Load(slice.pred);
    if constexpr (kGradient) {
      return formula_(Dual{difference, Lanes(-1.0f), Zero{}, Zero{}, Zero{}});
    } else {
      return formula_(difference);
    }
  }

  HWY_INLINE void StoreGradient(Lanes, const Weights&, float*) const {}
  template <class... P>
  HWY_INLINE void StoreGradient(const Dual<P...>& loss, const Weights& weigh, float* to) const {
    Store(weigh(loss.a), to);
  }

 private:
  Formula formula_;
};

#define DETLOSS_ELEMENT_KERNELS(NAME, FORMULA_TYPE)                     \
  {#NAME, 1, Anchors::kNone, &Kernel<ElementPass<FORMULA_TYPE, false>>, \
   &Kernel<ElementPass<FORMULA_TYPE, true>>},

const RowLoss* RegressionTable() {
  static constexpr RowLoss kTable[] = {DETLOSS_REGRESSION_LOSSES(DETLOSS_ELEMENT_KERNELS){}};
  return kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(RegressionTable);

const RowLoss* RegressionLosses() { return HWY_DYNAMIC_DISPATCH(RegressionTable)(); }

}  // namespace detloss
#endif
