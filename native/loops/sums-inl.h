// Sums of many vectors.

#include "number/lanes-inl.h"
#include "number/math-inl.h"

#if defined(DETLOSS_LOOPS_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_SUMS_INL_H_
#undef DETLOSS_LOOPS_SUMS_INL_H_
#else
#define DETLOSS_LOOPS_SUMS_INL_H_
#endif

#include <cmath>
#include <cstddef>
#include <type_traits>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "number/dual.h"

// A sum of many vectors in float64.
class DoubleSum {
 public:
  using Term = Lanes;

  inline DoubleSum() : low_(hn::Zero(DoubleTag())), high_(hn::Zero(DoubleTag())) {}
  explicit inline DoubleSum(Lanes lanes) : low_(Low(lanes)), high_(High(lanes)) {}

  inline void Add(Doubles numbers) { low_ = hn::Add(low_, numbers); }

  inline void Add(Lanes lanes) {
    low_ = hn::Add(low_, Low(lanes));
    high_ = hn::Add(high_, High(lanes));
  }

  inline double Total() const {
    return hn::GetLane(hn::SumOfLanes(DoubleTag(), hn::Add(low_, high_)));
  }

 private:
#if HWY_TARGET == HWY_SCALAR
  static inline Doubles Low(Lanes lanes) { return hn::PromoteTo(DoubleTag(), lanes.v); }
  static inline Doubles High(Lanes) { return hn::Zero(DoubleTag()); }
#else
  using HalfTag = hn::Half<FloatTag>;
  static inline Doubles Low(Lanes lanes) {
    return hn::PromoteTo(DoubleTag(), hn::LowerHalf(HalfTag(), lanes.v));
  }
  static inline Doubles High(Lanes lanes) {
    return hn::PromoteTo(DoubleTag(), hn::UpperHalf(HalfTag(), lanes.v));
  }
#endif

  Doubles low_;
  Doubles high_;
};

// The product of many 1 + e less 1, for e ≥ 0. One more factor makes q into q + e + q e, of which
// no term is negative: the smallest e keep their digits, which 1 + e would lose.
template <class V>
inline V Compound(V q, V e) {
  return hn::MulAdd(q, e, hn::Add(q, e));
}

class DoubleProduct {
 public:
  inline DoubleProduct() : less_one_(hn::Zero(DoubleTag())), power_(less_one_) {}

  // For factors of 2^kMostPower at most.
  inline void Multiply(Doubles e) {
    less_one_ = Compound(less_one_, e);
    if (HWY_UNLIKELY(++factors_ == 1000 / kMostPower)) TakePower();
  }

  // The logarithm of the product.
  inline double Log() {
    TakePower();
    const DoubleTag d;
    HWY_ALIGN double lanes[hn::MaxLanes(d)];
    hn::Store(less_one_, d, lanes);
    double less_one = 0.0;
    for (size_t i = 0; i < hn::Lanes(d); ++i) less_one += lanes[i] + less_one * lanes[i];
    return std::log1p(less_one) + hn::GetLane(hn::SumOfLanes(d, power_)) * 0.69314718055994531;
  }

  static constexpr size_t kMostPower = 16;

 private:
  // A product of 2 or more, which might overflow, becomes one below 2 times a power of 2.
  inline void TakePower() {
    const DoubleTag d;
    const hn::RebindToUnsigned<DoubleTag> du;
    const auto one = hn::Set(d, 1.0);
    const auto bits = hn::BitCast(du, hn::Add(less_one_, one));
    // The exponent as the last bits of 2^52, which is how a whole number becomes a float64.
    const auto shifted = hn::Or(hn::ShiftRight<52>(bits), hn::Set(du, 0x4330000000000000u));
    const auto power = hn::Sub(hn::BitCast(d, shifted), hn::Set(d, 4503599627370496.0 + 1023.0));
    const auto mantissa = hn::And(bits, hn::Set(du, 0x000FFFFFFFFFFFFFu));
    const auto rest = hn::BitCast(d, hn::Or(mantissa, hn::BitCast(du, one)));
    const auto large = hn::Ge(less_one_, one);
    power_ = hn::Add(power_, hn::IfThenElseZero(large, power));
    less_one_ = hn::IfThenElse(large, hn::Sub(rest, one), less_one_);
    factors_ = 0;
  }

  Doubles less_one_;
  Doubles power_;  // of 2, in each lane
  size_t factors_ = 0;
};

// Σ (x + ln(1 + e)) = Σ x + ln Π (1 + e): one logarithm for all of them. So many vectors at a time
// are taken together in float32 first, since widening them costs more than adding them.
class LogSumTotal {
 public:
  using Term = LogSum;

  inline LogSumTotal() {}

  inline void Add(const LogSum& sum) {
    some_ = With(sum);
    if (HWY_UNLIKELY(++count_ % kTogether == 0)) Widen();
  }
  inline void AddWhere(Mask mask, const LogSum& sum) {
    const LogSum with = With(sum);
    some_ = {Select(mask, with.x, some_.x), Select(mask, with.e, some_.e)};
    if (HWY_UNLIKELY(++count_ % kTogether == 0)) Widen();
  }

  inline double Total() {
    if (count_ == 0) return 0.0;
    Widen();
    return x_.Total() + product_.Log();
  }

 private:
  static constexpr size_t kTogether = 8;

  inline LogSum With(const LogSum& sum) const {
    return {some_.x + sum.x, Compound(some_.e.v, sum.e.v)};
  }

  inline void Widen() {
    const DoubleTag d;
#if HWY_TARGET == HWY_SCALAR
    x_.Add(hn::PromoteTo(d, some_.x.v));
    product_.Multiply(hn::PromoteTo(d, some_.e.v));
#else
    static_assert(DoubleProduct::kMostPower == 2 * kTogether);
    const hn::Half<FloatTag> half;
    const auto low = hn::LowerHalf(half, some_.e.v);
    const auto high = hn::UpperHalf(half, some_.e.v);
    x_.Add(
        hn::PromoteTo(d, hn::Add(hn::LowerHalf(half, some_.x.v), hn::UpperHalf(half, some_.x.v))));
    product_.Multiply(hn::PromoteTo(d, Compound(low, high)));
#endif
    some_ = {0.0f, 0.0f};
  }

  LogSum some_ = {0.0f, 0.0f};
  size_t count_ = 0;
  DoubleSum x_;
  DoubleProduct product_;
};

inline LogSum ZeroWhere(Mask mask, const LogSum& sum) {
  return {ZeroWhere(mask, sum.x), ZeroWhere(mask, sum.e)};
}

// The sum of rows' losses of a type, and those of the rows with an object and without.
template <class Loss>
using TotalOf = std::conditional_t<std::is_same_v<Loss, LogSum>, LogSumTotal, DoubleSum>;

inline void AddSides(Mask with, Lanes loss, DoubleSum& present, DoubleSum& absent) {
  present.Add(SelectOrZero(with, loss));
  absent.Add(ZeroWhere(with, loss));
}
// Most vectors hold no object.
inline void AddSides(Mask with, const LogSum& loss, LogSumTotal& present, LogSumTotal& absent) {
  if (hn::AllFalse(FloatTag(), with)) {
    absent.Add(loss);
  } else {
    present.AddWhere(with, loss);
    absent.AddWhere(hn::Not(with), loss);
  }
}

// Whether a number is NaN can be told without its logarithm.
inline Lanes WithoutLog(Lanes number) { return number; }
inline Lanes WithoutLog(const LogSum& sum) { return sum.x; }

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
