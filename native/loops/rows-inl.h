// The loop over rows for one instruction set: whole vectors of rows, a padded last one, weights,
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

// The arrays of some rows.
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
};

// Copies numbers vector by vector, the first `count` of `kNumbers` where they come from or go to.
template <size_t kNumbers>
HWY_INLINE void LoadFirst(const float* from, size_t count, float* buffer) {
  for (size_t i = 0; i < kNumbers; i += hn::Lanes(FloatTag())) {
    Store(i < count ? LoadSome(from + i, count - i) : Lanes(0.0f), buffer + i);
  }
}
template <size_t kNumbers>
HWY_INLINE void StoreFirst(const float* buffer, size_t count, float* to) {
  for (size_t i = 0; i < kNumbers; i += hn::Lanes(FloatTag())) {
    if (i < count) StoreSome(Load(buffer + i), count - i, to + i);
  }
}

// The last rows where they do not fill a vector, in buffers that do: lanes past the end have
// weight 0, which keeps them out of the result.
template <class Pass>
class Tail {
 public:
  Tail(const Slice& rows, size_t count) : rows_(rows), count_(count) {
    LoadFirst<kNumbers>(rows.pred, count * Pass::kWidth, pred_);
    LoadFirst<kNumbers>(rows.target, count * Pass::kTargetWidth, target_);
    if (rows.anchors != nullptr) LoadFirst<kNumbers>(rows.anchors, count * Pass::kWidth, anchors_);
    Store(rows.weight != nullptr ? LoadSome(rows.weight, count) : Some(1.0f, count), weight_);
  }

  Slice Padded() {
    return {pred_,
            target_,
            rows_.anchors != nullptr ? anchors_ : nullptr,
            weight_,
            rows_.grad != nullptr ? grad_ : nullptr,
            rows_.losses != nullptr ? losses_ : nullptr};
  }

  // Puts the results of `Padded` where they belong.
  void Write() const {
    if (rows_.grad != nullptr) StoreFirst<kNumbers>(grad_, count_ * Pass::kWidth, rows_.grad);
    if (rows_.losses != nullptr) StoreFirst<kLanes>(losses_, count_, rows_.losses);
  }

 private:
  static constexpr size_t kLanes = hn::MaxLanes(FloatTag());
  static constexpr size_t kNumbers = kLanes * Pass::kWidth;

  const Slice rows_;
  const size_t count_;
  HWY_ALIGN float pred_[kNumbers];
  HWY_ALIGN float target_[kNumbers];
  HWY_ALIGN float anchors_[kNumbers];
  HWY_ALIGN float weight_[kLanes];
  HWY_ALIGN float grad_[kNumbers];
  HWY_ALIGN float losses_[kLanes];
};

// One number per row, in the order in which vectors of rows of kWidth numbers have their lanes.
template <size_t kWidth>
HWY_INLINE Lanes LoadRows(const float* from) {
  return kWidth == 4 ? FromRows(Load(from)) : Load(from);
}
template <size_t kWidth>
HWY_INLINE void StoreRows(Lanes lanes, float* to) {
  Store(kWidth == 4 ? ToRows(lanes) : lanes, to);
}

// The weights of a vector of rows.
struct Weights {
  Lanes weight;
  Mask ignored;  // weight 0: whatever the row holds, it must not reach a result

  template <size_t kWidth>
  static HWY_INLINE Weights Of(const float* from) {
    const Lanes weight = LoadRows<kWidth>(from);
    return {weight, weight == Lanes(0.0f)};
  }
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
  static HWY_INLINE EqualWeights Of(const float*) {
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

// Goes on by so many rows.
template <class Pass, class WeightsType>
HWY_INLINE void Advance(Slice& slice, size_t rows) {
  slice.pred += rows * Pass::kWidth;
  slice.target += rows * Pass::kTargetWidth;
  if (Pass::kTakesAnchors) slice.anchors += rows * Pass::kWidth;
  if (std::is_same_v<WeightsType, Weights>) slice.weight += rows;
  if (Pass::kGradient) slice.grad += rows * Pass::kWidth;
}

// Stores the gradient of a vector of rows with such losses, times `scale`. A row whose loss is NaN
// has no derivative by any of its numbers.
template <class Pass, class Result, class Loss, class W>
HWY_INLINE void StoreScaled(const Pass& pass, const Result& result, const Loss& loss,
                            const W& weights, Lanes scale, float* grad) {
  if constexpr (Pass::kGradient) {
    pass.StoreGradient(result, weights * UnlessNaN(WithoutLog(loss), scale), grad);
  }
}

// The type of a row's loss, without its derivatives.
template <class Pass>
using ValueOf = decltype(Value(std::declval<const Pass&>().Evaluate(std::declval<Slice>(), 0)));

// `Pass` gives the widths of a row and of its target, evaluates the formula over the rows of a
// slice, the first of which is row number `row`, and stores the partial derivatives where there are
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
                                const Sides& scales) {
  constexpr size_t kWidth = Pass::kWidth;
  constexpr bool kLosses = !std::is_same_v<ValueOf<Pass>, LogSum>;
  const size_t lanes = hn::Lanes(FloatTag());
  const Lanes present_scale(static_cast<float>(scales.present));
  const Lanes absent_scale(static_cast<float>(scales.absent));
  const Pass local = pass;
  // Rows of weight 0 are passed over faster than a processor by itself would fetch what follows.
  const bool prefetch = std::is_same_v<WeightsType, Weights> || PrefetchPays();
  Slice slice = rows;
  TotalOf<ValueOf<Pass>> present;
  TotalOf<ValueOf<Pass>> absent;
  size_t with_object = 0;
  size_t row = 0;
  if constexpr (Pass::kInPairs && std::is_same_v<WeightsType, EqualWeights>) {
    for (; slice.losses == nullptr && row + 2 * lanes <= count; row += 2 * lanes) {
      Slice next = slice;
      Advance<Pass, WeightsType>(next, lanes);
      const auto weights = WeightsType::template Of<kWidth>(nullptr);
      const auto result = local.Evaluate(slice, first + row);
      const auto next_result = local.Evaluate(next, first + row + lanes);
      const auto loss = weights(Value(result));
      const auto next_loss = weights(Value(next_result));
      present.Add(loss);
      present.Add(next_loss);
      StoreScaled(local, result, loss, weights, present_scale, slice.grad);
      StoreScaled(local, next_result, next_loss, weights, present_scale, next.grad);
      if (prefetch) PrefetchRows<Pass>(slice, 2 * lanes);
      Advance<Pass, WeightsType>(slice, 2 * lanes);
    }
  }
  for (; row < count; row += lanes) {
    if (prefetch) PrefetchRows<Pass>(slice, lanes);
    const auto weights = WeightsType::template Of<kWidth>(slice.weight);
    if (weights.IgnoreAll()) {
      if (kLosses && slice.losses != nullptr) Store(0.0f, slice.losses);
      if (Pass::kGradient) std::fill_n(slice.grad, lanes * kWidth, 0.0f);
    } else {
      const auto result = local.Evaluate(slice, first + row);
      const auto loss = weights(Value(result));
      if constexpr (kLosses) {
        if (slice.losses != nullptr) StoreRows<kWidth>(loss, slice.losses);
      }
      Lanes scale = present_scale;
      if constexpr (Pass::kKeepsSides) {
        const Mask with = weights(local.WithObject(slice));
        scale = Select(with, scale, absent_scale);
        AddSides(with, loss, present, absent);
        if constexpr (!Pass::kGradient) with_object += hn::CountTrue(FloatTag(), with);
      } else {
        present.Add(loss);
      }
      StoreScaled(local, result, loss, weights, scale, slice.grad);
    }
    Advance<Pass, WeightsType>(slice, lanes);
    if (kLosses && slice.losses != nullptr) slice.losses += lanes;
  }
  return {{present.Total(), absent.Total()}, with_object};
}

template <class Pass>
RowSums SumRows(const Pass& pass, const Rows& rows, size_t begin, size_t end, const Sides& scales) {
  const size_t rest = (end - begin) % hn::Lanes(FloatTag());
  const size_t whole = end - begin - rest;
  const Slice all = {rows.pred, rows.target, rows.anchors, rows.weight, rows.grad, rows.losses};
  const Slice slice = all.From<Pass>(begin);
  RowSums sum;
  if (whole != 0) {
    sum = slice.weight == nullptr
              ? SumVectors<Pass, EqualWeights>(pass, slice, begin, whole, scales)
              : SumVectors<Pass, Weights>(pass, slice, begin, whole, scales);
  }
  if (rest != 0) {
    Tail<Pass> tail(slice.From<Pass>(whole), rest);
    sum += SumVectors<Pass, Weights>(pass, tail.Padded(), begin + whole, rest, scales);
    tail.Write();
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
  HWY_INLINE auto Evaluate(const Slice& slice, size_t row) const {
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
