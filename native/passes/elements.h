// Rows of one number.

#if defined(DETLOSS_PASSES_ELEMENTS_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_PASSES_ELEMENTS_H_
#undef DETLOSS_PASSES_ELEMENTS_H_
#else
#define DETLOSS_PASSES_ELEMENTS_H_
#endif

#include "number/columns.h"
#include "number/dual.h"
#include "number/hyper.h"
#include "passes/pass.h"

// Of the losses of one number, cross-entropies of objectness are defined for infinite logits.
template <class Formula, bool kBySide>
constexpr Extremes ExtremesOfElements() {
  if constexpr (kBySide) {
    if (Formula::kOfLogits) return Extremes::kLogits;
  }
  return Extremes::kNone;
}

// For formulas of a prediction and a target; with kBySide of objectness, whose rows with an object
// may count otherwise than those without.
template <class FormulaType, bool kBySide, bool kWithGradient>
struct ElementPass : AnyRows {
  using Formula = FormulaType;
  static constexpr size_t kWidth = 1;
  static constexpr size_t kTargetWidth = 1;
  static constexpr bool kSided = kBySide;
  static constexpr Extremes kExtremes = ExtremesOfElements<FormulaType, kBySide>();
  static constexpr bool kGradient = kWithGradient;

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
