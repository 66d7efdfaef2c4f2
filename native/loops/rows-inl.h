// The loop over rows for one instruction set: whole vectors of rows, a last one of fewer, and the
// float64 sum.

#include "loops/rows.h"
#include "loops/stand_ins.h"
#include "loops/weights-inl.h"

#if defined(DETLOSS_LOOPS_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_ROWS_INL_H_
#undef DETLOSS_LOOPS_ROWS_INL_H_
#else
#define DETLOSS_LOOPS_ROWS_INL_H_
#endif

#include <hwy/cache_control.h>

#include <algorithm>
#include <type_traits>
#include <utility>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "number/hyper.h"
#include "passes/boxes.h"

// Asks for what will be read some microseconds from now. Addresses past the end do no harm. Always
// inlined, since GCC drops calls of a function that does nothing but prefetch.
HWY_INLINE void PrefetchAhead(const float* from, size_t count) {
  constexpr size_t kAhead = 4096 / sizeof(float);
  constexpr size_t kLine = 64 / sizeof(float);
  for (size_t i = 0; i < count; i += kLine) hwy::Prefetch(from + kAhead + i);
}

// Some rows of a call, and what is written for them.
struct SomeRows {
  const Rows* call;  // has the numbers that a pass needs
  size_t first;      // the number of the first row
  size_t count;
  const float* pred;
  const float* target;
  const float* anchors;
  const float* weight;  // or none
  float* grad;
  float* losses;  // or none
  Sides scale;
};

// A place in the arrays of a call. What arrays there are is known to the compiler, which keeps
// their addresses in registers.
template <class Pass>
struct RowCursor {
  const float* pred;
  const float* target;
  const float* anchors;
  const float* weight;
  float* grad;
  float* losses;
  size_t row;

  explicit FORMULA RowCursor(const SomeRows& rows)
      : pred(rows.pred),
        target(rows.target),
        anchors(rows.anchors),
        weight(rows.weight),
        grad(rows.grad),
        losses(rows.losses),
        row(rows.first) {}

  template <size_t kWidth>
  FORMULA Columns<kWidth> Pred() const {
    return LoadColumns<kWidth>(pred);
  }
  template <size_t kWidth>
  FORMULA Columns<kWidth> Target() const {
    return LoadColumns<kWidth>(target);
  }
  template <size_t kWidth>
  FORMULA Columns<kWidth> Anchor() const {
    return LoadColumns<kWidth>(anchors);
  }
  FORMULA void PutLosses(Lanes numbers) const { Store(numbers, losses); }
  FORMULA void PutGradient(const Columns<Pass::kWidth>& columns) const {
    StoreColumns(columns, grad);
  }

  FORMULA void Advance(size_t rows) {
    pred += Pass::kWidth * rows;
    target += Pass::kTargetWidth * rows;
    if (Pass::kAnchors) anchors += Pass::kWidth * rows;
    if (Pass::kGradient) grad += Pass::kWidth * rows;
    row += rows;
  }
  FORMULA void Prefetch(size_t rows) const {
    PrefetchAhead(pred, Pass::kWidth * rows);
    PrefetchAhead(target, Pass::kTargetWidth * rows);
    if (Pass::kAnchors) PrefetchAhead(anchors, Pass::kWidth * rows);
    if (Pass::kGradient) PrefetchAhead(grad, Pass::kWidth * rows);
  }
};

// The same of up to a vector of rows: the missing ones are 0 when read.
template <class Pass>
struct PartialRows : RowCursor<Pass> {
  size_t count;

  FORMULA PartialRows(const RowCursor<Pass>& at, size_t rows) : RowCursor<Pass>(at), count(rows) {}

  template <size_t kWidth>
  FORMULA Columns<kWidth> Pred() const {
    return LoadSomeColumns<kWidth>(this->pred, count);
  }
  template <size_t kWidth>
  FORMULA Columns<kWidth> Target() const {
    return LoadSomeColumns<kWidth>(this->target, count);
  }
  template <size_t kWidth>
  FORMULA Columns<kWidth> Anchor() const {
    return LoadSomeColumns<kWidth>(this->anchors, count);
  }
  FORMULA void PutLosses(Lanes numbers) const { StoreSome(numbers, count, this->losses); }
  FORMULA void PutGradient(const Columns<Pass::kWidth>& columns) const {
    StoreSomeColumns<Pass::kWidth>(columns, count, this->grad);
  }
};

template <class Loss>
FORMULA const Loss& WithoutUnion(const Loss& loss) {
  return loss;
}
template <class Loss>
FORMULA const Loss& WithoutUnion(const WithUnion<Loss>& result) {
  return result.loss;
}

// The type of a row's loss, without its derivatives.
template <class Pass>
using ValueOf = decltype(Value(
    WithoutUnion(std::declval<const Pass&>().Evaluate(std::declval<const RowCursor<Pass>&>()))));

template <class Pass>
constexpr bool kHasLosses = !std::is_same_v<ValueOf<Pass>, LogSum>;

// Whether an area may have left the range of floats. NaN has not.
class Areas {
 public:
  inline Areas() : least_(1.0f), most_(1.0f) {}

  FORMULA void Note(Lanes area) {
    least_ = Lesser(area, least_);
    most_ = Greater(area, most_);
  }
  inline bool AreExtreme() const {
    const Mask small = least_ < Lanes(2.0f * kSmallArea);
    return !hn::AllFalse(FloatTag(), hn::Or(small, most_ > Lanes(kLargeArea)));
  }

 private:
  Lanes least_;
  Lanes most_;
};

// The sums of the rows of either side, as Sides has them, of losses of a type.
template <class Loss>
struct Totals {
  TotalOf<Loss> present;
  TotalOf<Loss> absent;
  Areas areas;
  size_t with_object = 0;

  inline Totals() {}

  inline RowSums Total() {
    return {{present.Total(), absent.Total()}, with_object, areas.AreExtreme()};
  }
};

// What derivatives are multiplied by in the rows of either side.
struct Scales {
  Lanes present;
  Lanes absent;

  explicit inline Scales(const Sides& scales)
      : present(static_cast<float>(scales.present)), absent(static_cast<float>(scales.absent)) {}
};

// Adds what a pass has evaluated of a vector of rows, and stores it.
template <class Pass, class Cursor, class Result, class WeightsType>
FORMULA void AddResult(const Pass& pass, const Cursor& at, const Result& result,
                       const WeightsType& weights, const Scales& scales,
                       Totals<ValueOf<Pass>>& totals) {
  const auto loss = weights(Value(WithoutUnion(result)));
  if constexpr (Pass::kMeasures) totals.areas.Note(weights.OrElse(result.united, 1.0f));
  if constexpr (kHasLosses<Pass>) {
    if (at.losses != nullptr) at.PutLosses(InArrayOrder<Pass::kWidth>(loss));
  }
  Lanes scale = scales.present;
  if constexpr (Pass::kSided) {
    const Mask with = weights(at.template Target<1>().a > Lanes(0.0f));
    scale = Select(with, scale, scales.absent);
    AddSides(with, loss, totals.present, totals.absent);
    if constexpr (!Pass::kGradient) totals.with_object += hn::CountTrue(FloatTag(), with);
  } else {
    totals.present.Add(loss);
  }
  // A row whose loss is NaN has no derivative by any of its numbers.
  if constexpr (Pass::kGradient) {
    at.PutGradient(
        pass.Gradient(WithoutUnion(result), weights * UnlessNaN(WithoutLog(loss), scale)));
  }
}

// How many vectors of rows are evaluated at a time. A formula is a long chain of operations that
// wait for one another, longer than a processor looks ahead. Of two vectors it finds some that need
// not wait, if there are registers for both, as AVX-512 has.
template <class Pass>
constexpr size_t kTogether =
    Pass::kInPairs && hn::MaxLanes(FloatTag()) >= (Pass::kGradient ? 16 : 8) ? 2 : 1;

// Evaluates vectors of rows that all count alike, and of whose losses only the sum is wanted: the
// loop in which most time is spent.
template <class Pass>
HWY_NOINLINE void EvaluateAlike(const SomeRows& rows, size_t groups, Totals<ValueOf<Pass>>& sums) {
  const size_t lanes = hn::Lanes(FloatTag());
  const Pass pass(*rows.call);
  const Scales scales(rows.scale);
  const bool prefetch = PrefetchPays();
  RowCursor<Pass> at(rows);
  at.losses = nullptr;
  Totals<ValueOf<Pass>> totals;
  for (; groups != 0; --groups) {
    if constexpr (kTogether<Pass> == 2) {
      RowCursor<Pass> next = at;
      next.Advance(lanes);
      const auto result = pass.Evaluate(at);
      const auto next_result = pass.Evaluate(next);
      AddResult(pass, at, result, EqualWeights{1.0f}, scales, totals);
      AddResult(pass, next, next_result, EqualWeights{1.0f}, scales, totals);
    } else {
      AddResult(pass, at, pass.Evaluate(at), EqualWeights{1.0f}, scales, totals);
    }
    if (prefetch) at.Prefetch(kTogether<Pass> * lanes);
    at.Advance(kTogether<Pass> * lanes);
  }
  sums = totals;
}

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
struct AnyPass {
  using Coordinates = CoordinatesType;
  using Ordered = typename Coordinates::Ordered;
  static constexpr size_t kWidth = Coordinates::kWidth;
  static constexpr size_t kTargetWidth = Coordinates::kTargetWidth;
  static constexpr bool kAnchors = kTakesAnchors;
  static constexpr bool kSided = false;
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

// What is left of rows of which EvaluateAlike has evaluated some.
template <class Pass>
inline SomeRows RestOf(const SomeRows& all, size_t done) {
  RowCursor<Pass> at(all);
  at.Advance(done);
  SomeRows rest = all;
  rest.first = at.row;
  rest.count -= done;
  rest.pred = at.pred;
  rest.target = at.target;
  rest.anchors = at.anchors;
  rest.grad = at.grad;
  return rest;
}

template <class Pass>
inline RowSums EvaluateRest(const SomeRows& rows, const Totals<ValueOf<Pass>>* alike) {
  if constexpr (Pass::kIsLong) {
    using Coordinates = typename Pass::Coordinates;
    using Ordered = typename Pass::template In<typename Coordinates::Ordered>;
    const Ordered pass(*rows.call);
    const AnyPass<Coordinates, Pass::kAnchors, Pass::kGradient> any = {
        Coordinates(*rows.call), &pass, &EvaluateOne<Ordered>};
    return SumRestBy(any, rows, alike);
  } else {
    return SumRest(Pass(*rows.call), rows, alike);
  }
}

// Whether only old processors are left with this instruction set: they do without the fastest
// loops, as does what is rare.
constexpr bool kIsFallback = HWY_ARCH_X86 && HWY_TARGET > HWY_AVX2;

template <class Pass>
HWY_NOINLINE RowSums EvaluateRows(const SomeRows& all) {
  if constexpr (!Pass::kIsRare && !kIsFallback) {
    const size_t together = kTogether<Pass> * hn::Lanes(FloatTag());
    const size_t groups = all.count / together;
    if (groups != 0 && all.weight == nullptr && all.losses == nullptr) {
      Totals<ValueOf<Pass>> totals;
      EvaluateAlike<Pass>(all, groups, totals);
      if (all.count == groups * together) return totals.Total();
      return EvaluateRest<Pass>(RestOf<Pass>(all, groups * together), &totals);
    }
  }
  return EvaluateRest<Pass>(all, nullptr);
}

template <class Pass>
RowSums SumRows(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  const auto from = [begin](auto* array, size_t width) {
    return array == nullptr ? nullptr : array + width * begin;
  };
  return EvaluateRows<Pass>({&rows, begin, end - begin, from(rows.pred, Pass::kWidth),
                             from(rows.target, Pass::kTargetWidth),
                             from(rows.anchors, Pass::kWidth), from(rows.weight, 1),
                             from(rows.grad, Pass::kWidth), from(rows.losses, 1), scale});
}

// A pass with the logarithm of each row's LogSum taken, as its own loss needs it.
template <class Pass>
struct WithLogs : Pass {
  explicit inline WithLogs(const Rows& rows) : Pass(rows) {}
  template <class Cursor>
  FORMULA auto Evaluate(const Cursor& at) const {
    return TakeLog(Pass::Evaluate(at));
  }
};

template <class Pass>
RowSums Kernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  if constexpr (!kHasLosses<Pass>) {
    if (rows.losses != nullptr) return SumRows<WithLogs<Pass>>(rows, begin, end, scale);
  }
  return SumRows<Pass>(rows, begin, end, scale);
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
