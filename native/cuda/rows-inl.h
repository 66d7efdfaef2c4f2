// Losses over rows on the device: one loop that writes losses and gradients and adds up the losses.

#ifndef DETLOSS_CUDA_ROWS_INL_H_
#define DETLOSS_CUDA_ROWS_INL_H_

#include "cuda/formulas-inl.h"
#include "cuda/launch-inl.h"
#include "loops/rows.h"

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
    const float loss = Value(result) * weight;
    if (rows.losses != nullptr) rows.losses[row] = loss;
    const bool absent = Pass::kKeepsSides && !(rows.target[row] > 0.0f);
    (absent ? sum.absent : sum.present) += loss;
    // A row whose loss is NaN has no derivative by any of its numbers.
    const auto side = static_cast<float>(absent ? scale.absent : scale.present);
    const float factor = loss == loss ? weight * side : loss;
    pass.StoreGradient(rows, result, factor, row);
  }
};

// A RowKernel of all rows.
template <class Pass>
RowSums Kernel(const Rows& rows, size_t, size_t, const Sides& scale) {
  return {SumOf<Sides>(rows.count, EvaluateRow<Pass>{Pass(rows), rows, scale})};
}

// Rows of one number, for formulas of a prediction and a target.
template <class Formula, bool kGradient, bool kSides = false>
class ElementPass {
 public:
  static constexpr size_t kWidth = 1;
  static constexpr bool kKeepsSides = kSides;

  explicit ElementPass(const Rows& rows) : formula_(Parametrize<Formula>(rows.parameter)) {}

  FORMULA auto Evaluate(const Rows& rows, size_t row) const {
    return formula_(Variable<kGradient>(rows.pred[row]), rows.target[row]);
  }

  template <class Loss>
  FORMULA void StoreGradient(const Rows& rows, const Loss& loss, Number factor, size_t row) const {
    if constexpr (kGradient) rows.grad[row] = loss.a * factor;
  }

 private:
  Formula formula_;
};

template <template <class, bool> class Pass, class Formula>
constexpr RowLoss KernelsOf(const char* name, size_t target_width, Anchors anchors) {
  return {name,    Pass<Formula, false>::kWidth,  target_width,
          anchors, &Kernel<Pass<Formula, false>>, &Kernel<Pass<Formula, true>>};
}

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_ROWS_INL_H_
