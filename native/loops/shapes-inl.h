// The kernels of all row shapes for one instruction set.

#include "loops/class_rows-inl.h"
#include "loops/grid-inl.h"

#if defined(DETLOSS_LOOPS_SHAPES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_SHAPES_INL_H_
#undef DETLOSS_LOOPS_SHAPES_INL_H_
#else
#define DETLOSS_LOOPS_SHAPES_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "passes/cells.h"

template <class Formula, bool kAnchors, bool kGradient>
RowSums BoxKernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  return WithFormat(rows.format, [&](auto format) {
    return Kernel<BoxPass<InFormat<format.value>, Formula, kAnchors, kGradient>>(rows, begin, end,
                                                                                 scale);
  });
}

template <class Formula, class Cells, bool kGradient>
RowSums CellKernelOf(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  return rows.format == Format::kYxhw
             ? Kernel<CellPass<RawFeatures<true>, Formula, Cells, kGradient>>(rows, begin, end,
                                                                              scale)
             : Kernel<CellPass<RawFeatures<false>, Formula, Cells, kGradient>>(rows, begin, end,
                                                                               scale);
}

template <class Formula, bool kGradient>
RowSums CellKernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  return CellsInOrder::Fits(rows.grid)
             ? CellKernelOf<Formula, CellsInOrder, kGradient>(rows, begin, end, scale)
             : CellKernelOf<Formula, CellsOfAnyGrid, kGradient>(rows, begin, end, scale);
}

#include "passes/shapes.h"

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
