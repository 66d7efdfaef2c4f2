#include "loops/rows.h"

#include <hwy/cache_control.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "loops/demands.h"
#include "loops/extremes.h"

namespace detloss {

bool PrefetchPays() {
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
  static const bool pays = !__builtin_cpu_is("amd");
  return pays;
#else
  return true;
#endif
}

void PrefetchFirst(const void* array) {
  const char* const from = static_cast<const char*>(array);
  for (size_t line = 0; line < 3; ++line) hwy::Prefetch(from + 64 * line);
}

double WeightSum(Crew* crew, const float* weight, size_t count, Inspection& inspection) {
  return SumBlocks<double>(crew, count, kBlock, [=, &inspection](size_t begin, size_t end) {
    inspection.Inspect(begin, end);
    double lanes[8] = {};
    size_t i = begin;
    for (; i + 8 <= end; i += 8) {
      for (size_t lane = 0; lane < 8; ++lane) lanes[lane] += weight[i + lane];
    }
    for (; i < end; ++i) lanes[0] += weight[i];
    double sum = 0.0;
    for (const double lane : lanes) sum += lane;
    return sum;
  });
}

namespace {

// What the summed losses and their gradients are divided by, where it is known before them;
// `inspection` looks at all rows on the way.
Sides Divisors(Crew* crew, const Rows& rows, size_t block, Reduction reduction,
               Inspection& inspection) {
  if (reduction == Reduction::kBalanced) {
    return SumBlocks<Sides>(crew, rows.count, block, [&](size_t begin, size_t end) {
      inspection.Inspect(begin, end);
      return WeighSides(rows, begin, end);
    });
  }
  const bool mean = reduction == Reduction::kMean;
  const double divisor = MeanDivisor(crew, rows.weight, rows.count, block, mean, inspection);
  return {divisor, divisor};
}

// Nothing on a side has weight if its divisor is 0.
double InverseOrZero(double divisor) { return divisor == 0.0 ? 0.0 : 1.0 / divisor; }
double Divide(double sum, double divisor) { return divisor == 0.0 ? 0.0 : sum / divisor; }

double Reduce(const Sides& sum, const Sides& divisor) {
  return Divide(sum.present, divisor.present) + Divide(sum.absent, divisor.absent);
}

// The sides of so many rows without weights, of which `present` have an object.
Sides Counts(size_t present, size_t count) {
  return {static_cast<double>(present), static_cast<double>(count - present)};
}

// The losses of some rows and what they are divided by.
struct Weighed {
  Sides losses;
  Sides weights;

  Weighed& operator+=(const Weighed& other) {
    losses += other.losses;
    weights += other.weights;
    return *this;
  }
};

// Whether what weights add up to, or its inverse, is so far from 1 that products with it may be no
// floats.
bool IsModerate(double divisor) {
  return divisor == 0.0 || (divisor >= 0x1p-60 && divisor <= 0x1p60);
}
bool AreModerate(const Sides& divisor) {
  return IsModerate(divisor.present) && IsModerate(divisor.absent);
}

// The weights of all rows, each times the factor of its side. None becomes 0: a row with weight
// counts.
std::vector<float> ScaledWeights(const Rows& rows, const Sides& factor) {
  constexpr float kLeast = std::numeric_limits<float>::denorm_min();
  std::vector<float> weights(rows.weight, rows.weight + rows.count);
  for (size_t row = 0; row < rows.count; ++row) {
    if (weights[row] == 0.0f) continue;
    const bool present = factor.present == factor.absent || rows.target[row] > 0.0f;
    const double weight = weights[row] * (present ? factor.present : factor.absent);
    weights[row] = static_cast<float>(weight);
    if (weights[row] == 0.0f) weights[row] = std::copysign(kLeast, static_cast<float>(weight));
  }
  return weights;
}

// The sums of all rows, which `inspection` looks at on the way: without gradient, with it as the
// derivative of what is divided.
Weighed SumAll(Crew* crew, const RowLoss& loss, const Rows& rows, size_t block, Reduction reduction,
               const Sides& divisor, Inspection& inspection) {
  const RowKernel kernel = rows.grad == nullptr ? loss.value : loss.gradient;
  const Sides scale = {InverseOrZero(divisor.present), InverseOrZero(divisor.absent)};
  const bool counts = rows.grad == nullptr && reduction == Reduction::kBalanced;
  return SumBlocks<Weighed>(crew, rows.count, block, [&](size_t begin, size_t end) {
    inspection.Inspect(begin, end);
    const RowSums sums = EvaluateRows(loss, kernel, rows, begin, end, scale);
    if (!counts) return Weighed{sums.losses, {}};
    return Weighed{sums.losses, rows.weight == nullptr ? Counts(sums.present, end - begin)
                                                       : WeighSides(rows, begin, end)};
  });
}

// 2^−k for a divisor of about 2^k.
double PowerNear(double divisor) {
  const bool usual = divisor == 0.0 || !std::isfinite(divisor);
  return usual ? 1.0 : std::ldexp(1.0, -std::ilogb(divisor));
}

// The loss whose weights are so large or small that their sum has no use as a divisor: times a
// power of 2 they add up to about 1.
double ComputeNormalized(Crew* crew, const RowLoss& loss, const Rows& rows, Reduction reduction,
                         const Sides& divisor) {
  const Sides power = {PowerNear(divisor.present), PowerNear(divisor.absent)};
  const std::vector<float> weights = ScaledWeights(rows, power);
  Rows normalized = rows;
  normalized.weight = weights.data();
  const Sides sum_of_weights = {divisor.present * power.present, divisor.absent * power.absent};
  const size_t block = loss.RowsOf(4 * kBlock);
  Inspection none(rows.demands, false);
  return Reduce(SumAll(crew, loss, normalized, block, reduction, sum_of_weights, none).losses,
                sum_of_weights);
}

// A reduced loss that was no finite number, perhaps since a weighted loss was no float.
double ComputeLarge(Crew* crew, const RowLoss& loss, const Rows& rows, size_t block,
                    Reduction reduction, const Sides& divisor) {
  constexpr double kSmall = 0x1p-100;
  const std::vector<float> weights = ScaledWeights(rows, {kSmall, kSmall});
  Rows scaled = rows;
  scaled.weight = weights.data();
  scaled.grad = nullptr;
  scaled.losses = nullptr;
  Inspection none(rows.demands, false);
  const Weighed sum = SumAll(crew, loss, scaled, block, reduction, divisor, none);
  return Reduce(sum.losses, divisor) / kSmall;
}

}  // namespace

std::optional<double> Compute(Crew* crew, const RowLoss& loss, const Rows& rows,
                              Reduction reduction) {
  const size_t block = loss.RowsOf(4 * kBlock);
  // Before anything is written all rows must have been seen; if nothing is, they are looked at
  // along with the losses, which read them anyway.
  const bool writes = rows.grad != nullptr || rows.losses != nullptr;
  Inspection before(rows.demands, writes);
  Inspection during(rows.demands, !writes);
  // Without gradient, no row needs the divisors of sides: targets are read once.
  const bool later = rows.grad == nullptr && reduction == Reduction::kBalanced;
  Sides divisor = {1.0, 1.0};
  if (later) {
    before.InspectAll(crew, rows.count, block);
  } else {
    divisor = Divisors(crew, rows, block, reduction, before);
  }
  if (!before.Passed()) return std::nullopt;
  if (divisor.present == 0.0 && divisor.absent == 0.0) {
    during.InspectAll(crew, rows.count, block);
    if (!during.Passed()) return std::nullopt;
    if (rows.grad != nullptr) std::fill_n(rows.grad, rows.count * loss.width, 0.0f);
    return 0.0;
  }
  const Weighed sum = SumAll(crew, loss, rows, block, reduction, divisor, during);
  if (!during.Passed()) return std::nullopt;
  if (later) divisor = sum.weights;
  if (!AreModerate(divisor)) return ComputeNormalized(crew, loss, rows, reduction, divisor);
  const double reduced = Reduce(sum.losses, divisor);
  if (std::isfinite(reduced) || rows.weight == nullptr) return reduced;
  return ComputeLarge(crew, loss, rows, block, reduction, divisor);
}

}  // namespace detloss
