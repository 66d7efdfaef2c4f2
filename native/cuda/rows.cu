// The reduced losses: what they are divided by, and the division.

#include "loops/rows.h"

#include "cuda/formulas-inl.h"
#include "cuda/launch-inl.h"
#include "cuda/weights.h"

namespace detloss {
namespace cuda {
namespace {

// The weight of every row; with a target, on the side of its rows with an object or of the others.
struct AddWeight {
  const float* weight;
  const float* target;

  FORMULA void operator()(size_t row, Sides& sum) const {
    const bool absent = target != nullptr && !(target[row] > 0.0f);
    (absent ? sum.absent : sum.present) += weight == nullptr ? 1.0f : weight[row];
  }
};

FORMULA bool IsOutside(float number, float least, float most) {
  return number < least || number > most;
}

struct CountUnmet {
  Demands demands;

  FORMULA void operator()(size_t row, size_t& unmet) const {
    const float weight = demands.weight == nullptr ? 1.0f : demands.weight[row];
    if (IsOutside(weight, -3.40282347e38f, 3.40282347e38f) || weight != weight) ++unmet;
    if (weight == 0.0f) return;
    for (size_t k = row * demands.width; k < (row + 1) * demands.width; ++k) {
      if (demands.fractions != nullptr) unmet += IsOutside(demands.fractions[k], 0.0f, 1.0f);
      if (demands.probabilities != nullptr) {
        unmet += IsOutside(demands.probabilities[k], -1e-6f, 1.00000095f);
      }
    }
  }
};

struct Clear {
  float* numbers;

  FORMULA void operator()(size_t index) const { numbers[index] = 0.0f; }
};

Sides Divisors(const Rows& rows, Reduction reduction) {
  if (reduction == Reduction::kBalanced) {
    return SumOf<Sides>(rows.count, AddWeight{rows.weight, rows.target});
  }
  const double divisor = MeanDivisor(rows.weight, rows.count, reduction);
  return {divisor, divisor};
}

// Nothing on a side has weight if its divisor is 0.
double Divide(double sum, double divisor) { return divisor == 0.0 ? 0.0 : sum / divisor; }

}  // namespace

double MeanDivisor(const float* weight, size_t count, Reduction reduction) {
  if (reduction != Reduction::kMean) return 1.0;
  if (weight == nullptr) return static_cast<double>(count);
  return SumOf<Sides>(count, AddWeight{weight, nullptr}).present;
}

bool AreMet(const Demands& demands, size_t count) {
  return !demands.Any() || SumOf<size_t>(count, CountUnmet{demands}) == 0;
}

void FillWithZeros(float* numbers, size_t count) { ForEach(count, Clear{numbers}); }

}  // namespace cuda

std::optional<double> Compute(Crew*, const RowLoss& loss, const Rows& rows, Reduction reduction) {
  using cuda::Divide;
  if (!cuda::AreMet(rows.demands, rows.count)) return std::nullopt;
  const Sides divisor = cuda::Divisors(rows, reduction);
  if (divisor.present == 0.0 && divisor.absent == 0.0) {
    if (rows.grad != nullptr) cuda::FillWithZeros(rows.grad, rows.count * loss.width);
    return 0.0;
  }
  const RowKernel kernel = rows.grad == nullptr ? loss.value : loss.gradient;
  const Sides scale = {Divide(1.0, divisor.present), Divide(1.0, divisor.absent)};
  const Sides sum = kernel(rows, 0, rows.count, scale).losses;
  return Divide(sum.present, divisor.present) + Divide(sum.absent, divisor.absent);
}

}  // namespace detloss
