// Every rule of differentiation against the complex step.

#include "complex_step.h"
#include "loops/rows.h"
#include "report.h"
#include "rules.h"

#define FORMULA inline

namespace detloss {
namespace {

// What variables and constants are from and to.
struct Domain {
  double least;
  double most;
};
constexpr Domain kAny = {-3, 3};
constexpr Domain kPositive = {0.05, 3};

// A target so close to σ(x) that the derivative of a cross-entropy would lose digits.
#define NEAR_SIGMOID                                   \
  template <class X>                                   \
  Number NearSigmoid(const X& x) {                     \
    return Detached(Sigmoid(Value(x))) * Number(1.01); \
  }

#define RULE(NAME, DOMAIN, ...)                                                           \
  struct NAME##Function {                                                                 \
    template <class X, class Y>                                                           \
    auto operator()([[maybe_unused]] const X& x, [[maybe_unused]] const Y& y,             \
                    [[maybe_unused]] const Number& t, [[maybe_unused]] const Number& u) { \
      return __VA_ARGS__;                                                                 \
    }                                                                                     \
  };

namespace doubles {
using Number = double;
#include "number/scalar.h"
#include "number/dual.h"
#include "formulas/cross_entropy.h"
NEAR_SIGMOID
DETLOSS_RULES(RULE)
}  // namespace doubles

#ifdef HWY_TARGET_TOGGLE
#undef HWY_TARGET_TOGGLE
#else
#define HWY_TARGET_TOGGLE
#endif

namespace complexes {
using Number = Complex;
#include "complex.h"
#include "number/dual.h"
#include "formulas/cross_entropy.h"
NEAR_SIGMOID
DETLOSS_RULES(RULE)
}  // namespace complexes
#undef RULE

// The five kinds of partial derivatives, of which that by a number has the value given.
template <int kIndex>
auto PartialOfKind(double value) {
  constexpr int kKind = kIndex % 5;
  if constexpr (kKind == 0) {
    return doubles::Zero{};
  } else if constexpr (kKind == 1) {
    return doubles::One{};
  } else if constexpr (kKind == 2) {
    return doubles::MinusOne{};
  } else if constexpr (kKind == 3) {
    return doubles::Negated{value};
  } else {
    return value;
  }
}

// A variable with a partial derivative of every kind, from kFirst on.
template <int kFirst>
auto VariableOf(double value, double partial) {
  return doubles::Dual{value,
                       PartialOfKind<kFirst>(partial),
                       PartialOfKind<kFirst + 1>(partial),
                       PartialOfKind<kFirst + 2>(partial),
                       PartialOfKind<kFirst + 3>(partial),
                       PartialOfKind<kFirst + 4>(partial),
                       PartialOfKind<kFirst + 5>(partial)};
}

struct Partials {
  double values[6];

  template <class Dual>
  explicit Partials(const Dual& x)
      : values{doubles::ToNumber(x.a), doubles::ToNumber(x.b), doubles::ToNumber(x.c),
               doubles::ToNumber(x.d), doubles::ToNumber(x.e), doubles::ToNumber(x.f)} {}
};

// Where a function is evaluated.
struct Point {
  double x, y, t, u;
};

// The largest error of a rule's derivative at a point, over the sum of what x and y contribute to
// it, for partial derivatives by x and y of which the kinds are kShift apart.
template <int kShift, class Function, class Reference>
double ErrorOf(const Point& at, Random& random, Function function, Reference reference) {
  const auto x = VariableOf<0>(at.x, random.Between(-2, 2));
  const auto y = VariableOf<kShift>(at.y, random.Between(-2, 2));
  const Partials by_x(x), by_y(y), got(function(x, y, at.t, at.u));
  const auto rate = [&](double rate_x, double rate_y) {
    return RateOf(Complex(reference(Vary(at.x, rate_x), Vary(at.y, rate_y), at.t, at.u)));
  };
  double worst = 0;
  for (int k = 0; k < 6; ++k) {
    const double exact = rate(by_x.values[k], by_y.values[k]);
    const double scale = std::fabs(rate(by_x.values[k], 0)) + std::fabs(rate(0, by_y.values[k]));
    const double error = std::fabs(got.values[k] - exact);
    if (error != 0) worst = std::fmax(worst, error / scale);
    if (std::isnan(error)) return error;
  }
  return worst;
}

// The same with any kinds of partial derivatives.
template <class Function, class Reference>
double ErrorAt(const Point& at, Random& random, Function function, Reference reference) {
  double worst = 0;
  for (const double error :
       {ErrorOf<0>(at, random, function, reference), ErrorOf<1>(at, random, function, reference),
        ErrorOf<2>(at, random, function, reference), ErrorOf<3>(at, random, function, reference),
        ErrorOf<4>(at, random, function, reference)}) {
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

template <class Function, class Reference>
int CheckRule(const char* name, const Domain& domain, Function function, Reference reference) {
  Random random;
  double worst = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto draw = [&] { return random.Between(domain.least, domain.most); };
    const double x = draw();
    const double y = i % 4 == 0 ? x * (1 + 1e-6 * draw()) : draw();
    const double error = ErrorAt({x, y, draw(), draw()}, random, function, reference);
    if (!(error <= worst)) worst = error;
    if (std::isnan(worst)) break;
  }
  return ReportRounding(name, "rule", worst);
}

// Where two functions meet, the derivative is the mean of theirs.
template <class Function, class Reference>
int CheckMeeting(const char* name, Function function, Reference reference) {
  Random random;
  const auto mean = [&](Complex x, Complex y, double t, double u) {
    const auto beside = [&](double distance) {
      return Complex(reference(x + distance, y, Complex(t), Complex(u)));
    };
    return (beside(1e-9) + beside(-1e-9)) * 0.5;
  };
  return ReportRounding(name, "meeting", ErrorAt({0, 0, 0.3, 0.7}, random, function, mean));
}

// Derivatives at 0 that are conventions.
int CheckZero() {
  const doubles::Dual zero{0.0, doubles::One{}};
  bool holds = doubles::RootOrZero(zero).a == 0;
  for (const double y : {0.0, 0.3, 0.7, 1.0, 1.5, 2.0, 64.0}) {
    const auto power = doubles::Pow(zero, y);
    holds = holds && power.value == (y == 0 ? 1 : 0) && power.a == (y == 1 ? 1 : 0);
  }
  return ReportRounding("Pow and RootOrZero", "at 0", holds ? 0 : 1);
}

}  // namespace

int TestRules() {
  int failures = CheckZero();
#define RULE(NAME, DOMAIN, ...) \
  failures += CheckRule(#NAME, DOMAIN, doubles::NAME##Function{}, complexes::NAME##Function{});
  DETLOSS_RULES(RULE)
#undef RULE
#define RULE(NAME) \
  failures += CheckMeeting(#NAME, doubles::NAME##Function{}, complexes::NAME##Function{});
  DETLOSS_MEETING_RULES(RULE)
#undef RULE
  return failures;
}

}  // namespace detloss
