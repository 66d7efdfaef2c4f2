// The kernels of native/formulas/regression.h.

#include "cuda/rows-inl.h"

namespace detloss {
#define DETLOSS_DIFFERENCE_KERNELS(NAME, FORMULA_TYPE) \
  KernelsOf<ElementPass, OfDifference<FORMULA_TYPE>>(#NAME, 1, Anchors::kNone),

const RowLoss* RegressionLosses() {
  using namespace cuda;
  static constexpr RowLoss kTable[] = {DETLOSS_REGRESSION_LOSSES(DETLOSS_DIFFERENCE_KERNELS){}};
  return kTable;
}

}  // namespace detloss
