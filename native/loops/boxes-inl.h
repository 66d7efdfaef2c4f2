// Losses of boxes: a formula compiled to functions that evaluate it over vectors of rows. What is
// done with the results is the same for every formula and is compiled once, in loops/boxes.cc.

#include "loops/rows-inl.h"

#if defined(DETLOSS_LOOPS_BOXES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_BOXES_INL_H_
#undef DETLOSS_LOOPS_BOXES_INL_H_
#else
#define DETLOSS_LOOPS_BOXES_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/formats.h"

// Whether a formula measures boxes (formulas/iou.h): the scale of these makes no difference to it,
// and it has to be computed for boxes whose areas underflow.
template <class Formula, class = void>
constexpr bool kMeasures = false;
template <class Formula>
constexpr bool kMeasures<Formula, std::void_t<decltype(std::declval<Formula>().Measure(
                                      std::declval<PlainBoxes<Zero>>()))>> = true;

// Whole vectors of rows, and what is written for them.
struct BoxRows {
  size_t count;  // of vectors
  const float* pred;
  const float* target;
  const float* anchors;
  const float* weight;  // or none
  float* grad;
  float* losses;  // or none
  const float* hyper;
  float scale;  // of the gradient
};

struct BoxTotals {
  DoubleSum losses;
  Areas areas;

  inline BoxTotals() {}
  inline RowSums Total() const { return {{losses.Total(), 0.0}, 0, areas.AreExtreme()}; }
};

// A loss, and the area of the union where the formula measures it.
template <class Loss>
struct BoxResult {
  Loss loss;
  Lanes united;
};
template <class Loss>
BoxResult(Loss, Lanes) -> BoxResult<Loss>;

template <bool kAnchors, Format kFormat, class Formula, class B>
FORMULA auto LossOf(const Formula& formula, const B& boxes, const float* anchors) {
  if constexpr (kAnchors) {
    const Four anchor = CentreAndSize<kFormat>(LoadFour(anchors));
    return BoxResult{formula(boxes, anchor.c, anchor.d), Lanes(1.0f)};
  } else if constexpr (kMeasures<Formula>) {
    const auto measured = formula.Measure(boxes);
    return BoxResult{measured.result, measured.united};
  } else {
    return BoxResult{formula(boxes), Lanes(1.0f)};
  }
}

// The loss of a vector of rows, the numbers of which begin at the three addresses.
template <class Formula, bool kAnchors, Format kFormat, bool kGradient>
FORMULA auto EvaluateVector(const Formula& formula, const float* pred, const float* target,
                            const float* anchors) {
  const auto boxes = ToBoxes<kFormat>(LoadFour(pred), LoadFour(target));
  if constexpr (kGradient) {
    return LossOf<kAnchors, kFormat>(formula, Seed(boxes), anchors);
  } else {
    return LossOf<kAnchors, kFormat>(formula, boxes, anchors);
  }
}

// Adds the result of a vector of rows, and stores it.
template <Format kFormat, bool kGradient, class Result, class WeightsType>
inline void AddBoxes(const Result& result, const WeightsType& weights, const BoxRows& rows,
                     Lanes scale, BoxTotals& totals) {
  const Lanes loss = weights(Lanes(Value(result.loss)));
  totals.areas.Note(weights.OrElse(result.united, 1.0f));
  totals.losses.Add(loss);
  if (rows.losses != nullptr) Store(ToRows(loss), rows.losses);
  // A row whose loss is NaN has no derivative by any of its numbers.
  if constexpr (kGradient) {
    StoreFour(GradientOf<kFormat>(result.loss, weights * UnlessNaN(loss, scale)), rows.grad);
  }
}

// A formula is a long chain of operations that wait for one another, longer than a processor looks
// ahead. Of two vectors it finds some that need not wait, where there are registers for both; but
// roots and quotients wait for the one divider (formulas/yolo.h).
template <class Formula, class = void>
constexpr bool kDivides = false;
template <class Formula>
constexpr bool kDivides<Formula, std::void_t<decltype(Formula::kDivides)>> = Formula::kDivides;
template <class Formula, bool kGradient>
constexpr bool kInPairs = !kDivides<Formula> && hn::MaxLanes(FloatTag()) >= (kGradient ? 16 : 8);

// Moves on by a number of rows. What arrays there are is known to the compiler, which keeps their
// addresses in registers.
template <bool kAnchors, bool kGradient>
inline void Advance(BoxRows& rows, size_t count) {
  rows.pred += 4 * count;
  rows.target += 4 * count;
  if (kAnchors) rows.anchors += 4 * count;
  if (kGradient) rows.grad += 4 * count;
}

template <bool kAnchors, bool kGradient>
inline void Prefetch(const BoxRows& rows, size_t count) {
  PrefetchAhead(rows.pred, 4 * count);
  PrefetchAhead(rows.target, 4 * count);
  if (kAnchors) PrefetchAhead(rows.anchors, 4 * count);
  if (kGradient) PrefetchAhead(rows.grad, 4 * count);
}

// Evaluates a loss over the whole pairs of vectors of rows that all count alike, and of whose
// losses only the sum is wanted: the loop in which most time is spent.
template <class Formula, bool kAnchors, Format kFormat, bool kGradient>
HWY_NOINLINE void EvaluatePairs(const BoxRows& all, BoxTotals& sums) {
  const size_t lanes = hn::Lanes(FloatTag());
  const Formula formula = Parametrize<Formula>(all.hyper);
  const Lanes scale(all.scale);
  const bool prefetch = PrefetchPays();
  BoxRows rows = all;
  BoxTotals totals;
  for (; rows.count >= 2; rows.count -= 2) {
    rows.losses = nullptr;
    BoxRows next = rows;
    Advance<kAnchors, kGradient>(next, lanes);
    const auto result = EvaluateVector<Formula, kAnchors, kFormat, kGradient>(
        formula, rows.pred, rows.target, rows.anchors);
    const auto next_result = EvaluateVector<Formula, kAnchors, kFormat, kGradient>(
        formula, next.pred, next.target, next.anchors);
    AddBoxes<kFormat, kGradient>(result, EqualWeights{1.0f}, rows, scale, totals);
    AddBoxes<kFormat, kGradient>(next_result, EqualWeights{1.0f}, next, scale, totals);
    if (prefetch) Prefetch<kAnchors, kGradient>(rows, 2 * lanes);
    Advance<kAnchors, kGradient>(rows, 2 * lanes);
  }
  sums = totals;
}

// Evaluates a loss over vectors of rows.
template <class Formula, bool kAnchors, Format kFormat, bool kGradient>
HWY_NOINLINE RowSums EvaluateBoxes(const BoxRows& all) {
  const size_t lanes = hn::Lanes(FloatTag());
  const Formula formula = Parametrize<Formula>(all.hyper);
  const Lanes scale(all.scale);
  const bool weighted = all.weight != nullptr;
  // Rows of weight 0 are passed over faster than a processor by itself would fetch what follows.
  const bool prefetch = weighted || PrefetchPays();
  BoxRows rows = all;
  BoxTotals totals;
  if constexpr (kInPairs<Formula, kGradient>) {
    if (rows.count > 1 && !weighted && rows.losses == nullptr) {
      BoxTotals of_pairs;
      EvaluatePairs<Formula, kAnchors, kFormat, kGradient>(all, of_pairs);
      totals = of_pairs;
      Advance<kAnchors, kGradient>(rows, (rows.count - rows.count % 2) * lanes);
      rows.count %= 2;
    }
  }
  for (; rows.count != 0; --rows.count) {
    if (prefetch) Prefetch<kAnchors, kGradient>(rows, lanes);
    if (weighted && Weights::Of(Load(rows.weight)).IgnoreAll()) {
      if (rows.losses != nullptr) Store(0.0f, rows.losses);
      if (kGradient) std::fill_n(rows.grad, 4 * lanes, 0.0f);
    } else {
      const auto result = EvaluateVector<Formula, kAnchors, kFormat, kGradient>(
          formula, rows.pred, rows.target, rows.anchors);
      if (weighted) {
        const Weights weights = Weights::Of(LoadRows<4>(rows.weight));
        AddBoxes<kFormat, kGradient>(result, weights, rows, scale, totals);
      } else {
        AddBoxes<kFormat, kGradient>(result, EqualWeights{1.0f}, rows, scale, totals);
      }
    }
    if (weighted) rows.weight += lanes;
    if (rows.losses != nullptr) rows.losses += lanes;
    Advance<kAnchors, kGradient>(rows, lanes);
  }
  return totals.Total();
}

using BoxEvaluator = RowSums (*)(const BoxRows& rows);

// The sum of rows [begin, end) of a call, in loops/boxes.cc.
RowSums SumBoxes(BoxEvaluator evaluate, const Rows& rows, size_t begin, size_t end, float scale);

// The evaluators of a loss by format.
template <class Formula, bool kAnchors, bool kGradient>
inline BoxEvaluator EvaluatorOf(Format format) {
  static constexpr BoxEvaluator kEvaluators[] = {
      &EvaluateBoxes<Formula, kAnchors, Format::kYxhw, kGradient>,
      &EvaluateBoxes<Formula, kAnchors, Format::kCxcywh, kGradient>,
      &EvaluateBoxes<Formula, kAnchors, Format::kXyxy, kGradient>,
      &EvaluateBoxes<Formula, kAnchors, Format::kTlbr, kGradient>,
      &EvaluateBoxes<Formula, kAnchors, Format::kXywh, kGradient>};
  return kEvaluators[static_cast<size_t>(format)];
}

template <class Formula, bool kAnchors>
RowSums BoxValues(const Rows& rows, size_t begin, size_t end, const Sides&) {
  return SumBoxes(EvaluatorOf<Formula, kAnchors, false>(rows.format), rows, begin, end, 0.0f);
}
template <class Formula, bool kAnchors>
RowSums BoxGradients(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  return SumBoxes(EvaluatorOf<Formula, kAnchors, true>(rows.format), rows, begin, end,
                  static_cast<float>(scale.present));
}

// The loss of a formula of a pair of boxes, and of one that takes an anchor's sizes too.
template <class Formula>
constexpr RowLoss LossOfBoxes() {
  return {4,
          4,
          &BoxValues<Formula, false>,
          &BoxGradients<Formula, false>,
          kHyper<Formula>,
          Anchors::kNone,
          kMeasures<Formula> ? Extremes::kScale : Extremes::kNone};
}
template <class Formula>
constexpr RowLoss LossOfAnchoredBoxes() {
  return {4,
          4,
          &BoxValues<Formula, true>,
          &BoxGradients<Formula, true>,
          kHyper<Formula>,
          Anchors::kPerRow};
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
