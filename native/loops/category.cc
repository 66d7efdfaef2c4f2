#include "loops/category.h"

#include <algorithm>

#include "loops/blocks.h"
#include "loops/demands.h"
#include "loops/extremes.h"

namespace detloss {

bool HasLabels(Crew* crew, const ClassRows& rows) {
  const size_t wrong =
      SumBlocks<size_t>(crew, rows.count, kBlock, [&rows](size_t begin, size_t end) {
        size_t wrong = 0;
        for (size_t row = begin; row < end; ++row) {
          const bool counts = rows.weight == nullptr || rows.weight[row] != 0.0f;
          wrong += counts && static_cast<uint32_t>(rows.labels[row]) >= rows.classes;
        }
        return wrong;
      });
  return wrong == 0;
}

std::optional<double> Compute(Crew* crew, const ClassLoss& loss, const ClassRows& rows,
                              Reduction reduction) {
  const size_t block = std::max<size_t>(1, kBlock * 4 / rows.classes);
  // As of other rows: before anything is written, or along with the losses.
  const bool writes = rows.grad != nullptr || rows.losses != nullptr;
  Inspection before(rows.demands, writes);
  Inspection during(rows.demands, !writes);
  const bool mean = reduction == Reduction::kMean;
  const double divisor = MeanDivisor(crew, rows.weight, rows.count, block, mean, before);
  if (!before.Passed()) return std::nullopt;
  if (divisor == 0.0) {
    during.InspectAll(crew, rows.count, block);
    if (!during.Passed()) return std::nullopt;
    if (rows.grad != nullptr) std::fill_n(rows.grad, rows.count * rows.classes, 0.0f);
    return 0.0;
  }
  const ClassKernel kernel = rows.grad == nullptr ? loss.value : loss.gradient;
  const double sum = SumBlocks<double>(crew, rows.count, block, [&](size_t begin, size_t end) {
    during.Inspect(begin, end);
    return EvaluateClassRows(loss, kernel, rows, begin, end, 1.0 / divisor);
  });
  if (!during.Passed()) return std::nullopt;
  return sum / divisor;
}

}  // namespace detloss
