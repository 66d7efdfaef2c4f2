// The kernels of native/formulas/regression.h.

#include "cuda/rows-inl.h"

namespace detloss::cuda {

#define DETLOSS_DIFFERENCE_KERNELS(NAME, FORMULA_TYPE) \
  DETLOSS_ELEMENT_KERNELS(NAME, OfDifference<FORMULA_TYPE>)

const DeviceLoss* RegressionLosses() {
  static constexpr DeviceLoss kTable[] = {DETLOSS_REGRESSION_LOSSES(DETLOSS_DIFFERENCE_KERNELS){}};
  return kTable;
}

}  // namespace detloss::cuda
