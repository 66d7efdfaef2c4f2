// The kernels of the objectness terms of native/formulas/cross_entropy.h.

#include "cuda/rows-inl.h"

namespace detloss {
namespace cuda {

template <class Formula, bool kGradient>
using SidedPass = ElementPass<Formula, kGradient, true>;

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

#define DETLOSS_SIDED_KERNELS(NAME, FORMULA_TYPE) \
  KernelsOf<SidedPass, FORMULA_TYPE>(#NAME, 1, Anchors::kNone),
#define DETLOSS_PAIR_KERNELS(NAME, FORMULA_TYPE) \
  KernelsOf<LogitPairPass, FORMULA_TYPE>(#NAME, 1, Anchors::kNone),

}  // namespace cuda

const RowLoss* ObjectnessLosses() {
  using namespace cuda;
  static constexpr RowLoss kTable[] = {DETLOSS_OBJECTNESS_LOSSES(DETLOSS_SIDED_KERNELS)
                                           DETLOSS_LOGIT_PAIR_LOSSES(DETLOSS_PAIR_KERNELS){}};
  return kTable;
}

}  // namespace detloss
