// The reduced losses over rows of classes.

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

}  // namespace
}  // namespace cuda

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
