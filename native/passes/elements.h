// Rows of one number.
//
// A pass says how a row is read, what formula is evaluated and how its derivatives become the row's
// gradient. It is one text for every engine: `Number` is a vector of rows or the number of one row,
// and `at` is the engine's cursor, which reads the row's arrays as columns. Like the formulas,
// passes are text for the inside of a number type's namespace.

#if defined(DETLOSS_PASSES_ELEMENTS_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_PASSES_ELEMENTS_H_
#undef DETLOSS_PASSES_ELEMENTS_H_
#else
#define DETLOSS_PASSES_ELEMENTS_H_
#endif

#include "number/columns.h"
#include "number/dual.h"
#include "number/hyper.h"

// For formulas of a prediction and a target; with kBySide of objectness, whose rows with an object
// may count otherwise than those without.
template <class FormulaType, bool kBySide, bool kWithGradient>
struct ElementPass {
  using Formula = FormulaType;
  static constexpr size_t kWidth = 1;
  static constexpr size_t kTargetWidth = 1;
  static constexpr bool kAnchors = false;
  static constexpr bool kSided = kBySide;
  static constexpr bool kGradient = kWithGradient;
  static constexpr bool kIsLong = false;
  static constexpr bool kIsRare = false;
  static constexpr bool kInPairs = false;
  static constexpr bool kMeasures = false;

  Formula formula;

  explicit FORMULA ElementPass(const Rows& rows) : formula(Parametrize<Formula>(rows.hyper)) {}

  template <class Cursor>
  FORMULA auto Evaluate(const Cursor& at) const {
    const Number pred = Once(at.template Pred<1>().a);
    const Number target = at.template Target<1>().a;
    if constexpr (kGradient) {
      return formula(Dual{pred, One{}}, target);
    } else {
      return formula(pred, target);
    }
  }

  template <class Loss, class W>
  FORMULA Columns<1> Gradient(const Loss& loss, const W& weigh) const {
    return {weigh(loss.a)};
  }
};

#endif
