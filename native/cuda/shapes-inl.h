// The row shapes on the device: for the shape S, LossOfS<Formula>() makes the kernels of a formula.

#ifndef DETLOSS_CUDA_SHAPES_INL_H_
#define DETLOSS_CUDA_SHAPES_INL_H_

#include "cuda/class_rows-inl.h"
#include "cuda/rows-inl.h"

namespace detloss::cuda {

template <class Formula>
constexpr RowLoss LossOfElements() {
  return {1, 1, &Kernel<ElementPass<Formula, false, false>>,
          &Kernel<ElementPass<Formula, false, true>>, kHyper<Formula>};
}

// Objectness: targets are from 0 to 1.
template <class Formula>
constexpr RowLoss LossOfSidedElements() {
  constexpr Extremes kExtremes = Formula::kOfLogits ? Extremes::kLogits : Extremes::kNone;
  return {1,
          1,
          &Kernel<ElementPass<Formula, true, false>, kExtremes>,
          &Kernel<ElementPass<Formula, true, true>, kExtremes>,
          kHyper<Formula>,
          Anchors::kNone,
          kExtremes,
          true};
}

template <class Formula>
constexpr RowLoss LossOfLogitPairs() {
  return {2,
          1,
          &Kernel<LogitPairPass<Formula, false>, Extremes::kLogits>,
          &Kernel<LogitPairPass<Formula, true>, Extremes::kLogits>,
          kHyper<Formula>,
          Anchors::kNone,
          Extremes::kLogits,
          true};
}

template <class Formula>
constexpr RowLoss LossOfBoxes() {
  return {4, 4, &Kernel<BoxPass<InAnyFormat, Formula, false, false>>,
          &Kernel<BoxPass<InAnyFormat, Formula, false, true>>, kHyper<Formula>};
}

template <class Formula>
constexpr RowLoss LossOfAnchoredBoxes() {
  return {4,
          4,
          &Kernel<BoxPass<InAnyFormat, Formula, true, false>>,
          &Kernel<BoxPass<InAnyFormat, Formula, true, true>>,
          kHyper<Formula>,
          Anchors::kPerRow};
}

template <class Formula, bool kGradient>
RowSums CellKernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  return rows.format == Format::kYxhw
             ? Kernel<CellPass<RawFeatures<true>, Formula, CellsOfGrid, kGradient>>(rows, begin,
                                                                                    end, scale)
             : Kernel<CellPass<RawFeatures<false>, Formula, CellsOfGrid, kGradient>>(rows, begin,
                                                                                     end, scale);
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

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_SHAPES_INL_H_
