// Rows of two logits on the device.

#ifndef DETLOSS_CUDA_LOGIT_PAIRS_INL_H_
#define DETLOSS_CUDA_LOGIT_PAIRS_INL_H_

#include "cuda/rows-inl.h"

namespace detloss::cuda {

// Rows of two logits, background and object.
template <class Formula, bool kGradient>
class LogitPairPass {
 public:
  static constexpr size_t kWidth = 2;
  static constexpr bool kKeepsSides = true;

  explicit LogitPairPass(const Rows&) {}

  FORMULA auto Evaluate(const Rows& rows, size_t row) const {
    const OfLogits<2> pair(rows, row);
    const Number background = pair.logits[0];
    const Number object = pair.logits[1];
    const Number target = rows.target[row];
    if constexpr (kGradient) {
      const Zero zero;
      return Formula{}(Dual{background, One{}, zero, zero, zero},
                       Dual{object, zero, One{}, zero, zero}, target);
    } else {
      return Formula{}(background, object, target);
    }
  }

  FORMULA double LossOf(const Rows& rows, size_t row, Number loss) const {
    return OfLogits<2>::LossOf(rows, row, loss);
  }

  template <class Loss>
  FORMULA void StoreGradient(const Rows& rows, const Loss& loss, Number factor, size_t row) const {
    if constexpr (kGradient) {
      rows.grad[2 * row] = loss.a * factor;
      rows.grad[2 * row + 1] = loss.b * factor;
    }
  }
};

template <class Formula>
constexpr RowLoss LossOfLogitPairs() {
  return {2,
          1,
          &Kernel<LogitPairPass<Formula, false>>,
          &Kernel<LogitPairPass<Formula, true>>,
          kHyper<Formula>,
          Anchors::kNone,
          Extremes::kNone,
          true};
}

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_LOGIT_PAIRS_INL_H_
