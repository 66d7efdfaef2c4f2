// The kernels of native/formulas/iou.h for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/iou.cc"
#include "hwy/foreach_target.h"
#include "loops/boxes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/iou.h"

const RowLoss* IouTable() {
  static constexpr RowLoss kTable[] = {DETLOSS_IOU_LOSSES(DETLOSS_BOX_KERNELS){}};
  return kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(IouTable);

const RowLoss* IouLosses() { return HWY_DYNAMIC_DISPATCH(IouTable)(); }

}  // namespace detloss
#endif
