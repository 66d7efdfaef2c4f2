// The weights of rows.

#include "loops/columns-inl.h"
#include "loops/sums-inl.h"
#include "number/lanes-inl.h"
#include "number/math-inl.h"

#if defined(DETLOSS_LOOPS_WEIGHTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_WEIGHTS_INL_H_
#undef DETLOSS_LOOPS_WEIGHTS_INL_H_
#else
#define DETLOSS_LOOPS_WEIGHTS_INL_H_
#endif

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// One number per row, in the order in which vectors of rows of kWidth numbers have their lanes, and
// back from it.
template <size_t kWidth>
inline Lanes InRowOrder(Lanes numbers) {
  return kWidth == 4 ? FromRows(numbers) : numbers;
}
template <size_t kWidth>
inline Lanes InArrayOrder(Lanes lanes) {
  return kWidth == 4 ? ToRows(lanes) : lanes;
}

template <size_t kWidth>
inline Lanes LoadRows(const float* from) {
  return InRowOrder<kWidth>(Load(from));
}

// The weights of a vector of rows.
struct Weights {
  Lanes weight;
  Mask ignored;  // weight 0: whatever the row holds, it must not reach a result

  static inline Weights Of(Lanes weight) { return {weight, weight == Lanes(0.0f)}; }
  inline bool IgnoreAll() const { return hn::AllTrue(FloatTag(), ignored); }
  // Clears the rows of weight 0. They must not decide which rows share a float32 partial sum, or
  // the others would round differently.
  inline Mask operator()(Mask rows) const { return hn::AndNot(ignored, rows); }
  // Some numbers of the rows, or another where a row does not count.
  inline Lanes OrElse(Lanes numbers, Lanes other) const { return Select(ignored, other, numbers); }
  inline Weights operator*(Lanes factor) const { return {weight * factor, ignored}; }
  inline Lanes operator()(Lanes x) const { return ZeroWhere(ignored, x * weight); }
  inline Lanes operator()(Negated minus) const { return ZeroWhere(ignored, minus.x * -weight); }
  // A logarithm that is to be multiplied by other numbers than 0 and 1 has to be taken.
  inline LogSum operator()(const LogSum& sum) const {
    const Mask simple = hn::Or(ignored, weight == Lanes(1.0f));
    if (hn::AllTrue(FloatTag(), simple)) return ZeroWhere(ignored, sum);
    return {(*this)(Lanes(sum)), 0.0f};
  }
};

// The same of rows that all count alike.
struct EqualWeights {
  Lanes weight;

  inline bool IgnoreAll() const { return false; }
  inline Mask operator()(Mask rows) const { return rows; }
  inline Lanes OrElse(Lanes numbers, Lanes) const { return numbers; }
  inline EqualWeights operator*(Lanes factor) const { return {weight * factor}; }
  inline Lanes operator()(Lanes x) const { return x * weight; }
  inline Lanes operator()(Negated minus) const { return minus.x * -weight; }
  inline LogSum operator()(const LogSum& sum) const { return sum; }
};

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
