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
#include <type_traits>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/cross_entropy.h"

// Calls `body(first, count)` for the vectors of a row's classes: the first class of each, and how
// many they are, which in whole vectors is a constant.
template <class Body>
FORMULA void ForClasses(size_t classes, const Body& body) {
  const size_t lanes = hn::Lanes(FloatTag());
  size_t first = 0;
  for (; first + lanes <= classes; first += lanes) body(first, lanes);
  if (first < classes) body(first, classes - first);
}

// Which of some classes is the label.
FORMULA Mask IsLabel(int32_t label, size_t first) {
  const hn::RebindToSigned<FloatTag> di;
  const auto lane = hn::Set(di, label - static_cast<int32_t>(first));
  return hn::RebindMask(FloatTag(), hn::Eq(hn::Iota(di, 0), lane));
}

// Rows' labels as targets: of a row's classes 1 for its label and 0 for the others.
class LabelTargets {
 public:
  explicit inline LabelTargets(const int32_t* labels) : labels_(labels) {}

  // Those of a row, as a function of the first of some classes and their number.
  FORMULA auto Of(size_t row) const {
    return [label = labels_[row]](size_t first, size_t)
               HWY_ATTR { return HardTarget{SelectOrZero(IsLabel(label, first), 1.0f)}; };
  }

 private:
  const int32_t* labels_;
};

// The same with label smoothing.
class SmoothedLabels {
 public:
  inline SmoothedLabels(const int32_t* labels, double smoothing)
      : labels_(labels), smoothing_(smoothing) {}

  FORMULA auto Of(size_t row) const {
    return [label = labels_[row], this](size_t first, size_t)
               HWY_ATTR { return smoothing_.Of(IsLabel(label, first)); };
  }

 private:
  const int32_t* labels_;
  Smoothing smoothing_;
};

// A target for every class.
class ClassTargets {
 public:
  inline ClassTargets(const float* targets, size_t classes)
      : targets_(targets), classes_(classes) {}

  FORMULA auto Of(size_t row) const {
    return [targets = targets_ + row * classes_](size_t first, size_t count)
               HWY_ATTR { return LoadSome(targets + first, count); };
  }

 private:
  const float* targets_;
  size_t classes_;
};

class SmoothedTargets {
 public:
  inline SmoothedTargets(const float* targets, size_t classes, double smoothing)
      : targets_(targets, classes), smoothing_(smoothing) {}

  FORMULA auto Of(size_t row) const {
    return [targets = targets_.Of(row), this](size_t first, size_t count)
               HWY_ATTR { return smoothing_.Of(targets(first, count)); };
  }

 private:
  ClassTargets targets_;
  Smoothing smoothing_;
};

// Calls `body` with the targets of a formula's rows: labels, or numbers where there are none. Label
// smoothing is for the formulas that take a Target.
template <class Formula, class Body>
inline auto WithTargets(const int32_t* labels, const float* targets, size_t classes,
                        double smoothing, const Body& body) {
  if constexpr (std::is_invocable_v<Formula, Lanes, Target>) {
    if (smoothing != 0.0) {
      return labels != nullptr ? body(SmoothedLabels(labels, smoothing))
                               : body(SmoothedTargets(targets, classes, smoothing));
    }
  }
  return labels != nullptr ? body(LabelTargets(labels)) : body(ClassTargets(targets, classes));
}

// What a row's loss is of the sum of its classes'.
template <class Formula>
inline double ShareOf(size_t classes) {
  return Formula::kMean ? 1.0 / static_cast<double>(classes) : 1.0;
}

inline LogSum Some(const LogSum& sum, size_t count) {
  return {Some(sum.x, count), Some(sum.e, count)};
}

// Adds the terms of a row's classes to `total`; with `grad`, writes their gradient times `factor`.
template <bool kGradient, class Formula, class Targets, class Total>
FORMULA void AddClasses(const Formula& formula, const float* pred, size_t classes,
                        const Targets& targets, float factor, float* grad, Total& total) {
  const Lanes scale(factor);
  Lanes sign(0.0f);
  ForClasses(classes, [&](size_t first, size_t count) HWY_ATTR {
    const Lanes p = Once(LoadSome(pred + first, count));
    const auto t = targets(first, count);
    if constexpr (kGradient) {
      const auto loss = formula(Dual{p, One{}}, t);
      const typename Total::Term term = Some(Value(loss), count);
      total.Add(term);
      sign = sign + WithoutLog(term);
      StoreSome(loss.a * scale, count, grad + first);
    } else {
      const typename Total::Term term = Some(formula(p, t), count);
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
  inline void Add(double x, double r) {
    x_ += x;
    less_one_ = Compound(less_one_, r);
    // The next factor is at most the number of classes.
    if (HWY_UNLIKELY(less_one_ > 1e200)) {
      x_ += std::log(less_one_);
      less_one_ = 0.0;
    }
  }
  inline double Total() const { return x_ + std::log1p(less_one_); }

 private:
  static inline double Compound(double q, double r) { return q + r + q * r; }

  double x_ = 0.0;
  double less_one_ = 0.0;
};

// Past the end of a row's classes: a logit that is no class's, never the largest, and whose term of
// a softmax is 0.
constexpr float kNoLogit = -std::numeric_limits<float>::infinity();

// The largest of a row's logits; NaN is left to the sum.
FORMULA float LargestLogit(const float* logits, size_t classes) {
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

// The terms of a row's softmax but for the largest logit's: their sum, and how many logits are as
// large. With `grad`, writes all of them.
struct SoftmaxRest {
  double sum;
  size_t ties;
};
template <bool kGradient, class Term>
FORMULA SoftmaxRest SumSoftmax(const float* logits, size_t classes, float largest, float* grad,
                               const Term& term_of) {
  const FloatTag d;
  const size_t lanes = hn::Lanes(d);
  const size_t whole = classes - classes % lanes;
  const Lanes top(largest);
  Lanes rest(0.0f);
  size_t ties = 0;
  for (size_t first = 0; first < whole; first += lanes) {
    const Lanes z = Once(Load(logits + first));
    const Lanes term = term_of(z, top);
    const Mask tie = z == top;
    rest = rest + ZeroWhere(tie, term);
    ties += hn::CountTrue(d, tie);
    if constexpr (kGradient) Store(term, grad + first);
  }
  if (whole < classes) {
    const Lanes last = LoadSome(logits + whole, classes - whole, kNoLogit);
    const Lanes term = term_of(last, top);
    const Mask tie = last == top;
    rest = rest + ZeroWhere(tie, term);
    ties += hn::CountTrue(d, tie);
    if constexpr (kGradient) StoreSome(term, classes - whole, grad + whole);
  }
  return {DoubleSum(rest).Total(), ties};
}

// The rest of a row whose largest logit is far above all others, see kSmallRest; with `grad`,
// writes its terms but for the factor e^(m₂ − m).
struct SmallRest {
  double factor;
  double sum;
};
template <bool kGradient>
HWY_NOINLINE SmallRest SumSmallRest(const float* logits, size_t classes, float largest,
                                    float* grad) {
  const FloatTag d;
  Lanes second(-std::numeric_limits<float>::max());
  ForClasses(classes, [&](size_t first, size_t count) HWY_ATTR {
    const Lanes z = LoadSome(logits + first, count, kNoLogit);
    second = Greater(Select(z == Lanes(largest), kNoLogit, z), second);
  });
  const float below = hn::GetLane(hn::MaxOfLanes(d, second.v));
  const SoftmaxRest rest =
      SumSoftmax<kGradient>(logits, classes, below, grad, [=](Lanes z, Lanes top) HWY_ATTR {
        return ZeroWhere(z == Lanes(largest), SoftmaxTerm(z, top));
      });
  const double gap = static_cast<double>(below) - static_cast<double>(largest);
  return {std::exp(gap), rest.sum + static_cast<double>(rest.ties)};
}

// The limit for one infinite logit: no loss where it is the label's, an infinite one elsewhere.
// There is none for several, or beside NaN.
template <bool kGradient>
HWY_NOINLINE SoftmaxParts InfiniteSoftmax(const float* logits, size_t classes, int32_t label,
                                          float factor, float* grad) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const size_t top = static_cast<size_t>(std::find(logits, logits + classes, kInfinity) - logits);
  bool single = top < classes;
  for (size_t k = 0; k < classes; ++k) {
    single = single && !std::isnan(logits[k]) && (k == top || logits[k] != kInfinity);
  }
  const bool right = static_cast<size_t>(label) == top;
  if constexpr (kGradient) {
    std::fill_n(grad, classes, single ? 0.0f : std::nanf(""));
    if (single && !right) {
      grad[top] = factor;
      grad[label] = -factor;
    }
  }
  if (!single) return {std::nan(""), 0.0, 0.0};
  return {right ? 0.0 : static_cast<double>(kInfinity), 0.0, 0.0};
}

// What a row's softmax cross-entropy is made of, see the formula; with `grad`, writes its gradient
// times `factor`.
template <bool kGradient>
FORMULA SoftmaxParts SoftmaxRow(const float* logits, size_t classes, float largest, int32_t label,
                                float factor, float* grad) {
  // Labels were checked, but shared memory can change under the kernel.
  if (static_cast<uint32_t>(label) >= classes) {
    if (kGradient) std::fill_n(grad, classes, std::nanf(""));
    return {std::nan(""), 0.0, 0.0};
  }
  if (HWY_UNLIKELY(largest > std::numeric_limits<float>::max())) {
    return InfiniteSoftmax<kGradient>(logits, classes, label, factor, grad);
  }
  SoftmaxRest rest = SumSoftmax<kGradient>(logits, classes, largest, grad,
                                           [](Lanes logit, Lanes top)
                                               HWY_ATTR { return SoftmaxTerm(logit, top); });
  // Without a largest logit all of them are −∞ or NaN.
  double others = rest.ties == 0 ? std::nan("") : rest.sum + (static_cast<double>(rest.ties) - 1.0);
  double term_factor = 1.0;
  if (HWY_UNLIKELY(others < kSmallRest)) {
    const SmallRest small = SumSmallRest<kGradient>(logits, classes, largest, grad);
    term_factor = small.factor;
    others = small.factor * small.sum;
  }
  const SoftmaxParts parts = {largest, logits[label], others};

  if constexpr (kGradient) {
    const double sign = SoftmaxLinear(parts) + others;
    if (sign != sign) {
      // A row whose loss is NaN has no derivative by any of its numbers.
      std::fill_n(grad, classes, std::nanf(""));
    } else {
      const Lanes scale(static_cast<float>(factor * term_factor / (1.0 + others)));
      ForClasses(classes, [&](size_t first, size_t count) HWY_ATTR {
        StoreSome(LoadSome(grad + first, count) * scale, count, grad + first);
      });
      // Its term is not among those of a small rest. Shared memory may have changed since.
      if (others < kSmallRest) {
        const float* const top = std::find(logits, logits + classes, largest);
        const auto slope = static_cast<float>(factor / (1.0 + others));
        if (top != logits + classes) grad[top - logits] = slope;
      }
      grad[label] = static_cast<float>(-factor * SoftmaxOfOthers(parts));
    }
  }
  return parts;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
