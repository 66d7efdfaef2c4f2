// Losses over rows on the device: one loop that writes losses and gradients and adds up the losses.

#ifndef DETLOSS_CUDA_ROWS_INL_H_
#define DETLOSS_CUDA_ROWS_INL_H_

#include "cuda/formulas-inl.h"
#include "cuda/launch-inl.h"
#include "loops/rows.h"
#include "loops/stand_ins.h"

namespace detloss::cuda {

// `Pass` evaluates its formula over a row and stores the row's gradient times a factor.
template <class Pass>
struct EvaluateRow {
  Pass pass;
  Rows rows;
  Sides scale;

  FORMULA void operator()(size_t row, Sides& sum) const {
    const float weight = rows.weight == nullptr ? 1.0f : rows.weight[row];
    if (weight == 0.0f) {
      // Whatever the row holds, it must not reach a result.
      if (rows.losses != nullptr) rows.losses[row] = 0.0f;
      for (size_t k = 0; rows.grad != nullptr && k < Pass::kWidth; ++k) {
        rows.grad[row * Pass::kWidth + k] = 0.0f;
      }
      return;
    }
    const auto result = pass.Evaluate(rows, row);
    const double loss = pass.LossOf(rows, row, Value(result)) * static_cast<double>(weight);
    const auto rounded = static_cast<float>(loss);
    if (rows.losses != nullptr) rows.losses[row] = rounded;
    const bool absent = Pass::kKeepsSides && !(rows.target[row] > 0.0f);
    // The sum is of rows as they are, unless a weight has taken them out of the range of floats.
    const bool in_range = std::fabs(rounded) >= 0x1p-100f && !IsInfinite(rounded);
    (absent ? sum.absent : sum.present) += in_range ? static_cast<double>(rounded) : loss;
    // A row whose loss is NaN has no derivative by any of its numbers.
    const double factor = loss == loss ? weight * (absent ? scale.absent : scale.present) : loss;
    pass.StoreGradient(rows, result, static_cast<float>(factor), row);
  }
};

// A RowKernel of all rows.
template <class Pass>
RowSums Kernel(const Rows& rows, size_t, size_t, const Sides& scale) {
  return {SumOf<Sides>(rows.count, EvaluateRow<Pass>{Pass(rows), rows, scale})};
}

// The loss of a row of kWidth logits, which may be infinite, and finite ones to evaluate it by.
template <size_t kWidth>
struct OfLogits {
  float logits[kWidth];

  FORMULA OfLogits(const Rows& rows, size_t row) {
    const float* const own = rows.pred + row * kWidth;
    for (size_t k = 0; k < kWidth; ++k) logits[k] = own[k];
    const double logit = ExactLogit(own, kWidth);
    if (IsLargeLogit(logit)) StandIn(logit, kWidth, logits);
  }

  static FORMULA double LossOf(const Rows& rows, size_t row, Number loss) {
    const double logit = ExactLogit(rows.pred + row * kWidth, kWidth);
    return IsLargeLogit(logit) ? LargeLoss(logit, rows.target[row]) : loss;
  }
};

// Rows of one number, for formulas of a prediction and a target.
template <class Formula, bool kGradient, bool kSides = false>
class ElementPass {
 public:
  static constexpr size_t kWidth = 1;
  static constexpr bool kKeepsSides = kSides;

  explicit ElementPass(const Rows& rows) : formula_(Parametrize<Formula>(rows.hyper)) {}

  FORMULA auto Evaluate(const Rows& rows, size_t row) const {
    if constexpr (kIs<Formula, LogitCrossEntropy>) {
      return formula_(Variable<kGradient>(OfLogits<1>(rows, row).logits[0]), rows.target[row]);
    } else {
      return formula_(Variable<kGradient>(rows.pred[row]), rows.target[row]);
    }
  }
  FORMULA double LossOf(const Rows& rows, size_t row, Number loss) const {
    if constexpr (kIs<Formula, LogitCrossEntropy>) return OfLogits<1>::LossOf(rows, row, loss);
    return loss;
  }

  template <class Loss>
  FORMULA void StoreGradient(const Rows& rows, const Loss& loss, Number factor, size_t row) const {
    if constexpr (kGradient) rows.grad[row] = loss.a * factor;
  }

 private:
  Formula formula_;
};

template <class Formula>
constexpr RowLoss LossOfElements() {
  return {1, 1, &Kernel<ElementPass<Formula, false>>, &Kernel<ElementPass<Formula, true>>,
          kHyper<Formula>};
}
template <class Formula>
constexpr RowLoss LossOfSidedElements() {
  return {1,
          1,
          &Kernel<ElementPass<Formula, false, true>>,
          &Kernel<ElementPass<Formula, true, true>>,
          kHyper<Formula>,
          Anchors::kNone,
          Extremes::kNone,
          true};
}

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_ROWS_INL_H_
