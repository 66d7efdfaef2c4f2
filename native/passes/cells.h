// Rows of raw features against targets that are boxes in fractions of the image: each row is an
// anchor of a grid's cell, which the engine's `Cells` find.

#if defined(DETLOSS_PASSES_CELLS_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_PASSES_CELLS_H_
#undef DETLOSS_PASSES_CELLS_H_
#else
#define DETLOSS_PASSES_CELLS_H_
#endif

#include "coordinates/raw.h"
#include "passes/pass.h"

template <class CoordinatesType, class FormulaType, class Cells, bool kWithGradient>
struct CellPass : AnyRows {
  using Coordinates = CoordinatesType;
  using Formula = FormulaType;
  template <class Others>
  using In = CellPass<Others, Formula, Cells, kWithGradient>;
  static constexpr size_t kWidth = 4;
  static constexpr size_t kTargetWidth = 4;
  static constexpr bool kGradient = kWithGradient;
  static constexpr bool kIsLong = true;
  static constexpr bool kIsRare = Cells::kIsRare;
  static constexpr bool kInPairs = true;

  Cells cells;

  explicit FORMULA CellPass(const Rows& rows) : cells(rows.grid) {}

  template <class Cursor>
  FORMULA auto Evaluate(const Cursor& at) const {
    const Four raw = Coordinates::InOrder(at.template Pred<4>());
    const Four target = Coordinates::InOrder(at.template Target<4>());
    return Formula{}(RawOf<kGradient>(raw), cells.At(at.row), TruthOf(target));
  }

  template <class Loss, class W>
  FORMULA Four Gradient(const Loss& loss, const W& weigh) const {
    return Coordinates::Pull(loss, weigh);
  }
};

#endif
