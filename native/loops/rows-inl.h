// The loop over rows for one instruction set: whole vectors of rows, a padded last one, weights,
// and the float64 sum.

#include "loops/four-inl.h"
#include "loops/rows.h"
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

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "number/dual.h"
#include "formulas/axis.h"

// A sum of many vectors in float64.
class DoubleSum {
 public:
  HWY_INLINE DoubleSum() : low_(hn::Zero(DoubleTag())), high_(hn::Zero(DoubleTag())) {}

  HWY_INLINE void Add(Lanes lanes) {
#if HWY_TARGET == HWY_SCALAR
    low_ = hn::Add(low_, hn::PromoteTo(DoubleTag(), lanes.v));
#else
    const HalfTag half;
    low_ = hn::Add(low_, hn::PromoteTo(DoubleTag(), hn::LowerHalf(half, lanes.v)));
    high_ = hn::Add(high_, hn::PromoteTo(DoubleTag(), hn::UpperHalf(half, lanes.v)));
#endif
  }

  HWY_INLINE double Total() const {
    return hn::GetLane(hn::SumOfLanes(DoubleTag(), hn::Add(low_, high_)));
  }

 private:
  using DoubleTag = hn::ScalableTag<double>;
#if HWY_TARGET != HWY_SCALAR
  using HalfTag = hn::Half<FloatTag>;
#endif
  hn::Vec<DoubleTag> low_;
  hn::Vec<DoubleTag> high_;
};

// The arrays of one vector of rows.
struct Slice {
  const float* pred;
  const float* target;
  const float* anchors;
  const float* weight;
  float* grad;
  float* losses;
};

// The last rows where they do not fill a vector, in buffers that do: lanes past the end have
// weight 0, which keeps them out of the result.
template <size_t kWidth, size_t kTargetWidth>
class Tail {
 public:
  HWY_INLINE Slice Read(const Rows& rows, const Slice& from, size_t count) {
    Copy(from.pred, count * kWidth, pred_);
    Copy(from.target, count * kTargetWidth, target_);
    if (from.anchors != nullptr) Copy(from.anchors, count * kWidth, anchors_);
    std::fill(weight_, weight_ + kLanes, 0.0f);
    for (size_t row = 0; row < count; ++row) weight_[row] = rows.weight ? from.weight[row] : 1.0f;
    return {pred_,
            target_,
            anchors_,
            weight_,
            from.grad != nullptr ? grad_ : nullptr,
            from.losses != nullptr ? losses_ : nullptr};
  }

  HWY_INLINE void Write(const Slice& to, size_t count) const {
    if (to.grad != nullptr) std::copy(grad_, grad_ + count * kWidth, to.grad);
    if (to.losses != nullptr) std::copy(losses_, losses_ + count, to.losses);
  }

 private:
  static constexpr size_t kLanes = hn::MaxLanes(FloatTag());

  static HWY_INLINE void Copy(const float* from, size_t count, float* to) {
    std::copy(from, from + count, to);
    std::fill(to + count, to + kLanes * kWidth, 0.0f);
  }

  HWY_ALIGN float pred_[kLanes * kWidth];
  HWY_ALIGN float target_[kLanes * kWidth];
  HWY_ALIGN float anchors_[kLanes * kWidth];
  HWY_ALIGN float weight_[kLanes];
  HWY_ALIGN float grad_[kLanes * kWidth];
  HWY_ALIGN float losses_[kLanes];
};

// The weights of a vector of rows.
struct Weights {
  Lanes weight;
  Mask ignored;  // weight 0: whatever the row holds, it must not reach a result

  HWY_INLINE Lanes operator()(Lanes x) const { return ZeroWhere(ignored, x * weight); }
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

// Asks for what will be read some microseconds from now: hardware prefetchers stop at the end of a
// page, where a large call would wait for the page table too. Addresses past the end do no harm.
HWY_INLINE void PrefetchAhead(const float* from, size_t count) {
  constexpr size_t kAhead = 4096 / sizeof(float);
  constexpr size_t kLine = 64 / sizeof(float);
  for (size_t i = 0; i < count; i += kLine) hwy::Prefetch(from + kAhead + i);
}

// `Pass` gives the widths of a row and of its target, evaluates the formula over the rows of a
// slice, the first of which is row number `row`, and stores the partial derivatives where there are
// any. If it keeps rows with an object and rows without apart, it tells which are which.
template <class Pass>
HWY_INLINE Sides SumRows(const Pass& pass, const Rows& rows, size_t begin, size_t end,
                         const Sides& scales) {
  constexpr size_t kWidth = Pass::kWidth;
  constexpr size_t kTargetWidth = Pass::kTargetWidth;
  const size_t lanes = hn::Lanes(FloatTag());
  Tail<kWidth, kTargetWidth> tail;
  DoubleSum present;
  DoubleSum absent;
  for (size_t row = begin; row < end; row += lanes) {
    const auto at = [row](auto* array, size_t width)
                        HWY_ATTR { return array == nullptr ? nullptr : array + row * width; };
    const Slice direct = {at(rows.pred, kWidth),    at(rows.target, kTargetWidth),
                          at(rows.anchors, kWidth), at(rows.weight, 1),
                          at(rows.grad, kWidth),    at(rows.losses, 1)};
    PrefetchAhead(direct.pred, lanes * kWidth);
    PrefetchAhead(direct.target, lanes * kTargetWidth);
    if (direct.grad != nullptr) PrefetchAhead(direct.grad, lanes * kWidth);
    const bool partial = end - row < lanes;
    const Slice slice = HWY_UNLIKELY(partial) ? tail.Read(rows, direct, end - row) : direct;

    const Lanes weight = slice.weight == nullptr ? Lanes(1.0f) : LoadRows<kWidth>(slice.weight);
    const Mask ignored = weight == Lanes(0.0f);
    if (slice.weight != nullptr && hn::AllTrue(FloatTag(), ignored)) {
      if (slice.losses != nullptr) Store(0.0f, slice.losses);
      if (slice.grad != nullptr) std::fill_n(slice.grad, lanes * kWidth, 0.0f);
    } else {
      const auto result = pass.Evaluate(slice, row);
      const Lanes loss =
          slice.weight == nullptr ? Value(result) : Weights{weight, ignored}(Value(result));
      if (slice.losses != nullptr) StoreRows<kWidth>(loss, slice.losses);
      Lanes scale(static_cast<float>(scales.present));
      if constexpr (Pass::kKeepsSides) {
        const Mask without = pass.WithoutObject(slice);
        scale = Select(without, Lanes(static_cast<float>(scales.absent)), scale);
        present.Add(ZeroWhere(without, loss));
        absent.Add(SelectOrZero(without, loss));
      } else {
        present.Add(loss);
      }
      // A row whose loss is NaN has no derivative by any of its numbers.
      const Lanes factor = Select(loss == loss, weight * scale, loss);
      pass.StoreGradient(result, Weights{factor, ignored}, slice.grad);
    }
    if (HWY_UNLIKELY(partial)) tail.Write(direct, end - row);
  }
  return {present.Total(), absent.Total()};
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

template <class Pass>
Sides Kernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  return SumRows(Pass(rows), rows, begin, end, scale);
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
