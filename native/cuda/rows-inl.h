// Losses over rows on the device: one pass for what the sum is divided by, where only the device
// knows it, and one for losses, gradients and their sum. The numbers of the result are all that is
// copied to the host.

#ifndef DETLOSS_CUDA_ROWS_INL_H_
#define DETLOSS_CUDA_ROWS_INL_H_

#include "cuda/formulas-inl.h"
#include "cuda/launch-inl.h"
#include "cuda/losses.h"

namespace detloss::cuda {

// Sums over rows with an object and over those without; where a loss does not keep them apart,
// over all rows as present.
struct SideSums {
  double present = 0.0;
  double absent = 0.0;

  FORMULA void Add(const SideSums& other) {
    present += other.present;
    absent += other.absent;
  }
  FORMULA bool Empty() const { return present == 0.0 && absent == 0.0; }
};

// Nothing on a side has weight if its divisor is 0.
FORMULA double Divide(double sum, double divisor) { return divisor == 0.0 ? 0.0 : sum / divisor; }

// What the summed losses are divided by: numbers that are known before, or those that a launch
// before this one has left on the device.
struct Divisors {
  SideSums known;
  const SideSums* found = nullptr;

  FORMULA SideSums Get() const { return found == nullptr ? known : *found; }
};

// Σ w; balanced, on either side. `target` is null where sides are not kept apart.
struct AddWeight {
  const float* weight;
  const float* target;

  FORMULA void operator()(size_t row, SideSums& sum) const {
    const double w = weight == nullptr ? 1.0 : weight[row];
    const bool absent = target != nullptr && !(target[row] > 0.0f);
    (absent ? sum.absent : sum.present) += w;
  }
};

// The divisors of a call; `at` is where they are put if the device has to find them.
inline Divisors DivisorsOf(Scratch& scratch, const float* weight, const float* target, size_t rows,
                           Reduction reduction, SideSums* at) {
  if (reduction == Reduction::kBalanced) {
    SumRows(scratch, rows, AddWeight{weight, target}, at);
    return {{}, at};
  }
  if (reduction != Reduction::kMean) return {{1.0, 1.0}};
  const auto count = static_cast<double>(rows);
  if (weight == nullptr) return {{count, count}};
  SumRows(scratch, rows, AddWeight{weight, nullptr}, at);
  return {{}, at};
}

// `Pass` evaluates its formula over a row and stores the row's gradient times a factor.
template <class Pass>
struct EvaluateRow {
  Pass pass;
  Rows rows;
  Divisors divisors;
  bool balanced;

  FORMULA void operator()(size_t row, SideSums& sum) const {
    const SideSums divisor = divisors.Get();
    const float weight = rows.weight == nullptr ? 1.0f : rows.weight[row];
    if (divisor.Empty() || weight == 0.0f) {
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
    const bool absent = balanced && !(rows.target[row] > 0.0f);
    (absent ? sum.absent : sum.present) += loss;
    const double scale = Divide(1.0, absent ? divisor.absent : divisor.present);
    // A row whose loss is NaN has no derivative by any of its numbers.
    const float factor = loss == loss ? weight * static_cast<float>(scale) : loss;
    if (rows.grad != nullptr) {
      pass.StoreGradient(rows, result, factor, rows.grad + row * Pass::kWidth);
    }
  }
};

template <class Pass>
double Compute(const Rows& rows, Reduction reduction, Scratch& scratch) {
  if (rows.count == 0) return 0.0;
  auto* const results = static_cast<SideSums*>(scratch.Results(2 * sizeof(SideSums)));
  const Divisors divisors =
      DivisorsOf(scratch, rows.weight, rows.target, rows.count, reduction, results);
  const bool balanced = reduction == Reduction::kBalanced;
  SumRows(scratch, rows.count, EvaluateRow<Pass>{Pass(rows), rows, divisors, balanced},
          results + 1);
  SideSums found[2];
  CopyToHost(found, results, sizeof(found));
  const SideSums divisor = divisors.found == nullptr ? divisors.known : found[0];
  return Divide(found[1].present, divisor.present) + Divide(found[1].absent, divisor.absent);
}

// Rows of one number, for formulas of a prediction and a target.
template <class Formula, bool kGradient>
class ElementPass {
 public:
  static constexpr size_t kWidth = 1;

  explicit ElementPass(const Rows& rows) : formula_(Parametrize<Formula>(rows.parameter)) {}

  FORMULA auto Evaluate(const Rows& rows, size_t row) const {
    return formula_(Variable<kGradient>(rows.pred[row]), rows.target[row]);
  }

  FORMULA void StoreGradient(const Rows&, Number, Number, float*) const {}
  template <class... P>
  FORMULA void StoreGradient(const Rows&, const Dual<P...>& loss, Number factor, float* to) const {
    *to = loss.a * factor;
  }

 private:
  Formula formula_;
};

template <template <class, bool> class Pass, class Formula>
constexpr DeviceLoss KernelsOf(const char* name, size_t target_width, Anchors anchors) {
  return {name,
          Pass<Formula, false>::kWidth,
          target_width,
          anchors,
          &Compute<Pass<Formula, false>>,
          &Compute<Pass<Formula, true>>};
}

}  // namespace detloss::cuda

// A line of a family's table, from its list in native/formulas.
#define DETLOSS_ELEMENT_KERNELS(NAME, FORMULA_TYPE) \
  KernelsOf<ElementPass, FORMULA_TYPE>(#NAME, 1, Anchors::kNone),

#endif  // DETLOSS_CUDA_ROWS_INL_H_
