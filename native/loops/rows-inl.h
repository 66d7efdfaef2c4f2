// The loop over rows for one instruction set: whole vectors of rows, a last one of fewer, and the
// float64 sum.

#include "loops/rows.h"
#include "loops/slice-inl.h"
#include "loops/stand_ins.h"

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

// Asks for what will be read some microseconds from now. Addresses past the end do no harm.
inline void PrefetchAhead(const float* from, size_t count) {
  constexpr size_t kAhead = 4096 / sizeof(float);
  constexpr size_t kLine = 64 / sizeof(float);
  for (size_t i = 0; i < count; i += kLine) hwy::Prefetch(from + kAhead + i);
}

template <class Pass>
inline void PrefetchRows(const Slice& slice, size_t rows) {
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
inline void Advance(Slice& slice, size_t rows) {
  slice.pred += rows * Pass::kWidth;
  slice.target += rows * Pass::kTargetWidth;
  if (Pass::kTakesAnchors) slice.anchors += rows * Pass::kWidth;
  if (std::is_same_v<WeightsType, Weights>) slice.weight += rows;
  if (Pass::kGradient) slice.grad += rows * Pass::kWidth;
  if (kHasLosses<Pass> && slice.losses != nullptr) slice.losses += rows;
}

// Whether an area may have left the range of floats. NaN has not.
class Areas {
 public:
  inline Areas() : least_(1.0f), most_(1.0f) {}

  inline void Note(Lanes area) {
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

// The sums of the rows of either side, as Sides has them.
template <class Pass>
struct Totals {
  TotalOf<ValueOf<Pass>> present;
  TotalOf<ValueOf<Pass>> absent;
  size_t with_object = 0;

  inline Totals() {}

  inline RowSums Total() { return {{present.Total(), absent.Total()}, with_object}; }
};

// What derivatives are multiplied by in the rows of either side.
struct Scales {
  Lanes present;
  Lanes absent;

  explicit inline Scales(const Sides& scales)
      : present(static_cast<float>(scales.present)), absent(static_cast<float>(scales.absent)) {}
};

// Adds what a pass has evaluated of a vector of rows, and stores it.
template <class Pass, class SliceType, class Result, class WeightsType>
inline void AddResult(const Pass& pass, const SliceType& rows, const Result& result,
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
inline RowSums SumLast(const Pass& pass, const LastRows& rows, size_t first, const Sides& scales) {
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

#include "number/hyper.h"

// A pass with the logarithm of each row's LogSum taken, as its own loss needs it.
template <class Pass>
struct WithLogs : Pass {
  explicit inline WithLogs(const Rows& rows) : Pass(rows) {}
  template <class SliceType>
  inline auto Evaluate(const SliceType& slice, size_t row) const {
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
