// What tests of the functions of Lanes on every instruction set share.

#include "number/math-inl.h"

#if defined(DETLOSS_TEST_SWEEP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_TEST_SWEEP_INL_H_
#undef DETLOSS_TEST_SWEEP_INL_H_
#else
#define DETLOSS_TEST_SWEEP_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {
namespace {

// The error of `got` in units of the last place of the exact value.
double UlpError(float got, double exact) {
  const float rounded = static_cast<float>(exact);
  if (std::isnan(got) || std::isnan(rounded))
    return std::isnan(got) == std::isnan(rounded) ? 0 : 1e9;
  if (std::isinf(got) || std::isinf(rounded)) return got == rounded ? 0 : 1e9;
  const float magnitude = std::max(std::fabs(rounded), std::numeric_limits<float>::min());
  const float next = std::nextafter(magnitude, std::numeric_limits<float>::infinity());
  return std::fabs(got - exact) / (static_cast<double>(next) - magnitude);
}

float First(Lanes lanes) { return hn::GetLane(lanes.v); }

// The largest error over random pairs of positive numbers whose logarithms are spread evenly.
template <class Got, class Exact>
double Sweep(double low, double high, Got got, Exact exact) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<double> exponent(std::log(low), std::log(high));
  double worst = 0;
  for (int i = 0; i < 400000; ++i) {
    const float a = static_cast<float>(std::exp(exponent(generator)));
    // Every fourth pair lies close together, where a rounded quotient loses the logarithm.
    const float b = i % 4 == 0 ? a * (1 + 1e-3f * (i % 1000) / 1000)
                               : static_cast<float>(std::exp(exponent(generator)));
    worst = std::max(worst, UlpError(got(a, b), exact(a, b)));
  }
  return worst;
}

int failures = 0;

void Report(const char* name, double worst, double bound) {
  std::printf("%-8s %-12s %.2f ULP (bound %.1f)\n", hwy::TargetName(HWY_TARGET), name, worst,
              bound);
  if (!(worst <= bound)) ++failures;
}

void Check(const char* name, bool holds) {
  if (holds) return;
  std::printf("%-8s %s does not hold\n", hwy::TargetName(HWY_TARGET), name);
  ++failures;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
