// The classes of one row, lanes across classes.

#include "loops/rows-inl.h"

#if defined(DETLOSS_LOOPS_CLASSES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_CLASSES_INL_H_
#undef DETLOSS_LOOPS_CLASSES_INL_H_
#else
#define DETLOSS_LOOPS_CLASSES_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/cross_entropy.h"

// Calls `body(first, count)` for the vectors of a row's classes: the first class of each, and how
// many they are, which in whole vectors is a constant.
template <class Body>
HWY_INLINE void ForClasses(size_t classes, const Body& body) {
  const size_t lanes = hn::Lanes(FloatTag());
  size_t first = 0;
  for (; first + lanes <= classes; first += lanes) body(first, lanes);
  if (first < classes) body(first, classes - first);
}

// Rows' labels as targets: of a row's classes 1 for its label and 0 for the others.
class LabelTargets {
 public:
  HWY_INLINE LabelTargets(const int32_t* labels, float smoothing)
      : labels_(labels), label_(Smooth(1.0f, smoothing)), other_(Smooth(0.0f, smoothing)) {}

  // Those of a row, as a function of the first of some classes and their number.
  HWY_INLINE auto Of(size_t row) const {
    return [label = labels_[row], this](size_t first, size_t) HWY_ATTR {
      const hn::RebindToSigned<FloatTag> di;
      const auto lane = hn::Set(di, label - static_cast<int32_t>(first));
      const Mask is_label = hn::RebindMask(FloatTag(), hn::Eq(hn::Iota(di, 0), lane));
      return Select(is_label, label_, other_);
    };
  }

 private:
  const int32_t* labels_;
  Lanes label_;
  Lanes other_;
};

// The same where every class has its own target.
class ClassTargets {
 public:
  HWY_INLINE ClassTargets(const float* targets, size_t classes, float smoothing)
      : targets_(targets), classes_(classes), smoothing_(smoothing) {}

  HWY_INLINE auto Of(size_t row) const {
    return [targets = targets_ + row * classes_, this](size_t first, size_t count)
               HWY_ATTR { return Smooth(LoadSome(targets + first, count), smoothing_); };
  }

 private:
  const float* targets_;
  size_t classes_;
  Lanes smoothing_;
};

// What a row's loss is of the sum of its classes'.
template <class Formula>
HWY_INLINE double ShareOf(size_t classes) {
  return Formula::kMean ? 1.0 / static_cast<double>(classes) : 1.0;
}

HWY_INLINE LogSum Some(const LogSum& sum, size_t count) {
  return {Some(sum.x, count), Some(sum.e, count)};
}

// Adds the terms of a row's classes to `total`; with `grad`, writes their gradient times `factor`.
template <class Formula, bool kGradient, class Targets, class Total>
HWY_INLINE void AddClasses(const float* pred, size_t classes, const Targets& targets, float factor,
                           float* grad, Total& total) {
  const Lanes scale(factor);
  Lanes sign(0.0f);
  ForClasses(classes, [&](size_t first, size_t count) HWY_ATTR {
    const Lanes p = Once(LoadSome(pred + first, count));
    const Lanes t = targets(first, count);
    if constexpr (kGradient) {
      const auto loss = Formula{}(Dual{p, One{}}, t);
      const typename Total::Term term = Some(Value(loss), count);
      total.Add(term);
      sign = sign + WithoutLog(term);
      StoreSome(loss.a * scale, count, grad + first);
    } else {
      const typename Total::Term term = Some(Formula{}(p, t), count);
      total.Add(term);
    }
  });
  // A row whose loss is NaN has no derivative by any of its numbers.
  if (kGradient && !hn::AllTrue(FloatTag(), sign == sign)) {
    std::fill_n(grad, classes, std::nanf(""));
  }
}

// A sum over rows of x + ln(1 + r), r ≥ 0, with one logarithm for all.
class RowLogSums {
 public:
  HWY_INLINE void Add(double x, double r) {
    x_ += x;
    less_one_ = Compound(less_one_, r);
    // The next factor is at most the number of classes.
    if (HWY_UNLIKELY(less_one_ > 1e200)) {
      x_ += std::log(less_one_);
      less_one_ = 0.0;
    }
  }
  HWY_INLINE double Total() const { return x_ + std::log1p(less_one_); }

 private:
  static HWY_INLINE double Compound(double q, double r) { return q + r + q * r; }

  double x_ = 0.0;
  double less_one_ = 0.0;
};

// Past the end of a row's classes: a logit that is no class's, never the largest, and whose term of
// a softmax is 0.
constexpr float kNoLogit = -std::numeric_limits<float>::infinity();

// The largest of a row's logits; NaN is left to the sum.
HWY_INLINE float LargestLogit(const float* logits, size_t classes) {
  const FloatTag d;
  const size_t lanes = hn::Lanes(d);
  Lanes largest(-3.40282347e38f);
  size_t first = 0;
  for (; first + lanes <= classes; first += lanes) {
    largest = Greater(Load(logits + first), largest);
  }
  largest = Greater(LoadSome(logits + first, classes - first, kNoLogit), largest);
  return hn::GetLane(hn::MaxOfLanes(d, largest.v));
}

// What a row's softmax cross-entropy is made of, see the formula; with `grad`, writes its gradient
// times `factor`.
template <bool kGradient>
HWY_INLINE SoftmaxParts SoftmaxRow(const float* logits, size_t classes, float largest,
                                   int32_t label, float factor, float* grad) {
  const FloatTag d;
  // Labels were checked, but shared memory can change under the kernel.
  if (static_cast<uint32_t>(label) >= classes) {
    if (kGradient) std::fill_n(grad, classes, std::nanf(""));
    return {std::nan(""), 0.0, 0.0};
  }
  const size_t lanes = hn::Lanes(d);
  const size_t whole = classes - classes % lanes;
  const Lanes top(largest);
  const Lanes last = LoadSome(logits + whole, classes - whole, kNoLogit);

  Lanes rest(0.0f);
  size_t ties = 0;
  for (size_t first = 0; first < whole; first += lanes) {
    const Lanes z = Once(Load(logits + first));
    const Lanes term = SoftmaxTerm(z, top);
    const Mask tie = z == top;
    rest = rest + ZeroWhere(tie, term);
    ties += hn::CountTrue(d, tie);
    if constexpr (kGradient) Store(term, grad + first);
  }
  if (whole < classes) {
    const Lanes term = SoftmaxTerm(last, top);
    const Mask tie = last == top;
    rest = rest + ZeroWhere(tie, term);
    ties += hn::CountTrue(d, tie);
    if constexpr (kGradient) StoreSome(term, classes - whole, grad + whole);
  }
  const double others = DoubleSum(rest).Total() + (static_cast<double>(ties) - 1.0);
  const SoftmaxParts parts = {largest, logits[label], others};

  if constexpr (kGradient) {
    const double sign = SoftmaxLinear(parts) + others;
    if (sign != sign) {
      // A row whose loss is NaN has no derivative by any of its numbers.
      std::fill_n(grad, classes, std::nanf(""));
    } else {
      const Lanes scale(static_cast<float>(factor / (1.0 + others)));
      ForClasses(classes, [&](size_t first, size_t count) HWY_ATTR {
        StoreSome(LoadSome(grad + first, count) * scale, count, grad + first);
      });
      grad[label] = static_cast<float>(-factor * SoftmaxOfOthers(parts));
    }
  }
  return parts;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
