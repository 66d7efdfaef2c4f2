// Tests of the number types: functions against libm over their whole range, on every instruction
// set; the rules of differentiation; and the derivatives of all formulas.
//
// Prints the largest errors, those of functions as the comments of native/number/math-inl.h state
// them, and exits with 1 if one is beyond its bound.

#include <cstdio>
#include <cstdlib>

#include "report.h"

namespace detloss {

// Defined in the units that CMake makes of formulas_test.cc.in.
#define KERNEL(FAMILY, NAME, ...) int Test_##FAMILY##_##NAME();
#include "catalogue.inc"
#undef KERNEL

int TestFormulas() {
  int failures = 0;
#define KERNEL(FAMILY, NAME, ...) failures += Test_##FAMILY##_##NAME();
#include "catalogue.inc"
#undef KERNEL
  return failures;
}

}  // namespace detloss

int main() {
  const int failures = detloss::TestRules() + detloss::TestFormulas() + detloss::TestPrimitives() +
                       detloss::TestPowers();
  std::printf("native: %s\n", failures == 0 ? "all checks hold" : "FAILED");
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
