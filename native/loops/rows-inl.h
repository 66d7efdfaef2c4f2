// The loop over rows for one instruction set: whole vectors of rows, a last one of fewer, weights,
// and the float64 sum.

#include "loops/four-inl.h"
#include "loops/rows.h"
#include "loops/sums-inl.h"
#include "number/lanes-inl.h"
#include "number/math-inl.h"

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

#include "formulas/axis.h"

// Two numbers of each of a vector of rows.
struct Pair {
  Lanes a, b;
};

HWY_INLINE Pair LoadPair(const float* from) {
  Pair pair;
  hn::LoadInterleaved2(FloatTag(), from, pair.a.v, pair.b.v);
  return pair;
}
HWY_INLINE void StorePair(const Pair& pair, float* to) {
  hn::StoreInterleaved2(pair.a.v, pair.b.v, FloatTag(), to);
}

// Up to a vector of pairs; the missing ones are 0 when loaded.
HWY_INLINE Pair LoadSomePair(const float* from, size_t count) {
  HWY_ALIGN float buffer[2 * hn::MaxLanes(FloatTag())] = {};
  std::copy(from, from + 2 * count, buffer);
  return LoadPair(buffer);
}
HWY_INLINE void StoreSomePair(const Pair& pair, size_t count, float* to) {
  HWY_ALIGN float buffer[2 * hn::MaxLanes(FloatTag())];
  StorePair(pair, buffer);
  std::copy(buffer, buffer + 2 * count, to);
}

// The arrays of some rows, of which a pass reads and writes a whole vector of rows at a time.
struct Slice {
  const float* pred;
  const float* target;
  const float* anchors;
  const float* weight;
  float* grad;
  float* losses;

  // The same from `row` on.
  template <class Pass>
  HWY_INLINE Slice From(size_t row) const {
    const auto at = [row](auto* array, size_t width)
                        HWY_ATTR { return array == nullptr ? nullptr : array + row * width; };
    return {at(pred, Pass::kWidth), at(target, Pass::kTargetWidth), at(anchors, Pass::kWidth),
            at(weight, 1),          at(grad, Pass::kWidth),         at(losses, 1)};
  }

  HWY_INLINE Lanes Numbers(const float* from) const { return Load(from); }
  HWY_INLINE Pair Pairs(const float* from) const { return LoadPair(from); }
  HWY_INLINE Four Fours(const float* from) const { return LoadFour(from); }
  HWY_INLINE void Put(Lanes numbers, float* to) const { Store(numbers, to); }
  HWY_INLINE void Put(const Pair& pairs, float* to) const { StorePair(pairs, to); }
  HWY_INLINE void Put(const Four& fours, float* to) const { StoreFour(fours, to); }
};

// The same of the last rows where they do not fill a vector: the missing ones are 0 when read.
// Copies padded to a vector, which calls of a few boxes consist of, took those 25 ns longer.
struct LastRows : Slice {
  size_t count;

  HWY_INLINE Lanes Numbers(const float* from) const { return LoadSome(from, count); }
  HWY_INLINE Pair Pairs(const float* from) const { return LoadSomePair(from, count); }
  HWY_INLINE Four Fours(const float* from) const { return LoadSomeFour(from, count); }
  HWY_INLINE void Put(Lanes numbers, float* to) const { StoreSome(numbers, count, to); }
  HWY_INLINE void Put(const Pair& pairs, float* to) const { StoreSomePair(pairs, count, to); }
  HWY_INLINE void Put(const Four& fours, float* to) const { StoreSomeFour(fours, count, to); }
};

// One number per row, in the order in which vectors of rows of kWidth numbers have their lanes, and
// back from it.
template <size_t kWidth>
HWY_INLINE Lanes InRowOrder(Lanes numbers) {
  return kWidth == 4 ? FromRows(numbers) : numbers;
}
template <size_t kWidth>
HWY_INLINE Lanes InArrayOrder(Lanes lanes) {
  return kWidth == 4 ? ToRows(lanes) : lanes;
}

template <size_t kWidth>
HWY_INLINE Lanes LoadRows(const float* from) {
  return InRowOrder<kWidth>(Load(from));
}

// The weights of a vector of rows.
struct Weights {
  Lanes weight;
  Mask ignored;  // weight 0: whatever the row holds, it must not reach a result

  template <size_t kWidth>
  static HWY_INLINE Weights Of(const Slice& slice) {
    return Of(LoadRows<kWidth>(slice.weight));
  }
  // Missing rows have weight 0, which keeps them out of the result.
  template <size_t kWidth>
  static HWY_INLINE Weights Of(const LastRows& rows) {
    const bool given = rows.weight != nullptr;
    const Lanes weight = given ? rows.Numbers(rows.weight) : Some(1.0f, rows.count);
    return Of(InRowOrder<kWidth>(weight));
  }
  static HWY_INLINE Weights Of(Lanes weight) { return {weight, weight == Lanes(0.0f)}; }
  HWY_INLINE bool IgnoreAll() const { return hn::AllTrue(FloatTag(), ignored); }
  // Which of some rows count: where those fall that do not must not change how the others are
  // added.
  HWY_INLINE Mask operator()(Mask rows) const { return hn::AndNot(ignored, rows); }
  HWY_INLINE Weights operator*(Lanes factor) const { return {weight * factor, ignored}; }
  HWY_INLINE Lanes operator()(Lanes x) const { return ZeroWhere(ignored, x * weight); }
  HWY_INLINE Lanes operator()(Negated minus) const { return ZeroWhere(ignored, minus.x * -weight); }
  // A logarithm that is to be multiplied by other numbers than 0 and 1 has to be taken.
  HWY_INLINE LogSum operator()(const LogSum& sum) const {
    const Mask simple = hn::Or(ignored, weight == Lanes(1.0f));
    if (hn::AllTrue(FloatTag(), simple)) return ZeroWhere(ignored, sum);
    return {(*this)(Lanes(sum)), 0.0f};
  }
};

// The same of rows that all count alike.
struct EqualWeights {
  Lanes weight;

  template <size_t kWidth>
  static HWY_INLINE EqualWeights Of(const Slice&) {
    return {1.0f};
  }
  HWY_INLINE bool IgnoreAll() const { return false; }
  HWY_INLINE Mask operator()(Mask rows) const { return rows; }
  HWY_INLINE EqualWeights operator*(Lanes factor) const { return {weight * factor}; }
  HWY_INLINE Lanes operator()(Lanes x) const { return x * weight; }
  HWY_INLINE Lanes operator()(Negated minus) const { return minus.x * -weight; }
  HWY_INLINE LogSum operator()(const LogSum& sum) const { return sum; }
};

// Asks for what will be read some microseconds from now. Addresses past the end do no harm.
HWY_INLINE void PrefetchAhead(const float* from, size_t count) {
  constexpr size_t kAhead = 4096 / sizeof(float);
  constexpr size_t kLine = 64 / sizeof(float);
  for (size_t i = 0; i < count; i += kLine) hwy::Prefetch(from + kAhead + i);
}

template <class Pass>
HWY_INLINE void PrefetchRows(const Slice& slice, size_t rows) {
  PrefetchAhead(slice.pred, rows * Pass::kWidth);
  PrefetchAhead(slice.target, rows * Pass::kTargetWidth);
  if (Pass::kTakesAnchors) PrefetchAhead(slice.anchors, rows * Pass::kWidth);
  if (Pass::kGradient) PrefetchAhead(slice.grad, rows * Pass::kWidth);
}

// The type of a row's loss, without its derivatives.
template <class Pass>
using ValueOf = decltype(Value(std::declval<const Pass&>().Evaluate(std::declval<Slice>(), 0)));

template <class Pass>
constexpr bool kHasLosses = !std::is_same_v<ValueOf<Pass>, LogSum>;

// Goes on by so many rows.
template <class Pass, class WeightsType>
HWY_INLINE void Advance(Slice& slice, size_t rows) {
  slice.pred += rows * Pass::kWidth;
  slice.target += rows * Pass::kTargetWidth;
  if (Pass::kTakesAnchors) slice.anchors += rows * Pass::kWidth;
  if (std::is_same_v<WeightsType, Weights>) slice.weight += rows;
  if (Pass::kGradient) slice.grad += rows * Pass::kWidth;
  if (kHasLosses<Pass> && slice.losses != nullptr) slice.losses += rows;
}

// The sums of the rows of either side, as Sides has them.
template <class Pass>
struct Totals {
  TotalOf<ValueOf<Pass>> present;
  TotalOf<ValueOf<Pass>> absent;
  size_t with_object = 0;

  HWY_INLINE Totals() {}

  HWY_INLINE RowSums Total() { return {{present.Total(), absent.Total()}, with_object}; }
};

// What derivatives are multiplied by in the rows of either side.
struct Scales {
  Lanes present;
  Lanes absent;

  explicit HWY_INLINE Scales(const Sides& scales)
      : present(static_cast<float>(scales.present)), absent(static_cast<float>(scales.absent)) {}
};

// Adds what a pass has evaluated of a vector of rows, and stores it.
template <class Pass, class SliceType, class Result, class WeightsType>
HWY_INLINE void AddResult(const Pass& pass, const SliceType& rows, const Result& result,
                          const WeightsType& weights, const Scales& scales, Totals<Pass>& totals) {
  const auto loss = weights(Value(result));
  if constexpr (kHasLosses<Pass>) {
    if (rows.losses != nullptr) rows.Put(InArrayOrder<Pass::kWidth>(loss), rows.losses);
  }
  Lanes scale = scales.present;
  if constexpr (Pass::kKeepsSides) {
    const Mask with = weights(pass.WithObject(rows));
    scale = Select(with, scale, scales.absent);
    AddSides(with, loss, totals.present, totals.absent);
    if constexpr (!Pass::kGradient) totals.with_object += hn::CountTrue(FloatTag(), with);
  } else {
    totals.present.Add(loss);
  }
  // A row whose loss is NaN has no derivative by any of its numbers.
  if constexpr (Pass::kGradient) {
    rows.Put(pass.Gradient(result, weights * UnlessNaN(WithoutLog(loss), scale)), rows.grad);
  }
}

// `Pass` gives the widths of a row and of its target, evaluates the formula over the rows of a
// slice, the first of which is row number `row`, and gives the partial derivatives where there are
// any. If it keeps rows with an object and rows without apart, it tells which are which.
//
// Whole vectors of rows, the first of them number `first`: the loop in which all time is spent.
// What arrays there are is decided outside it, which keeps their addresses in registers.
//
// Two vectors at a time where a pass says so. A formula is a long chain of operations that wait for
// one another, longer than a processor looks ahead; of two, it finds some that need not wait. That
// takes a tenth off the gradient of most losses of boxes.
template <class Pass, class WeightsType>
HWY_NOINLINE RowSums SumVectors(const Pass& pass, const Slice& rows, size_t first, size_t count,
                                const Sides& side_scales) {
  constexpr size_t kWidth = Pass::kWidth;
  const size_t lanes = hn::Lanes(FloatTag());
  const Scales scales(side_scales);
  const Pass local = pass;
  // Rows of weight 0 are passed over faster than a processor by itself would fetch what follows.
  const bool prefetch = std::is_same_v<WeightsType, Weights> || PrefetchPays();
  Slice slice = rows;
  Totals<Pass> totals;
  size_t row = 0;
  if constexpr (Pass::kInPairs && std::is_same_v<WeightsType, EqualWeights>) {
    for (; rows.losses == nullptr && row + 2 * lanes <= count; row += 2 * lanes) {
      slice.losses = nullptr;
      Slice next = slice;
      Advance<Pass, WeightsType>(next, lanes);
      const auto weights = WeightsType::template Of<kWidth>(slice);
      const auto result = local.Evaluate(slice, first + row);
      const auto next_result = local.Evaluate(next, first + row + lanes);
      AddResult(local, slice, result, weights, scales, totals);
      AddResult(local, next, next_result, weights, scales, totals);
      if (prefetch) PrefetchRows<Pass>(slice, 2 * lanes);
      Advance<Pass, WeightsType>(slice, 2 * lanes);
    }
  }
  for (; row < count; row += lanes) {
    if (prefetch) PrefetchRows<Pass>(slice, lanes);
    const auto weights = WeightsType::template Of<kWidth>(slice);
    if (weights.IgnoreAll()) {
      if (kHasLosses<Pass> && slice.losses != nullptr) Store(0.0f, slice.losses);
      if (Pass::kGradient) std::fill_n(slice.grad, lanes * kWidth, 0.0f);
    } else {
      const auto result = local.Evaluate(slice, first + row);
      AddResult(local, slice, result, weights, scales, totals);
    }
    Advance<Pass, WeightsType>(slice, lanes);
  }
  return totals.Total();
}

// The last rows, fewer than a vector, the first of them number `first`.
template <class Pass>
HWY_INLINE RowSums SumLast(const Pass& pass, const LastRows& rows, size_t first,
                           const Sides& scales) {
  Totals<Pass> totals;
  const auto result = pass.Evaluate(rows, first);
  const auto weights = Weights::Of<Pass::kWidth>(rows);
  AddResult(pass, rows, result, weights, Scales(scales), totals);
  return totals.Total();
}

template <class Pass>
RowSums SumRows(const Pass& pass, const Rows& rows, size_t begin, size_t end, const Sides& scales) {
  const size_t rest = (end - begin) % hn::Lanes(FloatTag());
  const size_t whole = end - begin - rest;
  const Slice all = {rows.pred, rows.target, rows.anchors, rows.weight, rows.grad, rows.losses};
  RowSums sum;
  if (whole != 0) {
    const Slice slice = all.From<Pass>(begin);
    sum = slice.weight == nullptr
              ? SumVectors<Pass, EqualWeights>(pass, slice, begin, whole, scales)
              : SumVectors<Pass, Weights>(pass, slice, begin, whole, scales);
  }
  if (rest != 0) {
    const size_t first = begin + whole;
    const RowSums last = SumLast(pass, LastRows{all.From<Pass>(first), rest}, first, scales);
    if (whole == 0) return last;
    sum += last;
  }
  return sum;
}

// A formula with its hyperparameter, where it has one.
template <class Formula>
HWY_INLINE Formula Parametrize(float parameter) {
  if constexpr (std::is_empty_v<Formula>) {
    return Formula{};
  } else {
    return Formula{Lanes(parameter)};
  }
}

// A pass with the logarithm of each row's LogSum taken, as its own loss needs it.
template <class Pass>
struct WithLogs : Pass {
  explicit HWY_INLINE WithLogs(const Rows& rows) : Pass(rows) {}
  template <class SliceType>
  HWY_INLINE auto Evaluate(const SliceType& slice, size_t row) const {
    return TakeLog(Pass::Evaluate(slice, row));
  }
};

template <class Pass>
RowSums Kernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  if constexpr (std::is_same_v<ValueOf<Pass>, LogSum>) {
    if (rows.losses != nullptr) {
      return SumRows(WithLogs<Pass>(rows), rows, begin, end, scale);
    }
  }
  return SumRows(Pass(rows), rows, begin, end, scale);
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
