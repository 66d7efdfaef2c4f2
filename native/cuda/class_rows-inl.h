// Rows of K classes on the device: a row per step of a thread.

#ifndef DETLOSS_CUDA_CLASS_ROWS_INL_H_
#define DETLOSS_CUDA_CLASS_ROWS_INL_H_

#include "cuda/classes-inl.h"
#include "cuda/launch-inl.h"
#include "loops/category.h"

namespace detloss::cuda {

// A term per class, summed or averaged over them.
template <class Formula, bool kGradient>
struct TermsPerClass {
  static FORMULA double Row(const ClassRows& rows, size_t row, float factor) {
    const size_t at = row * rows.classes;
    const ClassTargets targets = {rows.labels == nullptr ? 0 : rows.labels[row],
                                  rows.labels == nullptr ? rows.target + at : nullptr,
                                  rows.smoothing};
    return RowOfClasses<Formula, kGradient>({rows.pred + at, 1}, rows.classes, targets, factor,
                                            {rows.grad + at, 1});
  }
};

template <bool kGradient>
struct Softmax {
  static FORMULA double Row(const ClassRows& rows, size_t row, float factor) {
    const size_t at = row * rows.classes;
    return SoftmaxRow<kGradient>({rows.pred + at, 1}, rows.classes, rows.labels[row], factor,
                                 {rows.grad + at, 1});
  }
};

template <class Loss>
struct EvaluateClasses {
  ClassRows rows;
  double scale;

  FORMULA void operator()(size_t row, double& sum) const {
    const double weight = rows.weight == nullptr ? 1.0 : rows.weight[row];
    double loss = 0.0;
    if (weight != 0.0) {
      loss = weight * Loss::Row(rows, row, static_cast<float>(weight * scale));
    } else if (rows.grad != nullptr) {
      for (size_t k = 0; k < rows.classes; ++k) rows.grad[row * rows.classes + k] = 0.0f;
    }
    if (rows.losses != nullptr) rows.losses[row] = static_cast<float>(loss);
    sum += loss;
  }
};

// A ClassKernel of all rows.
template <class Loss>
double Kernel(const ClassRows& rows, size_t, size_t, double scale) {
  return SumOf<double>(rows.count, EvaluateClasses<Loss>{rows, scale});
}

template <class Formula, bool kGradient>
double TermsKernel(const ClassRows& rows, size_t begin, size_t end, double scale) {
  return Kernel<TermsPerClass<Formula, kGradient>>(rows, begin, end, scale);
}
template <bool kGradient>
double SoftmaxKernel(const ClassRows& rows, size_t begin, size_t end, double scale) {
  return Kernel<Softmax<kGradient>>(rows, begin, end, scale);
}

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_CLASS_ROWS_INL_H_
