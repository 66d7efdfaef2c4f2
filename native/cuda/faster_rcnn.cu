// The kernels of native/formulas/faster_rcnn.h.

#include "cuda/boxes-inl.h"

namespace detloss {
const RowLoss* FasterRcnnLosses() {
  using namespace cuda;
  static constexpr RowLoss kTable[] = {DETLOSS_ANCHOR_LOSSES(DETLOSS_BOX_KERNELS){}};
  return kTable;
}

}  // namespace detloss
