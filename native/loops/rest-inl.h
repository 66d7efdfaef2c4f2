// The rows that the fastest loop is not for, or has left: rows with weights, and the last ones.

#include "loops/cursor-inl.h"

#if defined(DETLOSS_LOOPS_REST_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_REST_INL_H_
#undef DETLOSS_LOOPS_REST_INL_H_
#else
#define DETLOSS_LOOPS_REST_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// What a long formula makes of a vector of rows.
struct Evaluated {
  Lanes loss;
  Lanes united;
  Lanes a, b, c, d;
};
FORMULA Lanes Value(const Evaluated& evaluated) { return evaluated.loss; }

// The numbers of a vector of rows, as a cursor has them.
template <class Coordinates>
struct OneVector {
  Columns<Coordinates::kWidth> pred;
  Columns<Coordinates::kTargetWidth> target;
  Columns<Coordinates::kWidth> anchor;
  size_t row;

  template <size_t kWidth>
  FORMULA Columns<kWidth> Pred() const {
    return pred;
  }
  template <size_t kWidth>
  FORMULA Columns<kWidth> Target() const {
    return target;
  }
  template <size_t kWidth>
  FORMULA Columns<kWidth> Anchor() const {
    return anchor;
  }
};

// Evaluates the formula of `pass` over a vector of rows.
template <class Coordinates>
using Evaluator = void (*)(const void* pass, const OneVector<Coordinates>& at,
                           Evaluated& evaluated);

template <class Pass>
HWY_NOINLINE void EvaluateOne(const void* pass, const OneVector<typename Pass::Coordinates>& at,
                              Evaluated& evaluated) {
  const auto result = static_cast<const Pass*>(pass)->Evaluate(at);
  const auto& loss = WithoutUnion(result);
  evaluated.loss = Value(loss);
  if constexpr (Pass::kMeasures) {
    evaluated.united = result.united;
  } else {
    evaluated.united = Lanes(1.0f);
  }
  if constexpr (Pass::kGradient) {
    evaluated.a = loss.a;
    evaluated.b = loss.b;
    evaluated.c = loss.c;
    evaluated.d = loss.d;
  }
}

// A pass that has its formula evaluated by a function: the same type for all formulas, which is
// then compiled for coordinates in one order alone.
template <class CoordinatesType, bool kTakesAnchors, bool kWithGradient>
struct AnyPass : AnyRows {
  using Coordinates = CoordinatesType;
  using Ordered = typename Coordinates::Ordered;
  static constexpr size_t kWidth = Coordinates::kWidth;
  static constexpr size_t kTargetWidth = Coordinates::kTargetWidth;
  static constexpr bool kAnchors = kTakesAnchors;
  static constexpr bool kGradient = kWithGradient;
  static constexpr bool kMeasures = true;

  Coordinates coordinates;
  const void* pass;
  Evaluator<Ordered> evaluator;

  template <class Cursor>
  FORMULA Evaluated Evaluate(const Cursor& at) const {
    OneVector<Ordered> one;
    one.pred = Coordinates::InOrder(at.template Pred<kWidth>());
    one.target = Coordinates::InOrder(at.template Target<kTargetWidth>());
    if constexpr (kAnchors) one.anchor = Coordinates::InOrder(at.template Anchor<kWidth>());
    one.row = at.row;
    Evaluated evaluated;
    evaluator(pass, one, evaluated);
    return evaluated;
  }

  template <class W>
  FORMULA auto Gradient(const Evaluated& evaluated, const W& weigh) const {
    return coordinates.Pull(evaluated, weigh);
  }
};

// The rows that EvaluateAlike is not for, or has left and added up to `alike`: rows with weights,
// and the last ones.
template <class Pass>
FORMULA RowSums SumRest(const Pass& pass, const SomeRows& rows,
                        const Totals<ValueOf<Pass>>* alike) {
  const size_t lanes = hn::Lanes(FloatTag());
  const Scales scales(rows.scale);
  const bool weighted = rows.weight != nullptr;
  RowCursor<Pass> at(rows);
  size_t left = rows.count;
  Totals<ValueOf<Pass>> totals;
  if (alike != nullptr) totals = *alike;
  const bool are_all = alike == nullptr && left < lanes;
  for (; left >= lanes; left -= lanes) {
    at.Prefetch(lanes);
    if (weighted && Weights::Of(Load(at.weight)).IgnoreAll()) {
      if (kHasLosses<Pass> && at.losses != nullptr) Store(0.0f, at.losses);
      if (Pass::kGradient) std::fill_n(at.grad, lanes * Pass::kWidth, 0.0f);
    } else {
      const auto result = pass.Evaluate(at);
      const Lanes weight = weighted ? LoadRows<Pass::kWidth>(at.weight) : Lanes(1.0f);
      AddResult(pass, at, result, Weights::Of(weight), scales, totals);
    }
    if (weighted) at.weight += lanes;
    if (kHasLosses<Pass> && at.losses != nullptr) at.losses += lanes;
    at.Advance(lanes);
  }
  if (left == 0) return totals.Total();
  // The last rows are added up by themselves. Missing ones have weight 0, which keeps them out.
  const PartialRows<Pass> some(at, left);
  const auto result = pass.Evaluate(some);
  const Lanes weight = weighted ? LoadSome(at.weight, left) : Some(1.0f, left);
  Totals<ValueOf<Pass>> last;
  AddResult(pass, some, result, Weights::Of(InRowOrder<Pass::kWidth>(weight)), scales, last);
  if (are_all) return last.Total();
  RowSums sum = totals.Total();
  sum += last.Total();
  return sum;
}

// The same for long formulas: compiled once for all of them, in loops/rest.cc.
template <class Pass>
RowSums SumRestBy(const Pass& pass, const SomeRows& rows, const Totals<Lanes>* alike);

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
