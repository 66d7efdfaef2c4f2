// The kernels of native/formulas/faster_rcnn.h for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/faster_rcnn.cc"
#include "hwy/foreach_target.h"
#include "loops/boxes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/regression.h"
#include "formulas/faster_rcnn.h"

const RowLoss* FasterRcnnTable() {
  static constexpr RowLoss kTable[] = {DETLOSS_ANCHOR_LOSSES(DETLOSS_BOX_KERNELS){}};
  return kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(FasterRcnnTable);

const RowLoss* FasterRcnnLosses() { return HWY_DYNAMIC_DISPATCH(FasterRcnnTable)(); }

}  // namespace detloss
#endif
