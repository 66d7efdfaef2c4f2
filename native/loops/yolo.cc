// The kernels of native/formulas/yolo.h for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/yolo.cc"
#include "hwy/foreach_target.h"
#include "loops/grid-inl.h"

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

  explicit HWY_INLINE GridPass(const Rows& rows) : cells_(rows.grid) {}

  template <class SliceType>
  HWY_INLINE auto Evaluate(const SliceType& slice, size_t row) const {
    const Four raw = InOrder(kYFirst, slice.Fours(slice.pred));
    const Four target = InOrder(kYFirst, slice.Fours(slice.target));
    return Formula{}(RawOf<kGradient>(raw), CellsAt(row), TruthOf(target));
  }

  template <class Loss, class W>
  HWY_INLINE auto Gradient(const Loss& loss, const W& weigh) const {
    return InOrder(kYFirst, {weigh(loss.a), weigh(loss.b), weigh(loss.c), weigh(loss.d)});
  }

 private:
  HWY_INLINE Cell CellsAt(size_t row) const {
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

#define DETLOSS_GRID_KERNELS(NAME, FORMULA_TYPE) \
  {#NAME,                                        \
   4,                                            \
   4,                                            \
   Anchors::kPerCell,                            \
   &GridKernel<FORMULA_TYPE, false>,             \
   &GridKernel<FORMULA_TYPE, true>,              \
   Extremes::kNone},

// Roots and quotients keep the divider busy, of which there is one: vectors in pairs, a fifth
// slower, would ask for it at the same time.
#define DETLOSS_SIZE_KERNELS(NAME, FORMULA_TYPE) BoxKernels<FORMULA_TYPE, false>(#NAME),

const RowLoss* YoloTable() {
  static constexpr RowLoss kTable[] = {DETLOSS_SIZE_LOSSES(DETLOSS_SIZE_KERNELS)
                                           DETLOSS_RAW_LOSSES(DETLOSS_GRID_KERNELS){}};
  return kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(YoloTable);

const RowLoss* YoloLosses() { return HWY_DYNAMIC_DISPATCH(YoloTable)(); }

}  // namespace detloss
#endif
