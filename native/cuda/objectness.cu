// The kernels of the objectness terms of native/formulas/cross_entropy.h.

#include "cuda/rows-inl.h"

namespace detloss::cuda {
namespace {

// Rows of two logits, background and object.
template <class Formula, bool kGradient>
class LogitPairPass {
 public:
  static constexpr size_t kWidth = 2;

  explicit LogitPairPass(const Rows&) {}

  FORMULA auto Evaluate(const Rows& rows, size_t row) const {
    const Number background = rows.pred[2 * row];
    const Number object = rows.pred[2 * row + 1];
    const Number target = rows.target[row];
    if constexpr (kGradient) {
      const Zero zero;
      return Formula{}(Dual{background, One{}, zero, zero, zero},
                       Dual{object, zero, One{}, zero, zero}, target);
    } else {
      return Formula{}(background, object, target);
    }
  }

  FORMULA void StoreGradient(const Rows&, Number, Number, float*) const {}
  template <class... P>
  FORMULA void StoreGradient(const Rows&, const Dual<P...>& loss, Number factor, float* to) const {
    to[0] = loss.a * factor;
    to[1] = loss.b * factor;
  }
};

}  // namespace

#define DETLOSS_PAIR_KERNELS(NAME, FORMULA_TYPE) \
  KernelsOf<LogitPairPass, FORMULA_TYPE>(#NAME, 1, Anchors::kNone),

const DeviceLoss* ObjectnessLosses() {
  static constexpr DeviceLoss kTable[] = {DETLOSS_OBJECTNESS_LOSSES(DETLOSS_ELEMENT_KERNELS)
                                              DETLOSS_LOGIT_PAIR_LOSSES(DETLOSS_PAIR_KERNELS){}};
  return kTable;
}

}  // namespace detloss::cuda
