// The kernels of native/formulas/yolo.h for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/yolo.cc"
#include "hwy/foreach_target.h"
#include "loops/boxes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/yolo.h"

// The cell and anchor of each of a vector of rows, which run through [B, H, W, A].
struct Cells {
  HWY_ALIGN float column[hn::MaxLanes(FloatTag())];
  HWY_ALIGN float line[hn::MaxLanes(FloatTag())];
  HWY_ALIGN float anchor_height[hn::MaxLanes(FloatTag())];
  HWY_ALIGN float anchor_width[hn::MaxLanes(FloatTag())];

  HWY_INLINE Cells(const Grid& grid, size_t row) {
    size_t anchor = row % grid.anchor_count;
    size_t x = row / grid.anchor_count % grid.width;
    size_t y = row / grid.anchor_count / grid.width % grid.height;
    for (size_t lane = 0; lane < hn::Lanes(FloatTag()); ++lane) {
      column[lane] = static_cast<float>(x);
      line[lane] = static_cast<float>(y);
      anchor_height[lane] = grid.anchors[2 * anchor];
      anchor_width[lane] = grid.anchors[2 * anchor + 1];
      if (++anchor < grid.anchor_count) continue;
      anchor = 0;
      if (++x < grid.width) continue;
      x = 0;
      if (++y == grid.height) y = 0;
    }
  }
};

// Rows of raw features against targets that are boxes in fractions of the image, both in the order
// (y, x, h, w) or (x, y, w, h).
template <class Formula, bool kGradient>
class GridPass {
 public:
  static constexpr size_t kWidth = 4;

  explicit HWY_INLINE GridPass(const Rows& rows)
      : y_first_(rows.format == Format::kYxhw), grid_(rows.grid) {}

  HWY_INLINE auto Evaluate(const Slice& slice, size_t row) const {
    const Four raw = InOrder(LoadFour(slice.pred));
    const Four target = InOrder(LoadFour(slice.target));
    const Cells cells(grid_, row);
    const Lanes x =
        RawCentre(target.a, static_cast<float>(grid_.width), LoadRows<kWidth>(cells.column));
    const Lanes y =
        RawCentre(target.b, static_cast<float>(grid_.height), LoadRows<kWidth>(cells.line));
    const Lanes w = RawSize(target.c, LoadRows<kWidth>(cells.anchor_width));
    const Lanes h = RawSize(target.d, LoadRows<kWidth>(cells.anchor_height));
    if constexpr (kGradient) {
      const Zero zero;
      const One one;
      return Formula{}(Dual{raw.a, one, zero, zero, zero}, Dual{raw.b, zero, one, zero, zero},
                       Dual{raw.c, zero, zero, one, zero}, Dual{raw.d, zero, zero, zero, one}, x, y,
                       w, h);
    } else {
      return Formula{}(raw.a, raw.b, raw.c, raw.d, x, y, w, h);
    }
  }

  HWY_INLINE void StoreGradient(Lanes, const Weights&, float*) const {}
  template <class... P>
  HWY_INLINE void StoreGradient(const Dual<P...>& loss, const Weights& weigh, float* to) const {
    StoreFour(InOrder({weigh(loss.a), weigh(loss.b), weigh(loss.c), weigh(loss.d)}), to);
  }

 private:
  // Between the order of the arrays and (x, y, w, h).
  HWY_INLINE Four InOrder(const Four& four) const {
    return y_first_ ? Four{four.b, four.a, four.d, four.c} : four;
  }

  bool y_first_;
  Grid grid_;
};

#define DETLOSS_GRID_KERNELS(NAME, FORMULA_TYPE)                        \
  {#NAME, 4, Anchors::kPerCell, &Kernel<GridPass<FORMULA_TYPE, false>>, \
   &Kernel<GridPass<FORMULA_TYPE, true>>},

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
