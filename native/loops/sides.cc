// The weights of rows with an object and of rows without, for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/sides.cc"
#include "hwy/foreach_target.h"
#include "loops/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

Sides SidesOf(const Rows& rows, size_t begin, size_t end) {
  const FloatTag d;
  const size_t lanes = hn::Lanes(d);
  if (rows.weight == nullptr) {
    size_t present = 0;
    size_t row = begin;
    for (; row + lanes <= end; row += lanes) {
      present += hn::CountTrue(d, Load(rows.target + row) > Lanes(0.0f));
    }
    if (row < end) {
      present += hn::CountTrue(d, LoadSome(rows.target + row, end - row) > Lanes(0.0f));
    }
    return {static_cast<double>(present), static_cast<double>(end - begin - present)};
  }
  DoubleSum present;
  DoubleSum absent;
  for (size_t row = begin; row < end; row += lanes) {
    const Mask with = LoadSome(rows.target + row, end - row) > Lanes(0.0f);
    AddSides(with, LoadSome(rows.weight + row, end - row), present, absent);
  }
  return {present.Total(), absent.Total()};
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(SidesOf);

Sides WeighSides(const Rows& rows, size_t begin, size_t end) {
  return HWY_DYNAMIC_DISPATCH(SidesOf)(rows, begin, end);
}

}  // namespace detloss
#endif
