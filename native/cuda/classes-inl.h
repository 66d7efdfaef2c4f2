// The classes of one row on the device, one after another.

#ifndef DETLOSS_CUDA_CLASSES_INL_H_
#define DETLOSS_CUDA_CLASSES_INL_H_

#include "cuda/formulas-inl.h"

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
  float smoothing;

  FORMULA Number operator[](size_t k) const {
    const Number target = numbers != nullptr                 ? numbers[k]
                          : static_cast<int64_t>(k) == label ? Number(1.0f)
                                                             : Number(0.0f);
    return smoothing == 0.0f ? target : Smooth(target, smoothing);
  }
};

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
    const auto loss = Formula{}(Variable<kGradient>(pred[k]), targets[k]);
    sum += Value(loss);
    if constexpr (kGradient) slopes[k] = loss.a * scale;
  }
  if (kGradient && sum != sum) FillNaN(classes, slopes);
  return sum * share;
}

// A row's softmax cross-entropy; with kGradient, its gradient times `factor`.
template <bool kGradient>
FORMULA double SoftmaxRow(const Numbers& logits, size_t classes, int32_t label, float factor,
                          const Slopes& slopes) {
  Number top = -std::numeric_limits<float>::max();
  for (size_t k = 0; k < classes; ++k) top = Max(top, logits[k]);
  // One of the largest is not in the rest, whose other terms may be far below 1.
  double others = 0.0;
  double ties = -1.0;
  for (size_t k = 0; k < classes; ++k) {
    const bool tie = logits[k] == top;
    (tie ? ties : others) += tie ? Number(1.0f) : SoftmaxTerm(logits[k], top);
  }
  const double rest = others + ties;
  const double own = logits[label];
  const SoftmaxParts parts = {top, own, rest};
  const double loss = SoftmaxLoss(parts);
  if constexpr (kGradient) {
    const auto scale = static_cast<float>(factor / (1.0 + rest));
    for (size_t k = 0; k < classes; ++k) slopes[k] = SoftmaxTerm(logits[k], top) * scale;
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
