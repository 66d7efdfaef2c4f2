// The kernels of native/formulas/regression.h for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/regression.cc"
#include "hwy/foreach_target.h"
#include "loops/elements-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/regression.h"

#define DETLOSS_ELEMENT_KERNELS(NAME, FORMULA_TYPE) \
  ElementKernels<OfDifference<FORMULA_TYPE>, false>(#NAME),

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
