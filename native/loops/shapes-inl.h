// The row shapes: for the shape S, LossOfS<Formula>() makes the kernels of a formula.

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
#include "passes/elements.h"
#include "passes/logit_pairs.h"

template <class Formula>
constexpr RowLoss LossOfElements() {
  return {1, 1, &Kernel<ElementPass<Formula, false, false>>,
          &Kernel<ElementPass<Formula, false, true>>, kHyper<Formula>};
}

// Objectness: targets are from 0 to 1.
template <class Formula>
constexpr RowLoss LossOfSidedElements() {
  return {1,
          1,
          &Kernel<ElementPass<Formula, true, false>>,
          &Kernel<ElementPass<Formula, true, true>>,
          kHyper<Formula>,
          Anchors::kNone,
          Formula::kOfLogits ? Extremes::kLogits : Extremes::kNone,
          true};
}

template <class Formula>
constexpr RowLoss LossOfLogitPairs() {
  return {2,
          1,
          &Kernel<LogitPairPass<Formula, false>>,
          &Kernel<LogitPairPass<Formula, true>>,
          kHyper<Formula>,
          Anchors::kNone,
          Extremes::kLogits,
          true};
}

template <class Formula, bool kAnchors, bool kGradient>
RowSums BoxKernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  return WithFormat(rows.format, [&](auto format) {
    return Kernel<BoxPass<InFormat<format.value>, Formula, kAnchors, kGradient>>(rows, begin, end,
                                                                                 scale);
  });
}

template <class Formula>
constexpr RowLoss LossOfBoxes() {
  return {4,
          4,
          &BoxKernel<Formula, false, false>,
          &BoxKernel<Formula, false, true>,
          kHyper<Formula>,
          Anchors::kNone,
          kMeasuresBoxes<Formula> ? Extremes::kScale : Extremes::kNone};
}

template <class Formula>
constexpr RowLoss LossOfAnchoredBoxes() {
  return {4,
          4,
          &BoxKernel<Formula, true, false>,
          &BoxKernel<Formula, true, true>,
          kHyper<Formula>,
          Anchors::kPerRow};
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

template <class Formula>
constexpr RowLoss LossOfCells() {
  return {4,
          4,
          &CellKernel<Formula, false>,
          &CellKernel<Formula, true>,
          kHyper<Formula>,
          Anchors::kPerCell};
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
