// Rows of raw features, each of which is an anchor of a grid's cell.

#include "loops/grid-inl.h"

#if defined(DETLOSS_LOOPS_CELLS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_CELLS_INL_H_
#undef DETLOSS_LOOPS_CELLS_INL_H_
#else
#define DETLOSS_LOOPS_CELLS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// Rows of raw features against targets that are boxes in fractions of the image.
template <class Formula, bool kWithGradient, bool kInOrder, bool kYFirst>
class GridPass {
 public:
  static constexpr size_t kWidth = 4;
  static constexpr size_t kTargetWidth = 4;
  static constexpr bool kKeepsSides = false;
  static constexpr bool kGradient = kWithGradient;
  static constexpr bool kInPairs = true;
  static constexpr bool kTakesAnchors = false;

  explicit inline GridPass(const Rows& rows) : cells_(rows.grid) {}

  template <class SliceType>
  inline auto Evaluate(const SliceType& slice, size_t row) const {
    const Four raw = InOrder(kYFirst, slice.Fours(slice.pred));
    const Four target = InOrder(kYFirst, slice.Fours(slice.target));
    return Formula{}(RawOf<kGradient>(raw), CellsAt(row), TruthOf(target));
  }

  template <class Loss, class W>
  inline auto Gradient(const Loss& loss, const W& weigh) const {
    return InOrder(kYFirst, {weigh(loss.a), weigh(loss.b), weigh(loss.c), weigh(loss.d)});
  }

 private:
  inline Cell CellsAt(size_t row) const {
    if constexpr (kInOrder) {
      return cells_.At(row);
    } else {
      Cells cells = cells_;
      cells.SetFrom(row);
      return cells.Read();
    }
  }

  std::conditional_t<kInOrder, CellsInOrder, Cells> cells_;
};

template <class Formula, bool kGradient>
RowSums GridKernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  const bool y_first = rows.format == Format::kYxhw;
  if (!CellsInOrder::Fits(rows.grid)) {
    return y_first ? Kernel<GridPass<Formula, kGradient, false, true>>(rows, begin, end, scale)
                   : Kernel<GridPass<Formula, kGradient, false, false>>(rows, begin, end, scale);
  }
  return y_first ? Kernel<GridPass<Formula, kGradient, true, true>>(rows, begin, end, scale)
                 : Kernel<GridPass<Formula, kGradient, true, false>>(rows, begin, end, scale);
}

template <class Formula>
constexpr RowLoss LossOfCells() {
  return {4,
          4,
          &GridKernel<Formula, false>,
          &GridKernel<Formula, true>,
          kHyper<Formula>,
          Anchors::kPerCell};
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
