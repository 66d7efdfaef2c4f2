// What the tests of the number types report to main.cc: each counts its failures.

#ifndef DETLOSS_TEST_REPORT_H_
#define DETLOSS_TEST_REPORT_H_

#include <cstdio>

#include "hwy/highway.h"

namespace detloss {

// The functions of Lanes against libm, on every instruction set that the processor has.
int TestPrimitives();
int TestPowers();

// The failures of a test on all of those.
template <class Test>
int TestTargets(const Test& test) {
  int failures = 0;
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    failures += test();
  }
  return failures;
}

// Every rule of differentiation against the complex step.
int TestRules();

// A relative error over doubles that is no more than rounding.
constexpr double kRounding = 1e-12;

// Prints an error over doubles: 1 if it is more than rounding, and where it is NaN.
inline int ReportRounding(const char* name, const char* of, double error) {
  const bool holds = error <= kRounding;
  std::printf("double   %-24s %-10s %.1e (bound %.0e)%s\n", name, of, error, kRounding,
              holds ? "" : " FAILED");
  return holds ? 0 : 1;
}

}  // namespace detloss

#endif  // DETLOSS_TEST_REPORT_H_
