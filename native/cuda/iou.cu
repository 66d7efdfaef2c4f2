// The kernels of native/formulas/iou.h.

#include "cuda/boxes-inl.h"

namespace detloss::cuda {

const DeviceLoss* IouLosses() {
  static constexpr DeviceLoss kTable[] = {DETLOSS_IOU_LOSSES(DETLOSS_BOX_KERNELS){}};
  return kTable;
}

}  // namespace detloss::cuda
