// The classes of one row, lanes across classes.

#include "loops/rows-inl.h"

#if defined(DETLOSS_LOOPS_CLASSES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_CLASSES_INL_H_
#undef DETLOSS_LOOPS_CLASSES_INL_H_
#else
#define DETLOSS_LOOPS_CLASSES_INL_H_
#endif

#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/cross_entropy.h"

HWY_INLINE double SumAcross(Lanes lanes) {
  DoubleSum sum;
  sum.Add(lanes);
  return sum.Total();
}

// Calls `body(first, count)` for the vectors of a row's classes: the first class of each, and how
// many they are, which in whole vectors is a constant.
template <class Body>
HWY_INLINE void ForClasses(size_t classes, const Body& body) {
  const size_t lanes = hn::Lanes(FloatTag());
  size_t first = 0;
  for (; first + lanes <= classes; first += lanes) body(first, lanes);
  if (first < classes) body(first, classes - first);
}

// The targets of a row's classes: 1 for its label and 0 for the others, or K numbers.
struct ClassTargets {
  int32_t label;
  const float* numbers;  // none if there is a label
  float smoothing;

  HWY_INLINE Lanes operator()(size_t first, size_t count) const {
    const Lanes label_lane(static_cast<float>(label - static_cast<int32_t>(first)));
    const Lanes targets =
        numbers == nullptr
            ? SelectOrZero(Lanes(hn::Iota(FloatTag(), 0.0f)) == label_lane, Lanes(1.0f))
            : LoadSome(numbers + first, count);
    return smoothing == 0.0f ? targets : Smooth(targets, smoothing);
  }
};

// One row's loss; with `grad`, its gradient times `factor`.
template <class Formula, bool kGradient>
HWY_INLINE double RowOfClasses(const float* pred, size_t classes, const ClassTargets& targets,
                               float factor, float* grad) {
  const double share = Formula::kMean ? 1.0 / static_cast<double>(classes) : 1.0;
  const Lanes scale(static_cast<float>(factor * share));
  DoubleSum sum;
  ForClasses(classes, [&](size_t first, size_t count) HWY_ATTR {
    const Lanes p = LoadSome(pred + first, count);
    const Lanes t = targets(first, count);
    if constexpr (kGradient) {
      const auto loss = Formula{}(Dual{p, One{}}, t);
      sum.Add(Some(loss.value, count));
      StoreSome(loss.a * scale, count, grad + first);
    } else {
      sum.Add(Some(Formula{}(p, t), count));
    }
  });
  return sum.Total() * share;
}

// How many of the first `count` lanes are set.
HWY_INLINE size_t CountSome(Mask mask, size_t count) {
  const FloatTag d;
  const bool whole = count >= hn::Lanes(d);
  return hn::CountTrue(d, whole ? mask : hn::And(mask, hn::FirstN(d, count)));
}

// A row's softmax cross-entropy; with `grad`, its gradient times `factor`.
template <bool kGradient>
HWY_INLINE double SoftmaxRow(const float* logits, size_t classes, int32_t label, float factor,
                             float* grad) {
  // Labels were checked, but shared memory can change under the kernel.
  if (static_cast<uint32_t>(label) >= classes) return std::nan("");
  const FloatTag d;
  const float lowest = -3.40282347e38f;
  // NaN is left to the sum.
  Lanes largest(lowest);
  ForClasses(classes, [&](size_t first, size_t count) HWY_ATTR {
    largest = Greater(LoadSome(logits + first, count, lowest), largest);
  });
  const Lanes top = hn::MaxOfLanes(d, largest.v);

  Lanes rest(0.0f);
  size_t ties = 0;
  ForClasses(classes, [&](size_t first, size_t count) HWY_ATTR {
    const Lanes z = LoadSome(logits + first, count, lowest);
    const Lanes term = SoftmaxTerm(z, top);
    const Mask tie = z == top;
    rest = rest + Some(ZeroWhere(tie, term), count);
    ties += CountSome(tie, count);
    if constexpr (kGradient) StoreSome(term, count, grad + first);
  });
  const double others = SumAcross(rest) + (static_cast<double>(ties) - 1.0);
  const double largest_logit = hn::GetLane(top.v);
  const double label_logit = logits[label];

  if constexpr (kGradient) {
    const Lanes scale(static_cast<float>(factor / (1.0 + others)));
    ForClasses(classes, [&](size_t first, size_t count) HWY_ATTR {
      StoreSome(LoadSome(grad + first, count) * scale, count, grad + first);
    });
    grad[label] = static_cast<float>(-factor * SoftmaxOfOthers(largest_logit, label_logit, others));
  }
  return SoftmaxLoss(largest_logit, label_logit, others);
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
