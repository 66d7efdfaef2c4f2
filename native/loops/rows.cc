#include "loops/rows.h"

#include <hwy/cache_control.h>

#include <algorithm>

#include "loops/demands.h"

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

}  // namespace

std::optional<double> Compute(Crew* crew, const RowLoss& loss, const Rows& rows,
                              Reduction reduction) {
  const size_t block = loss.RowsOf(4 * kBlock);
  // Before anything is written all rows must have been seen; if nothing is, they are looked at
  // along with the losses, which read them anyway.
  const bool writes = rows.grad != nullptr || rows.losses != nullptr;
  Inspection before(rows.demands, writes);
  Inspection during(rows.demands, !writes);
  if (rows.grad == nullptr && reduction == Reduction::kBalanced) {
    // Without gradient, no row needs the divisors: targets are read once.
    const auto sum = SumBlocks<Weighed>(crew, rows.count, block, [&](size_t begin, size_t end) {
      during.Inspect(begin, end);
      const RowSums sums = loss.value(rows, begin, end, {});
      return Weighed{sums.losses, rows.weight == nullptr ? Counts(sums.present, end - begin)
                                                         : WeighSides(rows, begin, end)};
    });
    if (!during.Passed()) return std::nullopt;
    return Reduce(sum.losses, sum.weights);
  }
  const Sides divisor = Divisors(crew, rows, block, reduction, before);
  if (!before.Passed()) return std::nullopt;
  if (divisor.present == 0.0 && divisor.absent == 0.0) {
    during.InspectAll(crew, rows.count, block);
    if (!during.Passed()) return std::nullopt;
    if (rows.grad != nullptr) std::fill_n(rows.grad, rows.count * loss.width, 0.0f);
    return 0.0;
  }
  const RowKernel kernel = rows.grad == nullptr ? loss.value : loss.gradient;
  const Sides scale = {InverseOrZero(divisor.present), InverseOrZero(divisor.absent)};
  const Sides sum = SumBlocks<Sides>(crew, rows.count, block, [&](size_t begin, size_t end) {
    during.Inspect(begin, end);
    return kernel(rows, begin, end, scale).losses;
  });
  if (!during.Passed()) return std::nullopt;
  return Reduce(sum, divisor);
}

}  // namespace detloss
