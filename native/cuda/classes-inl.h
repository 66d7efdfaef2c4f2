// The classes of one row on the device, one after another.

#ifndef DETLOSS_CUDA_CLASSES_INL_H_
#define DETLOSS_CUDA_CLASSES_INL_H_

#include "cuda/formulas-inl.h"
#include "loops/stand_ins.h"

namespace detloss::cuda {

// A row's numbers, `stride` apart in memory.
struct Numbers {
  const float* from;
  size_t stride;

  FORMULA Number operator[](size_t k) const { return from[k * stride]; }
};
struct Slopes {
  float* to;
  size_t stride;

  FORMULA float& operator[](size_t k) const { return to[k * stride]; }
};

// The targets of a row's classes: 1 for its label and 0 for the others, or K numbers.
struct ClassTargets {
  int32_t label;
  const float* numbers;  // none if there is a label
  double smoothing;

  FORMULA Number operator[](size_t k) const {
    return numbers != nullptr                 ? numbers[k]
           : static_cast<int64_t>(k) == label ? Number(1.0f)
                                              : Number(0.0f);
  }
};

// A formula of a class and its target, smoothed where the formula takes that.
template <class Formula, class P>
FORMULA auto EvaluateClass(const P& pred, Number target, double smoothing) {
  if constexpr (std::is_invocable_v<Formula, P, Target>) {
    if (smoothing != 0.0) return Formula{}(pred, Smoothing(smoothing).Of(target));
  }
  return Formula{}(pred, target);
}

// What an infinite logit adds to its row's loss: nothing, or infinity.
FORMULA double InfiniteLoss(Number logit, const ClassTargets& targets, size_t k) {
  const double smoothed = targets[k] * (1.0 - targets.smoothing) + 0.5 * targets.smoothing;
  return LargeLoss(logit, smoothed);
}

// A row whose loss is NaN has no derivative by any of its numbers.
FORMULA void FillNaN(size_t classes, const Slopes& slopes) {
  for (size_t k = 0; k < classes; ++k) slopes[k] = std::numeric_limits<float>::quiet_NaN();
}

// One row's loss; with kGradient, its gradient times `factor`.
template <class Formula, bool kGradient>
FORMULA double RowOfClasses(const Numbers& pred, size_t classes, const ClassTargets& targets,
                            float factor, const Slopes& slopes) {
  const double share = Formula::kMean ? 1.0 / static_cast<double>(classes) : 1.0;
  const auto scale = static_cast<float>(factor * share);
  double sum = 0.0;
  for (size_t k = 0; k < classes; ++k) {
    if constexpr (Formula::kOfLogits) {
      if (IsInfinite(pred[k])) sum += InfiniteLoss(pred[k], targets, k);
    }
    const auto loss = EvaluateClass<Formula>(
        Variable<kGradient>(Formula::kOfLogits ? FiniteLogit(pred[k]) : pred[k]), targets[k],
        targets.smoothing);
    sum += Value(loss);
    if constexpr (kGradient) slopes[k] = loss.a * scale;
  }
  if (kGradient && sum != sum) FillNaN(classes, slopes);
  return sum * share;
}

// The limit for one infinite logit: no loss where it is the label's, an infinite one elsewhere.
// There is none for several, or beside NaN.
template <bool kGradient>
FORMULA double InfiniteSoftmax(const Numbers& logits, size_t classes, int32_t label, float factor,
                               const Slopes& slopes) {
  size_t top = 0;
  size_t count = 0;
  bool numbers = true;
  for (size_t k = 0; k < classes; ++k) {
    numbers = numbers && logits[k] == logits[k];
    if (!IsInfinite(logits[k]) || logits[k] < 0) continue;
    top = k;
    ++count;
  }
  const bool single = numbers && count == 1;
  const bool right = static_cast<size_t>(label) == top;
  if constexpr (kGradient) {
    for (size_t k = 0; k < classes; ++k) slopes[k] = 0.0f;
    if (!single) FillNaN(classes, slopes);
    if (single && !right) {
      slopes[top] = factor;
      slopes[label] = -factor;
    }
  }
  if (!single) return std::numeric_limits<double>::quiet_NaN();
  return right ? 0.0 : std::numeric_limits<double>::infinity();
}

// A term in float64, for rows whose rest is small.
FORMULA double ExactTerm(Number logit, Number top) {
  return std::exp(static_cast<double>(logit) - static_cast<double>(top));
}

// A row's softmax cross-entropy; with kGradient, its gradient times `factor`.
template <bool kGradient>
FORMULA double SoftmaxRow(const Numbers& logits, size_t classes, int32_t label, float factor,
                          const Slopes& slopes) {
  Number top = -std::numeric_limits<float>::max();
  for (size_t k = 0; k < classes; ++k) top = Max(top, logits[k]);
  if (IsInfinite(top)) return InfiniteSoftmax<kGradient>(logits, classes, label, factor, slopes);
  // One of the largest is not in the rest, whose other terms may be far below 1.
  double others = 0.0;
  double ties = -1.0;
  for (size_t k = 0; k < classes; ++k) {
    const bool tie = logits[k] == top;
    (tie ? ties : others) += tie ? Number(1.0f) : SoftmaxTerm(logits[k], top);
  }
  if (ties == 0.0 && others < kSmallRest) {
    others = 0.0;
    for (size_t k = 0; k < classes; ++k) {
      if (logits[k] != top) others += ExactTerm(logits[k], top);
    }
  }
  // Without a largest logit all of them are −∞ or NaN.
  const double rest = ties < 0.0 ? std::numeric_limits<double>::quiet_NaN() : others + ties;
  const double own = logits[label];
  const SoftmaxParts parts = {top, own, rest};
  const double loss = SoftmaxLoss(parts);
  if constexpr (kGradient) {
    const double scale = factor / (1.0 + rest);
    const bool small = rest < kSmallRest;
    for (size_t k = 0; k < classes; ++k) {
      const double term = small ? ExactTerm(logits[k], top) : SoftmaxTerm(logits[k], top);
      slopes[k] = static_cast<float>(term * scale);
    }
    slopes[label] = static_cast<float>(-factor * SoftmaxOfOthers(parts));
    if (loss != loss) FillNaN(classes, slopes);
  }
  return loss;
}

// Whether a label is none of the classes.
FORMULA bool IsNoClass(int32_t label, size_t classes) {
  return label < 0 || static_cast<size_t>(label) >= classes;
}

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_CLASSES_INL_H_
