// The functions of Lanes against libm over their whole range, on every instruction set; powers and
// angles are in powers_test.cc.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "primitives_test.cc"
#include "hwy/foreach_target.h"
#include "report.h"
#include "sweep-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "number/dual.h"

int TestMath() {
  failures = 0;
  Report("LogRatio",
         Sweep(
             1e-30, 1e30, [](float a, float b) HWY_ATTR { return First(LogRatio(a, b)); },
             [](double a, double b) { return std::log(a / b); }),
         2.0);
  Report("LogRatio'",
         Sweep(
             1e-30, 1e30,
             [](float a, float b) HWY_ATTR {
               return First(LogRatio(a, b, static_cast<float>(double{a} - double{b})));
             },
             [](double a, double b) { return std::log(a / b); }),
         2.0);
  // Close products cancel to all but their last digits; of a and a + 1 ULP the difference is exact.
  Report("a b - c d",
         Sweep(
             1e-6, 1e6,
             [](float a, float b)
                 HWY_ATTR { return First(DifferenceOfProducts(a, b * 1.001f, b, a)); },
             [](double a, double b) {
               return a * static_cast<float>(static_cast<float>(b) * 1.001f) - b * a;
             }),
         1.0);
  Report(
      "lost of a - b",
      Sweep(
          1e-3, 1e3, [](float a, float b) HWY_ATTR { return First(LostOfDifference(a, b, a - b)); },
          [](double a, double b) {
            return a - b - static_cast<double>(static_cast<float>(a) - static_cast<float>(b));
          }),
      0.0);
  Report("s(z) - t",
         Sweep(
             1e-6, 20,
             [](float a, float b) HWY_ATTR {
               // A target a little beside σ(z).
               const double s = 1 / (1 + std::exp(-double{a}));
               const float t = static_cast<float>(s * (1 - 1e-3 / (1 + double{b})));
               return First(KeepDigits(0.0f, a, 0.0f, t, 1.0f - t, 0.0f));
             },
             [](double a, double b) {
               const double s = 1 / (1 + std::exp(-a));
               return s - static_cast<float>(s * (1 - 1e-3 / (1 + b)));
             }),
         1.0);
  Report("Log",
         Sweep(
             1e-44, 1e38, [](float a, float) HWY_ATTR { return First(Log(a)); },
             [](double a, double) { return std::log(a); }),
         2.0);
  Report("ArcTangent",
         Sweep(
             1e-18, 1e18, [](float a, float b) HWY_ATTR { return First(ArcTangent(a, b)); },
             [](double a, double b) { return std::atan2(a, b) * 2 / 3.14159265358979323846; }),
         4.0);
  Report("Inverse",
         Sweep(
             1e-37, 1e37, [](float a, float) HWY_ATTR { return First(Inverse(a)); },
             [](double a, double) { return 1 / a; }),
         3.0);
  Report(
      "Quotient",
      Sweep(
          1e-12, 1e12, [](float a, float b) HWY_ATTR { return First(Quotient(a, b, Inverse(b))); },
          [](double a, double b) { return a / b; }),
      0.6);
  Report("PartOf",
         Sweep(
             1e-12, 1e12, [](float a, float b) HWY_ATTR { return First(PartOf(b, a)); },
             [](double a, double b) { return a / b; }),
         0.6);
  Report("Exp",
         Sweep(
             1e-6, 87, [](float a, float b) HWY_ATTR { return First(Exp(a < b ? a : -a)); },
             [](double a, double b) { return std::exp(a < b ? a : -a); }),
         2.0);
  Report("ExpMinus",
         Sweep(
             1e-6, 87, [](float a, float) HWY_ATTR { return First(ExpMinus(a)); },
             [](double a, double) { return std::exp(-a); }),
         2.0);
  // A small one keeps its digits.
  Report("ln(1 + e^-a)",
         Sweep(
             1e-6, 80, [](float a, float) HWY_ATTR { return First(LogOnePlus(ExpMinus(a))); },
             [](double a, double) { return std::log1p(std::exp(-a)); }),
         4.0);
  Report("LogOneMinus",
         Sweep(
             1e-12, 0.999, [](float a, float) HWY_ATTR { return First(LogOneMinus(a)); },
             [](double a, double) { return std::log1p(-a); }),
         4.0);
  Report("Sigmoid",
         Sweep(
             1e-6, 80, [](float a, float b) HWY_ATTR { return First(Sigmoid(a < b ? a : -a)); },
             [](double a, double b) { return 1 / (1 + std::exp(a < b ? -a : a)); }),
         4.0);

  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  Check("min and max of NaN",
        std::isnan(First(Min(nan, 1.0f))) && std::isnan(First(Min(1.0f, nan))) &&
            std::isnan(First(Max(nan, 1.0f))) && std::isnan(First(Max(1.0f, nan))));
  Check("max(NaN, 0) is NaN", std::isnan(First(Positive(nan))) && std::isnan(First(Negative(nan))));
  Check("ln of NaN and infinity", std::isnan(First(LogRatio(nan, 1.0f))) &&
                                      std::isnan(First(LogRatio(1.0f, nan))) &&
                                      First(LogRatio(infinity, 1.0f)) == infinity &&
                                      First(LogRatio(1.0f, infinity)) == -infinity);
  Check("exp of NaN and infinity", std::isnan(First(Exp(nan))) &&
                                       First(Exp(infinity)) == infinity &&
                                       First(Exp(-infinity)) == 0.0f);
  Check("exp overflows where a float does",
        std::isfinite(First(Exp(88.7f))) && First(Exp(88.8f)) == infinity);
  Check("e^-a of NaN and of large a",
        std::isnan(First(ExpMinus(nan))) && std::isnan(First(ExpMinus(std::nanf("1")))) &&
            std::isnan(First(Exp(std::nanf("1")))) && First(ExpMinus(infinity)) == 0.0f &&
            First(ExpMinus(88.0f)) == 0.0f && First(ExpMinus(0.0f)) == 1.0f);
  Check("ln of subnormal numbers", First(Log(1e-40f)) < -92.0f && First(Log(1e-40f)) > -93.0f);
  Check("ln of 0 and infinity, NaN stays NaN",
        First(Log(0.0f)) < -100.0f && First(Log(1.0f)) == 0.0f &&
            First(Log(infinity)) == infinity && std::isnan(First(Log(nan))));
  Check("ln(1 - a) at both ends", First(LogOneMinus(0.0f)) == 0.0f &&
                                      First(LogOneMinus(1.0f)) < -100.0f &&
                                      std::isnan(First(LogOneMinus(nan))));
  Check("ln(1 + e^-a) of large a", First(LogOnePlus(ExpMinus(1e4f))) == 0.0f);
  Check("atan2(0, 0) is 0", First(ArcTangent(0.0f, 0.0f)) == 0.0f);
  Check("atan2 of NaN",
        std::isnan(First(ArcTangent(nan, 1.0f))) && std::isnan(First(ArcTangent(1.0f, nan))));
  Check("a / a is 1", First(Quotient(0.3f, 0.3f, Inverse(0.3f))) == 1.0f &&
                          First(Quotient(1e36f, 1e36f, Inverse(1e36f))) == 1.0f);
  Check("0 / 0 of a part is 0",
        First(PartOf(0.0f, 0.0f)) == 0.0f && First(PartOf(2.0f, 2.0f)) == 1);
  Check("a quotient by what has no inverse is 0", First(Quotient(0.0f, 0.0f, 0.0f)) == 0.0f);
  Check("what is left in a cell is rounded once",
        First(RestIn(0.3f, 7.0f, 3.0f)) == static_cast<float>(3.0 - 7.0 * 0.3f) &&
            First(RestIn(0.3f, 7.0f, 3.0f)) == -First(OffsetIn(0.3f, 7.0f, 3.0f)));
  Check("1 / 0 is finite", std::isfinite(First(Inverse(0.0f))));
  Check("steps share ties",
        First(Step(0.0f)) == 0.5f && First(StepDown(0.0f)) == 0.5f && First(Sign(0.0f)) == 0.0f);
  for (const float a : {1e-45f, 1e-41f, 1e-30f, 1.0f, 3e38f}) {
    Check("steps are steps, beside the smallest numbers too",
          First(Step(a)) == 1.0f && First(Step(-a)) == 0.0f && First(StepDown(a)) == 0.0f &&
              First(StepDown(-a)) == 1.0f && First(Sign(a)) == 1.0f && First(Sign(-a)) == -1.0f);
  }
  for (const float a : {1.2e-38f, 0.75f, 1.0f, 1.5f, 1e30f}) {
    const float scaled = a * First(InverseScale(a));
    Check("a scale brings numbers to 1", scaled >= 1.0f && scaled < 2.0f);
  }
  Check("0 has a scale", First(InverseScale(0.0f)) == 0x1p127f);
  return failures;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(TestMath);

int TestPrimitives() {
  return TestTargets([] { return HWY_DYNAMIC_DISPATCH(TestMath)(); });
}

}  // namespace detloss
#endif
