#include "loops/rows.h"

#include <algorithm>

namespace detloss {
namespace {

// Rows are summed in blocks, and the blocks' sums in their order, so that the result depends on
// nothing but the input. A block's arrays stay in the first-level cache between two passes.
constexpr size_t kBlock = 2048;

double WeightSum(const float* weight, size_t count) {
  double sum = 0.0;
  for (size_t begin = 0; begin < count; begin += kBlock) {
    const size_t end = std::min(count, begin + kBlock);
    double lanes[8] = {};
    size_t i = begin;
    for (; i + 8 <= end; i += 8) {
      for (size_t lane = 0; lane < 8; ++lane) lanes[lane] += weight[i + lane];
    }
    for (; i < end; ++i) lanes[0] += weight[i];
    for (const double lane : lanes) sum += lane;
  }
  return sum;
}

}  // namespace

double Compute(const RowLoss& loss, const Rows& rows, Reduction reduction) {
  // What the summed loss and its gradient are divided by; nothing has weight if it is 0.
  double divisor = 1.0;
  if (reduction == Reduction::kMean) {
    divisor = rows.weight == nullptr ? static_cast<double>(rows.count)
                                     : WeightSum(rows.weight, rows.count);
    if (divisor == 0.0) {
      if (rows.grad != nullptr) std::fill_n(rows.grad, rows.count * loss.width, 0.0f);
      return 0.0;
    }
  }
  const RowKernel kernel = rows.grad == nullptr ? loss.value : loss.gradient;
  const float scale = static_cast<float>(1.0 / divisor);
  double sum = 0.0;
  for (size_t begin = 0; begin < rows.count; begin += kBlock) {
    sum += kernel(rows, begin, std::min(rows.count, begin + kBlock), scale);
  }
  return sum / divisor;
}

}  // namespace detloss
