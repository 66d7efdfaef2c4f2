// Rows of two logits, background and object.

#if defined(DETLOSS_PASSES_LOGIT_PAIRS_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_PASSES_LOGIT_PAIRS_H_
#undef DETLOSS_PASSES_LOGIT_PAIRS_H_
#else
#define DETLOSS_PASSES_LOGIT_PAIRS_H_
#endif

#include "number/columns.h"
#include "number/dual.h"
#include "number/hyper.h"
#include "passes/pass.h"

template <class FormulaType, bool kWithGradient>
struct LogitPairPass : AnyRows {
  using Formula = FormulaType;
  static constexpr size_t kWidth = 2;
  static constexpr size_t kTargetWidth = 1;
  static constexpr bool kSided = true;
  static constexpr Extremes kExtremes = Extremes::kLogits;
  static constexpr bool kGradient = kWithGradient;

  Formula formula;

  explicit FORMULA LogitPairPass(const Rows& rows) : formula(Parametrize<Formula>(rows.hyper)) {}

  template <class Cursor>
  FORMULA auto Evaluate(const Cursor& at) const {
    const Columns<2> logits = at.template Pred<2>();
    const Number target = at.template Target<1>().a;
    if constexpr (kGradient) {
      const Zero zero;
      return formula(Dual{logits.a, One{}, zero, zero, zero},
                     Dual{logits.b, zero, One{}, zero, zero}, target);
    } else {
      return formula(logits.a, logits.b, target);
    }
  }

  template <class Loss, class W>
  FORMULA Columns<2> Gradient(const Loss& loss, const W& weigh) const {
    return {weigh(loss.a), weigh(loss.b)};
  }
};

#endif
