// The row shapes: for the shape S, LossOfS<Formula>() makes the kernels of a formula.
// `Kernel<Pass>` and its like are the engine's.

#if defined(DETLOSS_PASSES_SHAPES_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_PASSES_SHAPES_H_
#undef DETLOSS_PASSES_SHAPES_H_
#else
#define DETLOSS_PASSES_SHAPES_H_
#endif

#include "number/hyper.h"
#include "passes/boxes.h"
#include "passes/elements.h"
#include "passes/logit_pairs.h"

template <class Pass>
constexpr RowLoss RowLossOf(RowKernel value, RowKernel gradient, Anchors anchors = Anchors::kNone) {
  return {Pass::kWidth, Pass::kTargetWidth, value,       gradient, kHyper<typename Pass::Formula>,
          anchors,      Pass::kExtremes,    Pass::kSided};
}

template <class Formula>
constexpr RowLoss LossOfElements() {
  using Pass = ElementPass<Formula, false, true>;
  return RowLossOf<Pass>(&Kernel<ElementPass<Formula, false, false>>, &Kernel<Pass>);
}

// Objectness: targets are from 0 to 1.
template <class Formula>
constexpr RowLoss LossOfSidedElements() {
  using Pass = ElementPass<Formula, true, true>;
  return RowLossOf<Pass>(&Kernel<ElementPass<Formula, true, false>>, &Kernel<Pass>);
}

template <class Formula>
constexpr RowLoss LossOfLogitPairs() {
  using Pass = LogitPairPass<Formula, true>;
  return RowLossOf<Pass>(&Kernel<LogitPairPass<Formula, false>>, &Kernel<Pass>);
}

template <class Formula>
constexpr RowLoss LossOfBoxes() {
  return RowLossOf<BoxPass<InFormat<Format::kYxhw>, Formula, false, true>>(
      &BoxKernel<Formula, false, false>, &BoxKernel<Formula, false, true>);
}

template <class Formula>
constexpr RowLoss LossOfAnchoredBoxes() {
  return RowLossOf<BoxPass<InFormat<Format::kYxhw>, Formula, true, true>>(
      &BoxKernel<Formula, true, false>, &BoxKernel<Formula, true, true>, Anchors::kPerRow);
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

// A formula of one class, and one of all of them.
template <class Formula>
constexpr ClassLoss LossOfClasses() {
  return {&TermsKernel<Formula, false>, &TermsKernel<Formula, true>, kHyper<Formula>, false,
          Formula::kOfLogits};
}
template <class Formula>
constexpr ClassLoss LossOfSoftmax() {
  return {&SoftmaxKernel<false>, &SoftmaxKernel<true>, kHyper<Formula>, true};
}

#endif
