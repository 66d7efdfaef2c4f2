#include "loops/rows.h"

#include <algorithm>

#include "loops/blocks.h"

namespace detloss {

bool PrefetchPays() {
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
  static const bool pays = !__builtin_cpu_is("amd");
  return pays;
#else
  return true;
#endif
}

double WeightSum(Crew* crew, const float* weight, size_t count) {
  return SumBlocks<double>(crew, count, kBlock, [=](size_t begin, size_t end) {
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

// The numbers of the rows with an object and of those without, of a block.
Sides CountSides(const float* target, size_t begin, size_t end) {
  size_t present = 0;
  for (size_t i = begin; i < end; ++i) present += target[i] > 0.0f ? 1 : 0;
  return {static_cast<double>(present), static_cast<double>(end - begin - present)};
}

// The weights of the rows with an object and of those without, of a block.
Sides WeightSides(const float* weight, const float* target, size_t begin, size_t end) {
  double present[8] = {};
  double absent[8] = {};
  for (size_t i = begin; i < end; ++i) {
    const bool object = target[i] > 0.0f;
    present[i % 8] += object ? weight[i] : 0.0f;
    absent[i % 8] += object ? 0.0f : weight[i];
  }
  Sides sum;
  for (size_t lane = 0; lane < 8; ++lane) sum += {present[lane], absent[lane]};
  return sum;
}

// What the summed losses and their gradients are divided by.
Sides Divisors(Crew* crew, const Rows& rows, Reduction reduction) {
  if (reduction == Reduction::kBalanced) {
    return SumBlocks<Sides>(crew, rows.count, kBlock, [&rows](size_t begin, size_t end) {
      return rows.weight == nullptr ? CountSides(rows.target, begin, end)
                                    : WeightSides(rows.weight, rows.target, begin, end);
    });
  }
  double divisor = 1.0;
  if (reduction == Reduction::kMean) {
    divisor = MeanDivisor(crew, rows.weight, rows.count);
  }
  return {divisor, divisor};
}

// Nothing on a side has weight if its divisor is 0.
double InverseOrZero(double divisor) { return divisor == 0.0 ? 0.0 : 1.0 / divisor; }
double Divide(double sum, double divisor) { return divisor == 0.0 ? 0.0 : sum / divisor; }

}  // namespace

double Compute(Crew* crew, const RowLoss& loss, const Rows& rows, Reduction reduction) {
  const Sides divisor = Divisors(crew, rows, reduction);
  if (divisor.present == 0.0 && divisor.absent == 0.0) {
    if (rows.grad != nullptr) std::fill_n(rows.grad, rows.count * loss.width, 0.0f);
    return 0.0;
  }
  const RowKernel kernel = rows.grad == nullptr ? loss.value : loss.gradient;
  const Sides scale = {InverseOrZero(divisor.present), InverseOrZero(divisor.absent)};
  const size_t block = 4 * kBlock / loss.width;
  const Sides sum = SumBlocks<Sides>(crew, rows.count, block, [&](size_t begin, size_t end) {
    return kernel(rows, begin, end, scale);
  });
  return Divide(sum.present, divisor.present) + Divide(sum.absent, divisor.absent);
}

}  // namespace detloss
