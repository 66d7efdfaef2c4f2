// Powers, logarithms and angles of Lanes against libm, on every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "powers_test.cc"
#include "hwy/foreach_target.h"
#include "report.h"
#include "sweep-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "number/dual.h"

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kLeastNormal = std::numeric_limits<float>::min();

struct Drawn {
  float x, y;
};
using Generator = std::mt19937;

double Between(Generator& random, double least, double most) {
  return std::uniform_real_distribution<double>(least, most)(random);
}
// Of any size, and likely of none.
double OfAnySize(Generator& random, double least, double most) {
  return std::exp(Between(random, std::log(least), std::log(most)));
}

// The largest error at numbers that `draw` gives, of which the i-th may be of another kind.
template <class Draw, class Got, class Exact>
double SweepDrawn(Draw draw, Got got, Exact exact) {
  Generator random(1);
  double worst = 0;
  for (int i = 0; i < 400000; ++i) {
    const Drawn at = draw(random, i);
    worst = std::max(worst, UlpError(got(at.x, at.y), exact(at.x, at.y)));
  }
  return worst;
}

// A number and an exponent: of any sizes; of a power of any size; of a number near 1.
Drawn DrawPower(Generator& random, int i, double least) {
  const auto x = static_cast<float>(OfAnySize(random, least, 3.4e38));
  const double log = std::fabs(std::log(static_cast<double>(x))) + 1e-3;
  if (i % 3 == 0) return {x, static_cast<float>(OfAnySize(random, 1e-3, 64))};
  if (i % 3 == 1) return {x, static_cast<float>(std::min(64.0, Between(random, 0, 104) / log))};
  return {static_cast<float>(Between(random, 0.5, 1.6)),
          static_cast<float>(Between(random, 0, 64))};
}

// An angle up to 2^20: of any size; of a few turns; as large as it may be; close to a multiple of a
// right angle, where the sine or the cosine is small.
float DrawAngle(Generator& random, int i) {
  const double sign = i % 2 == 0 ? 1 : -1;
  switch (i / 2 % 4) {
    case 0:
      return static_cast<float>(sign * OfAnySize(random, 1e-45, 1e6));
    case 1:
      return static_cast<float>(sign * Between(random, 0, 7));
    case 2:
      return static_cast<float>(sign * Between(random, 0, 0x1p20));
    default:
      return static_cast<float>(sign * std::floor(Between(random, 0, 667000)) *
                                1.57079632679489661923);
  }
}

void TestPow() {
  const auto pow = [](float x, float y) HWY_ATTR { return First(Pow(x, y)); };
  const auto slope = [](float x, float y) HWY_ATTR { return First(PowWithSlope(x, y).slope); };
  Report("Pow",
         SweepDrawn([](Generator& random, int i) { return DrawPower(random, i, 1e-45); }, pow,
                    [](double x, double y) { return std::pow(x, y); }),
         2.5);
  Report("Pow, large y",
         SweepDrawn(
             [](Generator& random, int) {
               return Drawn{static_cast<float>(1 + Between(random, -1e-3, 1e-3)),
                            static_cast<float>(OfAnySize(random, 64, 1e9))};
             },
             pow, [](double x, double y) { return std::pow(x, y); }),
         2.5);
  Report("Pow, slope",
         SweepDrawn([](Generator& random, int i) { return DrawPower(random, i, 1.2e-38); }, slope,
                    [](double x, double y) { return y * std::pow(x, y - 1); }),
         3.0);
  for (const float y : {1e-3f, 0.5f, 1.0f, 1.5f, 2.0f, 3.0f, 64.0f, 1e30f}) {
    Check("0^y, 1^y and infinity^y",
          pow(0.0f, y) == 0.0f && pow(1.0f, y) == 1.0f && pow(kInfinity, y) == kInfinity);
    Check("NaN^y", std::isnan(pow(kNaN, y)) && std::isnan(pow(-kNaN, y)));
  }
  Check("x^0", pow(0.0f, 0.0f) == 1.0f && pow(0.3f, 0.0f) == 1.0f && pow(1e-40f, 0.0f) == 1.0f &&
                   pow(kInfinity, 0.0f) == 1.0f && std::isnan(pow(kNaN, 0.0f)));
  Check("x^NaN", std::isnan(pow(0.5f, kNaN)));
  for (const float x : {1e-45f, 1e-40f, 0.1f, 0.7f, 3.0f, 1e19f}) {
    Check("x^1 and x^2 are exact", pow(x, 1.0f) == x && pow(x, 2.0f) == x * x);
    Check("and so are their derivatives", slope(x, 1.0f) == 1.0f && slope(x, 2.0f) == x + x);
  }
  Check("any y", pow(0.99f, 1e38f) == 0.0f && pow(1.01f, 1e38f) == kInfinity &&
                     pow(1e30f, 1e30f) == kInfinity && pow(1e-30f, 1e30f) == 0.0f);
  Check("a slope at 0 is finite", slope(0.0f, 0.0f) == 0.0f && slope(0.0f, 0.5f) == 0.0f &&
                                      slope(0.0f, 1.0f) == 1.0f && slope(0.0f, 1.5f) == 0.0f &&
                                      slope(0.0f, 2.0f) == 0.0f && slope(0.0f, 64.0f) == 0.0f);
  for (const float y : {0.0f, 1e-3f, 0.1f, 0.5f, 0.999f}) {
    Check("a slope beside 0 is finite",
          slope(1e-40f, y) == 0.0f && std::isfinite(slope(kLeastNormal, y)));
  }
  Check("a slope of NaN", std::isnan(slope(kNaN, 0.5f)) && std::isnan(slope(kNaN, 3.0f)));
}

void TestExponentials() {
  const auto rest = [](float x, float) HWY_ATTR { return First(OneMinusExpMinus(x)); };
  const auto log = [](float x, float) HWY_ATTR { return First(LogPlusOne(x)); };
  const auto root = [](float x, float) HWY_ATTR { return First(RootOrZero(Lanes(x))); };
  const auto slope = [](float x) HWY_ATTR { return First(RootOrZero(Dual{Lanes(x), One{}}).a); };
  Report("1 - e^-x", Sweep(1e-45, 100, rest, [](double x, double) { return -std::expm1(-x); }),
         2.0);
  Report("LogPlusOne", Sweep(1e-45, 3.4e38, log, [](double x, double) { return std::log1p(x); }),
         2.0);
  Report("RootOrZero", Sweep(1e-45, 3.4e38, root, [](double x, double) { return std::sqrt(x); }),
         0.5);
  Check("1 - e^-x at both ends",
        rest(0.0f, 0) == 0.0f && rest(kInfinity, 0) == 1.0f && std::isnan(rest(kNaN, 0)));
  Check("ln(1 + x) at both ends",
        log(0.0f, 0) == 0.0f && log(kInfinity, 0) == kInfinity && std::isnan(log(kNaN, 0)));
  Check("a root has the derivative 0 at 0", slope(0.0f) == 0.0f && slope(0.25f) == 1.0f &&
                                                std::isfinite(slope(1e-45f)) &&
                                                std::isnan(slope(kNaN)));
}

void TestAngles() {
  const auto sin = [](float x, float) HWY_ATTR { return First(SinCos(x).sin); };
  const auto cos = [](float x, float) HWY_ATTR { return First(SinCos(x).cos); };
  const auto far = [](Generator& random, int) {
    return Drawn{static_cast<float>(OfAnySize(random, 0x1p20, 3.4e38)), 0};
  };
  const auto angle = [](Generator& random, int i) { return Drawn{DrawAngle(random, i), 0}; };
  const auto exact_sin = [](double x, double) { return std::sin(x); };
  const auto exact_cos = [](double x, double) { return std::cos(x); };
  Report("Sin", SweepDrawn(angle, sin, exact_sin), 2.0);
  Report("Cos", SweepDrawn(angle, cos, exact_cos), 2.0);
  Report("Sin, far", SweepDrawn(far, sin, exact_sin), 0.5);
  Report("Cos, far", SweepDrawn(far, cos, exact_cos), 0.5);
  Check("the angle 0", sin(0.0f, 0) == 0.0f && cos(0.0f, 0) == 1.0f);
  for (const float none : {kNaN, kInfinity, -kInfinity}) {
    Check("no angle", std::isnan(sin(none, 0)) && std::isnan(cos(none, 0)));
  }
  for (float x = 0.1f; x < 1e6f; x *= 1.7f) {
    Check("a sine is odd, a cosine even", sin(-x, 0) == -sin(x, 0) && cos(-x, 0) == cos(x, 0));
    Check("neither is more than 1", std::fabs(sin(x, 0)) <= 1.0f && std::fabs(cos(x, 0)) <= 1.0f);
    // A far angle in the lanes beside it makes no difference.
    const FloatTag d;
    const Direction mixed = SinCos(Select(hn::FirstN(d, 1), x, 1e30f));
    Check("lanes are by themselves",
          First(mixed.sin) == sin(x, 0) && First(mixed.cos) == cos(x, 0));
  }
}

int TestPowersHere() {
  failures = 0;
  TestPow();
  TestExponentials();
  TestAngles();
  return failures;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(TestPowersHere);

int TestPowers() {
  return TestTargets([] { return HWY_DYNAMIC_DISPATCH(TestPowersHere)(); });
}

}  // namespace detloss
#endif
