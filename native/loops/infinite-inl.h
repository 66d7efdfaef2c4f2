// Infinite logits among those of a whole detector: see loops/extremes.h for those of losses over
// rows.

#include "loops/classes-inl.h"
#include "loops/stand_ins.h"

#if defined(DETLOSS_LOOPS_INFINITE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_INFINITE_INL_H_
#undef DETLOSS_LOOPS_INFINITE_INL_H_
#else
#define DETLOSS_LOOPS_INFINITE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

inline Mask AreInfinite(Lanes logits) {
  return Abs(logits) == Lanes(std::numeric_limits<float>::infinity());
}

// Logits that stand for infinite ones.
inline Lanes FiniteLogits(Lanes logits) {
  return Select(AreInfinite(logits), CopySign(kLargeLogit, logits), logits);
}

// The target of the side that a logit is not on: what it is multiplied by in its cross-entropy.
inline Lanes OtherSide(Lanes logits, Lanes target) {
  return Select(logits > Lanes(0.0f), Lanes(1.0f) - target, target);
}
inline Lanes OtherSide(Lanes logits, const Target& target) {
  return Select(logits > Lanes(0.0f), target.absent, target.present);
}

// Infinite where the logit is, unless its target is the limit; else `losses`.
template <class T>
inline Lanes InfiniteLosses(Lanes logits, const T& target, Lanes losses) {
  const Mask infinite = AreInfinite(logits);
  if (HWY_LIKELY(hn::AllFalse(FloatTag(), infinite))) return losses;
  const Mask wrong = hn::And(infinite, OtherSide(logits, target) != Lanes(0.0f));
  return Select(wrong, std::numeric_limits<float>::infinity(), losses);
}

inline bool HasInfiniteLogit(const float* logits, size_t classes) {
  bool infinite = false;
  ForClasses(classes, [&](size_t first, size_t count) HWY_ATTR {
    infinite |= !hn::AllFalse(FloatTag(), AreInfinite(LoadSome(logits + first, count)));
  });
  return infinite;
}

// What the infinite logits of a row add to its loss: nothing, or infinity.
template <class Targets>
HWY_NOINLINE double LimitOfInfinite(const float* logits, size_t classes, const Targets& targets) {
  DoubleSum limit;
  ForClasses(classes, [&](size_t first, size_t count) HWY_ATTR {
    limit.Add(InfiniteLosses(LoadSome(logits + first, count), targets(first, count), 0.0f));
  });
  return limit.Total();
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
