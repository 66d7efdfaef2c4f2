// The kernels of native/formulas/yolo.h for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/yolo.cc"
#include "hwy/foreach_target.h"
#include "loops/grid-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// Rows of raw features against targets that are boxes in fractions of the image.
template <class Formula, bool kWithGradient, bool kInOrder>
class GridPass {
 public:
  static constexpr size_t kWidth = 4;
  static constexpr size_t kTargetWidth = 4;
  static constexpr bool kKeepsSides = false;
  static constexpr bool kGradient = kWithGradient;
  static constexpr bool kTakesAnchors = false;

  explicit HWY_INLINE GridPass(const Rows& rows)
      : y_first_(rows.format == Format::kYxhw), cells_(rows.grid) {}

  template <class SliceType>
  HWY_INLINE auto Evaluate(const SliceType& slice, size_t row) const {
    const Four raw = InOrder(y_first_, slice.Fours(slice.pred));
    const Four target = InOrder(y_first_, slice.Fours(slice.target));
    return Formula{}(RawOf<kGradient>(raw), CellsAt(row), TruthOf(target));
  }

  template <class Loss, class W>
  HWY_INLINE auto Gradient(const Loss& loss, const W& weigh) const {
    return InOrder(y_first_, {weigh(loss.a), weigh(loss.b), weigh(loss.c), weigh(loss.d)});
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

  bool y_first_;
  std::conditional_t<kInOrder, CellsInOrder, Cells> cells_;
};

template <class Formula, bool kGradient>
Sides GridKernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  return CellsInOrder::Fits(rows.grid)
             ? Kernel<GridPass<Formula, kGradient, true>>(rows, begin, end, scale)
             : Kernel<GridPass<Formula, kGradient, false>>(rows, begin, end, scale);
}

#define DETLOSS_GRID_KERNELS(NAME, FORMULA_TYPE) \
  {#NAME,                                        \
   4,                                            \
   4,                                            \
   Anchors::kPerCell,                            \
   &GridKernel<FORMULA_TYPE, false>,             \
   &GridKernel<FORMULA_TYPE, true>},

const RowLoss* YoloTable() {
  static constexpr RowLoss kTable[] = {DETLOSS_SIZE_LOSSES(DETLOSS_BOX_KERNELS)
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
