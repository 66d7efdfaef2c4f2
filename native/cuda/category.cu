// The kernels of the category terms of native/formulas/cross_entropy.h: a row of classes per step
// of a thread.

#include "loops/category.h"

#include "cuda/classes-inl.h"
#include "cuda/launch-inl.h"
#include "cuda/weights.h"

namespace detloss {
namespace cuda {
namespace {

struct CountWrong {
  ClassRows rows;

  FORMULA void operator()(size_t row, size_t& wrong) const {
    const bool evaluated = rows.weight == nullptr || rows.weight[row] != 0.0f;
    wrong += evaluated && IsNoClass(rows.labels[row], rows.classes);
  }
};

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

}  // namespace
}  // namespace cuda

#define DETLOSS_CLASS_KERNELS(NAME, FORMULA_TYPE)                                      \
  {#NAME, false, FORMULA_TYPE::kOfLogits, &Kernel<TermsPerClass<FORMULA_TYPE, false>>, \
   &Kernel<TermsPerClass<FORMULA_TYPE, true>>},

const ClassLoss* CategoryLosses() {
  using namespace cuda;
  static constexpr ClassLoss kTable[] = {
      {"fasterRcnn", true, false, &Kernel<Softmax<false>>, &Kernel<Softmax<true>>},
      DETLOSS_CATEGORY_LOSSES(DETLOSS_CLASS_KERNELS){}};
  return kTable;
}

bool HasLabels(Crew*, const ClassRows& rows) {
  return cuda::SumOf<size_t>(rows.count, cuda::CountWrong{rows}) == 0;
}

std::optional<double> Compute(Crew*, const ClassLoss& loss, const ClassRows& rows,
                              Reduction reduction) {
  if (!cuda::AreMet(rows.demands, rows.count)) return std::nullopt;
  const double divisor = cuda::MeanDivisor(rows.weight, rows.count, reduction);
  if (divisor == 0.0) {
    if (rows.grad != nullptr) cuda::FillWithZeros(rows.grad, rows.count * rows.classes);
    return 0.0;
  }
  const ClassKernel kernel = rows.grad == nullptr ? loss.value : loss.gradient;
  return kernel(rows, 0, rows.count, 1.0 / divisor) / divisor;
}

}  // namespace detloss
