// The cells and anchors of a YOLO v3 scale.

#include "loops/rows-inl.h"

#if defined(DETLOSS_LOOPS_GRID_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_GRID_INL_H_
#undef DETLOSS_LOOPS_GRID_INL_H_
#else
#define DETLOSS_LOOPS_GRID_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/iou.h"
#include "formulas/yolo.h"
#include "coordinates/raw.h"

// The cell and anchor of each of a vector of rows of [B, H, W, A], filled lane by lane.
class Cells {
 public:
  explicit inline Cells(const Grid& grid) : grid_(grid) {}

  inline void Set(size_t lane, size_t line, size_t column, size_t anchor) {
    line_[lane] = static_cast<float>(line);
    column_[lane] = static_cast<float>(column);
    anchor_h_[lane] = grid_.anchors[2 * anchor];
    anchor_w_[lane] = grid_.anchors[2 * anchor + 1];
  }

  // The rows from `row` on.
  inline void SetFrom(size_t row) {
    if (grid_.listed != nullptr) return SetListed(grid_.listed + row);
    size_t anchor = row % grid_.anchor_count;
    size_t column = row / grid_.anchor_count % grid_.width;
    size_t line = row / grid_.anchor_count / grid_.width % grid_.height;
    for (size_t lane = 0; lane < hn::Lanes(FloatTag()); ++lane) {
      Set(lane, line, column, anchor);
      if (++anchor < grid_.anchor_count) continue;
      anchor = 0;
      if (++column < grid_.width) continue;
      column = 0;
      if (++line == grid_.height) line = 0;
    }
  }

  inline void SetListed(const size_t* rows) {
    for (size_t lane = 0; lane < hn::Lanes(FloatTag()); ++lane) {
      const size_t cell = rows[lane] / grid_.anchor_count;
      Set(lane, cell / grid_.width % grid_.height, cell % grid_.width,
          rows[lane] % grid_.anchor_count);
    }
  }

  // In the order of lanes that hold rows of four numbers.
  inline Cell Read() const {
    return {LoadRows<4>(column_),
            LoadRows<4>(line_),
            static_cast<float>(grid_.width),
            static_cast<float>(grid_.height),
            LoadRows<4>(anchor_w_),
            LoadRows<4>(anchor_h_)};
  }

 private:
  const Grid& grid_;
  HWY_ALIGN float line_[hn::MaxLanes(FloatTag())] = {};
  HWY_ALIGN float column_[hn::MaxLanes(FloatTag())] = {};
  HWY_ALIGN float anchor_h_[hn::MaxLanes(FloatTag())] = {};
  HWY_ALIGN float anchor_w_[hn::MaxLanes(FloatTag())] = {};
};

// The same of rows in their order, without a loop over lanes: for grids of so few rows that their
// numbers are exact in floats, but not fewer than a vector has, and of anchors that fit one.
class CellsInOrder {
 public:
  static constexpr bool kIsRare = false;

  static inline bool Fits(const Grid& grid) {
    const size_t lanes = hn::Lanes(FloatTag());
    const size_t period = Period(grid);
    return grid.listed == nullptr && grid.anchor_count <= lanes && lanes <= period &&
           period <= (size_t{1} << 20);
  }

  explicit inline CellsInOrder(const Grid& grid)
      : period_(Period(grid)),
        anchors_(static_cast<float>(grid.anchor_count)),
        columns_(static_cast<float>(grid.width)),
        lines_(static_cast<float>(grid.height)),
        per_anchors_(Lanes(1.0f) / anchors_),
        per_columns_(Lanes(1.0f) / columns_) {
    for (size_t anchor = 0; anchor < grid.anchor_count; ++anchor) {
      anchor_h_[anchor] = grid.anchors[2 * anchor];
      anchor_w_[anchor] = grid.anchors[2 * anchor + 1];
    }
  }

  inline Cell At(size_t row) const {
    const FloatTag d;
    const Lanes first(static_cast<float>(row % period_));
    const Lanes rows = first + FromRows(Lanes(hn::Iota(d, 0.0f)));
    const Lanes cell = Over(rows, per_anchors_);
    const Lanes all_lines = Over(cell, per_columns_);
    const Mask next_image = lines_ <= all_lines;
    const Lanes anchor = NegMulAdd(cell, anchors_, rows);
    const auto which =
        hn::IndicesFromVec(d, hn::ConvertTo(hn::RebindToSigned<FloatTag>(), anchor.v));
    return {NegMulAdd(all_lines, columns_, cell),
            Select(next_image, all_lines - lines_, all_lines),
            columns_,
            lines_,
            hn::TableLookupLanes(Load(anchor_w_).v, which),
            hn::TableLookupLanes(Load(anchor_h_).v, which)};
  }

 private:
  static inline size_t Period(const Grid& grid) {
    return grid.height * grid.width * grid.anchor_count;
  }
  // ⌊a / n⌋ for whole a below 2^21, given 1 / n, as ⌊(a + ½) / n⌋: at least half a step from both
  // whole numbers, where rounding does no harm.
  static inline Lanes Over(Lanes a, Lanes per_n) {
    return hn::Floor(MulAdd(a, per_n, per_n * Lanes(0.5f)).v);
  }

  size_t period_;
  Lanes anchors_, columns_, lines_;
  Lanes per_anchors_, per_columns_;
  HWY_ALIGN float anchor_h_[hn::MaxLanes(FloatTag())] = {};
  HWY_ALIGN float anchor_w_[hn::MaxLanes(FloatTag())] = {};
};

// The same for any grid, lane by lane.
class CellsOfAnyGrid {
 public:
  static constexpr bool kIsRare = true;

  explicit inline CellsOfAnyGrid(const Grid& grid) : grid_(grid) {}

  inline Cell At(size_t row) const {
    Cells cells(grid_);
    cells.SetFrom(row);
    return cells.Read();
  }

 private:
  const Grid& grid_;
};

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
