#include "loops/extremes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <new>

#include "loops/stand_ins.h"

namespace detloss {
namespace {

// Rows that are copied at a time.
constexpr size_t kCopied = 64;

// The rows from `first` on, with other predictions and targets.
Rows Part(const RowLoss& loss, const Rows& rows, size_t first, size_t count, const float* pred,
          const float* target) {
  Rows part = rows;
  part.count = count;
  part.pred = pred;
  part.target = target;
  if (rows.weight != nullptr) part.weight = rows.weight + first;
  if (rows.grad != nullptr) part.grad = rows.grad + first * loss.width;
  if (rows.losses != nullptr) part.losses = rows.losses + first;
  return part;
}

bool IsEvaluated(const float* weight, size_t row) {
  return weight == nullptr || weight[row] != 0.0f;
}

float ScaleOfRow(const Rows& rows, size_t row) {
  if (!IsEvaluated(rows.weight, row)) return 1.0f;
  return ScaleOfBoxes(rows.format, rows.pred + 4 * row, rows.target + 4 * row);
}

// The logit of a row if it is to be replaced, else 0.
double LargeLogitOf(const RowLoss& loss, const Rows& rows, size_t row) {
  if (!IsEvaluated(rows.weight, row)) return 0.0;
  const double logit = ExactLogit(rows.pred + row * loss.width, loss.width);
  return IsLargeLogit(logit) ? logit : 0.0;
}

bool IsExtreme(const RowLoss& loss, const Rows& rows, size_t row) {
  return loss.extremes == Extremes::kScale ? ScaleOfRow(rows, row) != 1.0f
                                           : LargeLogitOf(loss, rows, row) != 0.0;
}

// Losses of boxes that do not depend on their scale: the gradient does.
RowSums EvaluateScaled(const RowLoss& loss, RowKernel kernel, const Rows& rows, size_t begin,
                       size_t end, const Sides& scale) {
  RowSums sums;
  float pred[4 * kCopied];
  float target[4 * kCopied];
  float scales[kCopied];
  for (size_t first = begin; first < end; first += kCopied) {
    const size_t count = std::min(kCopied, end - first);
    for (size_t i = 0; i < count; ++i) {
      const size_t at = 4 * (first + i);
      scales[i] = ScaleOfRow(rows, first + i);
      ScaleBoxes(rows.format, scales[i], rows.pred + at, rows.target + at, pred + 4 * i,
                 target + 4 * i);
    }
    const Rows part = Part(loss, rows, first, count, pred, target);
    sums += kernel(part, 0, count, scale);
    for (size_t k = 0; part.grad != nullptr && k < 4 * count; ++k) part.grad[k] *= scales[k / 4];
  }
  return sums;
}

// Cross-entropies of logits, with the large ones as one size: of their losses what that makes of
// them is taken off, and what they are is put in.
RowSums EvaluateLogits(const RowLoss& loss, RowKernel kernel, const Rows& rows, size_t begin,
                       size_t end, const Sides& scale) {
  RowSums sums;
  float pred[2 * kCopied];
  for (size_t first = begin; first < end; first += kCopied) {
    const size_t count = std::min(kCopied, end - first);
    std::copy_n(rows.pred + first * loss.width, count * loss.width, pred);
    for (size_t i = 0; i < count; ++i) {
      const double logit = LargeLogitOf(loss, rows, first + i);
      if (logit != 0.0) StandIn(logit, loss.width, pred + i * loss.width);
    }
    sums += kernel(Part(loss, rows, first, count, pred, rows.target + first), 0, count, scale);
    for (size_t row = first; row < first + count; ++row) {
      const double logit = LargeLogitOf(loss, rows, row);
      if (logit == 0.0) continue;
      const float target = rows.target[row];
      const double weight = rows.weight == nullptr ? 1.0 : rows.weight[row];
      const double right = weight * LargeLoss(logit, target);
      const double counted = weight * LargeLoss(std::copysign(kLargeLogit, logit), target);
      double& sum = target > 0.0f ? sums.losses.present : sums.losses.absent;
      sum = std::isinf(right) ? sum + right : sum - counted + right;
      if (rows.losses != nullptr) rows.losses[row] = static_cast<float>(right);
    }
  }
  return sums;
}

// What the infinite logits of a row make of its loss: nothing, or infinity; −1 if there are none.
double LimitOf(const ClassRows& rows, size_t row) {
  if (!IsEvaluated(rows.weight, row)) return -1.0;
  double limit = -1.0;
  for (size_t k = 0; k < rows.classes; ++k) {
    const float logit = rows.pred[row * rows.classes + k];
    if (!IsInfinite(logit)) continue;
    limit = std::max(limit, LargeLoss(logit, SmoothedTarget(rows, row, k)));
  }
  return limit;
}

// A row alone, with other logits.
ClassRows RowAlone(const ClassRows& rows, size_t row, const float* logits) {
  ClassRows alone = rows;
  const size_t at = row * rows.classes;
  alone.count = 1;
  alone.pred = logits;
  if (rows.labels != nullptr) alone.labels = rows.labels + row;
  if (rows.target != nullptr) alone.target = rows.target + at;
  if (rows.weight != nullptr) alone.weight = rows.weight + row;
  if (rows.grad != nullptr) alone.grad = rows.grad + at;
  if (rows.losses != nullptr) alone.losses = rows.losses + row;
  return alone;
}

}  // namespace

double SmoothedTarget(const ClassRows& rows, size_t row, size_t k) {
  const double target = rows.labels != nullptr
                            ? static_cast<double>(static_cast<size_t>(rows.labels[row]) == k)
                            : static_cast<double>(rows.target[row * rows.classes + k]);
  return target * (1.0 - rows.smoothing) + 0.5 * rows.smoothing;
}

RowSums EvaluateRows(const RowLoss& loss, RowKernel kernel, const Rows& rows, size_t begin,
                     size_t end, const Sides& scale) {
  const RowSums sums = kernel(rows, begin, end, scale);
  const bool finite = std::isfinite(sums.losses.present + sums.losses.absent);
  if (loss.extremes == Extremes::kNone || (finite && !sums.extreme)) return sums;
  size_t row = begin;
  while (row < end && !IsExtreme(loss, rows, row)) ++row;
  if (row == end) return sums;
  const auto evaluate = loss.extremes == Extremes::kScale ? EvaluateScaled : EvaluateLogits;
  RowSums again = evaluate(loss, kernel, rows, begin, end, scale);
  again.present = sums.present;
  return again;
}

double EvaluateClassRows(const ClassLoss& loss, ClassKernel kernel, const ClassRows& rows,
                         size_t begin, size_t end, double scale) {
  const double sum = kernel(rows, begin, end, scale);
  if (!loss.logits || std::isfinite(sum)) return sum;
  size_t row = begin;
  while (row < end && LimitOf(rows, row) < 0.0) ++row;
  const std::unique_ptr<float[]> logits(new (std::nothrow) float[rows.classes]);
  if (row == end || logits == nullptr) return sum;
  double again = 0.0;
  for (row = begin; row < end; ++row) {
    const float* const own = rows.pred + row * rows.classes;
    const double limit = LimitOf(rows, row);
    if (limit >= 0.0) std::transform(own, own + rows.classes, logits.get(), FiniteLogit);
    const double finite =
        kernel(RowAlone(rows, row, limit < 0.0 ? own : logits.get()), 0, 1, scale);
    const double right = std::isinf(limit) ? finite + limit : finite;
    if (rows.losses != nullptr) rows.losses[row] = static_cast<float>(right);
    again += right;
  }
  return again;
}

}  // namespace detloss
