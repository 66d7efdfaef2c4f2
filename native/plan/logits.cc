#include "plan/logits.h"

#include <cmath>

#include "loops/extremes.h"
#include "loops/stand_ins.h"

namespace detloss {
namespace {

// Replaces a logit that is infinite. Returns what it makes of its loss: nothing, or infinity.
double Replace(float& logit, double target) {
  if (!IsInfinite(logit)) return 0.0;
  const double limit = LargeLoss(logit, target);
  logit = FiniteLogit(logit);
  return limit;
}

}  // namespace

RowSums EvaluateCopies(const RowLoss& loss, const Rows& rows, float* pred, const Sides& scale) {
  const RowKernel kernel = rows.grad == nullptr ? loss.value : loss.gradient;
  const RowSums sums = kernel(rows, 0, rows.count, scale);
  const bool finite = std::isfinite(sums.losses.present + sums.losses.absent);
  if (loss.extremes != Extremes::kLogits || finite) return sums;
  Sides limits;
  for (size_t row = 0; row < rows.count; ++row) {
    double& limit = rows.target[row] > 0.0f ? limits.present : limits.absent;
    limit += Replace(pred[row], rows.target[row]);
  }
  RowSums again = kernel(rows, 0, rows.count, scale);
  again.losses += limits;
  return again;
}

double EvaluateCopies(const ClassLoss& loss, const ClassRows& rows, float* pred, double scale) {
  const ClassKernel kernel = rows.grad == nullptr ? loss.value : loss.gradient;
  const double sum = kernel(rows, 0, rows.count, scale);
  if (!loss.logits || std::isfinite(sum)) return sum;
  double limit = 0.0;
  for (size_t row = 0; row < rows.count; ++row) {
    for (size_t k = 0; k < rows.classes; ++k) {
      limit += Replace(pred[row * rows.classes + k], SmoothedTarget(rows, row, k));
    }
  }
  return kernel(rows, 0, rows.count, scale) + limit;
}

}  // namespace detloss
