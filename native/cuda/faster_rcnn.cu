// The kernels of native/formulas/faster_rcnn.h.

#include "cuda/boxes-inl.h"

namespace detloss::cuda {

const DeviceLoss* FasterRcnnLosses() {
  static constexpr DeviceLoss kTable[] = {DETLOSS_ANCHOR_LOSSES(DETLOSS_BOX_KERNELS){}};
  return kTable;
}

}  // namespace detloss::cuda
