// The loops over the rest of the rows of long formulas, for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/rest.cc"
#include "hwy/foreach_target.h"
#include "loops/grid-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

template <class Pass>
RowSums SumRestBy(const Pass& pass, const SomeRows& rows, const Totals<Lanes>* alike) {
  return SumRest(pass, rows, alike);
}

#define DETLOSS_REST(COORDINATES, ANCHORS)                                                 \
  template RowSums SumRestBy(const AnyPass<COORDINATES, ANCHORS, false>&, const SomeRows&, \
                             const Totals<Lanes>*);                                        \
  template RowSums SumRestBy(const AnyPass<COORDINATES, ANCHORS, true>&, const SomeRows&,  \
                             const Totals<Lanes>*);

#define DETLOSS_REST_OF_BOXES(FORMAT)           \
  DETLOSS_REST(InFormat<Format::FORMAT>, false) \
  DETLOSS_REST(InFormat<Format::FORMAT>, true)

DETLOSS_REST_OF_BOXES(kYxhw)
DETLOSS_REST_OF_BOXES(kCxcywh)
DETLOSS_REST_OF_BOXES(kXyxy)
DETLOSS_REST_OF_BOXES(kTlbr)
DETLOSS_REST_OF_BOXES(kXywh)
DETLOSS_REST(RawFeatures<false>, false)
DETLOSS_REST(RawFeatures<true>, false)

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();
