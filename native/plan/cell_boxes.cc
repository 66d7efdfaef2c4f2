// The coordinates of native/coordinates/cells.h for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "plan/cell_boxes.cc"
#include "plan/cell_boxes.h"

#include "hwy/foreach_target.h"
#include "loops/grid-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "coordinates/cells.h"

void Read(const CellRows& rows, float* boxes, float* targets, float* rates) {
  const Lanes zero(0.0f);
  Cells cells(rows.grid);
  for (size_t row = 0; row < rows.count; row += hn::Lanes(FloatTag())) {
    cells.SetFrom(row);
    const Four raw = RawInOrder(rows.y_first, LoadFour(rows.raw + 4 * row));
    const Four target = RawInOrder(rows.y_first, LoadFour(rows.target + 4 * row));
    const auto read = ReadFromCell(RawOf<true>(raw), TruthOf(target), cells.Read());
    StoreFour(BoxOf(read), boxes + 4 * row);
    StoreFour({zero, zero, target.c, target.d}, targets + 4 * row);
    if (rates != nullptr) StoreFour(RatesOf(read), rates + 4 * row);
  }
}

void Pull(const CellRows& rows, const float* rates, float* slopes) {
  for (size_t row = 0; row < rows.count; row += hn::Lanes(FloatTag())) {
    const Four pulled = PullToCell(LoadFour(slopes + 4 * row), LoadFour(rates + 4 * row));
    StoreFour(RawInOrder(rows.y_first, pulled), slopes + 4 * row);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(Read);
HWY_EXPORT(Pull);

void ReadCellBoxes(const CellRows& rows, float* boxes, float* targets, float* rates) {
  HWY_DYNAMIC_DISPATCH(Read)(rows, boxes, targets, rates);
}
void PullCellBoxes(const CellRows& rows, const float* rates, float* slopes) {
  HWY_DYNAMIC_DISPATCH(Pull)(rows, rates, slopes);
}

}  // namespace detloss
#endif
