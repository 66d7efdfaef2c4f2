// The primitives of the formulas for a plain floating-point `Number`: text for the inside of a
// namespace that has declared it, as the formulas are.

#if defined(DETLOSS_NUMBER_SCALAR_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_NUMBER_SCALAR_H_
#undef DETLOSS_NUMBER_SCALAR_H_
#else
#define DETLOSS_NUMBER_SCALAR_H_
#endif

using Mask = bool;

FORMULA Number Value(Number a) { return a; }
// A number that the gradient holds constant.
FORMULA Number Detached(Number a) { return a; }
FORMULA Number MulAdd(Number a, Number b, Number c) { return a * b + c; }
FORMULA Number MulSub(Number a, Number b, Number c) { return a * b - c; }
FORMULA Number NegMulAdd(Number a, Number b, Number c) { return c - a * b; }
FORMULA Number OffsetIn(Number a, Number n, Number c) { return std::fma(a, n, -c); }
FORMULA Number RestIn(Number a, Number n, Number c) { return std::fma(-a, n, c); }

FORMULA Number DifferenceOfProducts(Number a, Number b, Number c, Number d) {
  const Number product = c * d;
  return std::fma(a, b, -product) - std::fma(c, d, -product);
}
// What the difference a − b has lost by rounding, given that: Knuth's TwoSum.
FORMULA Number LostOfDifference(Number a, Number b, Number difference) {
  const Number minus_b = difference - a;
  return (a - (difference - minus_b)) - (b + minus_b);
}

FORMULA Number Abs(Number a) { return std::fabs(a); }
FORMULA Number Square(Number a) { return a * a; }
FORMULA Number Sqrt(Number a) { return std::sqrt(a); }

FORMULA Number Select(Mask mask, Number yes, Number no) { return mask ? yes : no; }
FORMULA Number ZeroWhere(Mask mask, Number a) { return mask ? Number(0) : a; }

// NaN where either operand is.
FORMULA Number Min(Number a, Number b) { return a < b || a != a ? a : b; }
FORMULA Number Max(Number a, Number b) { return a > b || a != a ? a : b; }
FORMULA Number Lesser(Number a, Number b) { return Min(a, b); }
FORMULA Number Greater(Number a, Number b) { return Max(a, b); }
FORMULA Number Positive(Number a) { return Max(Number(0), a); }
FORMULA Number Negative(Number a) { return Min(Number(0), a); }

// max(z, 0) − z t
FORMULA Number LinearPart(Number z, Number t) { return std::fma(-z, t, Positive(z)); }
FORMULA Number LinearPart(Number z, Number t, Number rest) {
  return std::fabs(z) * (z > 0 ? rest : t);
}

// 1, ½ or 0, and 1, 0 or −1: the derivatives of max(a, 0) and |a|.
FORMULA Number Step(Number a) { return a > 0 ? Number(1) : a < 0 ? Number(0) : Number(0.5); }
FORMULA Number StepDown(Number a) { return Step(-a); }
FORMULA Number Sign(Number a) { return a > 0 ? Number(1) : a < 0 ? Number(-1) : Number(0); }

// ln(a / b) of positive numbers, given a − b. Close ones differ by an exact number, whose digits
// their rounded quotient would lose; far ones have a quotient that may be no finite number.
FORMULA Number LogRatio(Number a, Number b, Number difference) {
  if (a < 2 * b && b < 2 * a) return std::log1p(difference / b);
  const Number quotient = a / b;
  const bool normal = quotient >= std::numeric_limits<Number>::min() &&
                      quotient <= std::numeric_limits<Number>::max();
  return normal ? std::log(quotient) : std::log(a) - std::log(b);
}
FORMULA Number LogRatio(Number a, Number b) { return LogRatio(a, b, a - b); }
FORMULA Number Log(Number a) { return std::log(a); }
FORMULA Number CopySign(Number a, Number b) { return std::copysign(a, b); }
FORMULA Number Radian() { return Number(0.63661977236758134); }  // in right angles
FORMULA Number ArcTangent(Number y, Number x) { return std::atan2(y, x) * Radian(); }

FORMULA Number Inverse(Number a) { return Number(1) / Max(std::numeric_limits<Number>::min(), a); }
FORMULA Number PartOf(Number whole, Number part) {
  return part / Max(std::numeric_limits<Number>::min(), whole);
}
FORMULA Number Quotient(Number a, Number b, Number inverse) {
  return inverse == 0 ? Number(0) : a / b;
}

// The power of 2 that a number of 0 or more is to be multiplied by to be in [1, 2); the largest for
// 0.
FORMULA Number InverseScale(Number a) {
  constexpr int kLargest = std::numeric_limits<Number>::max_exponent - 1;
  if (!(a >= std::numeric_limits<Number>::min())) return std::ldexp(Number(1), kLargest);
  int exponent = 0;
  std::frexp(a, &exponent);
  return std::ldexp(Number(1), 1 - exponent);
}

// The derivative σ(z) − t of a cross-entropy, with what z and t have lost by rounding: as given,
// unless σ(z) and t are so close that it is no more than rounding. `rest` is 1 − t.
FORMULA Number KeepDigits(Number slope, Number z, Number z_lost, Number t, Number rest,
                          Number t_lost) {
  if (!(std::fabs(slope) * 64 < Min(t, rest))) return slope;
  const double logit = static_cast<double>(z) + static_cast<double>(z_lost);
  const double target = static_cast<double>(t) + static_cast<double>(t_lost);
  const double e = std::exp(-std::fabs(logit));
  const double factor = logit > 0 ? -target : 1 - target;
  // For small z, e − 1 keeps digits that e does not have.
  const double difference = e > 0.5 ? (1 - target) - target + factor * std::expm1(-std::fabs(logit))
                                    : (logit > 0 ? 1 - target : -target) + factor * e;
  return static_cast<Number>(difference / (1 + e));
}
FORMULA bool IsBetween0And1Anywhere(Number a) { return a > 0 && a < 1; }

FORMULA Number Exp(Number a) { return std::exp(a); }
FORMULA Number ExpMinus(Number a) { return std::exp(-a); }
FORMULA double LogOfOnePlus(double rest) { return std::log1p(rest); }
FORMULA Number LogOnePlus(Number e) { return std::log1p(e); }
FORMULA Number LogOneMinus(Number a) { return std::log1p(-a); }
FORMULA Number LogPlusOne(Number x) { return std::log1p(x); }
FORMULA Number OneMinusExpMinus(Number a) { return -std::expm1(-a); }

// x^y for x and y of 0 or more, with 0^0 = 1, but NaN^0 = NaN; with its derivative y x^(y−1), which
// is 0 for y < 1 where x is 0 or subnormal.
FORMULA Number Pow(Number x, Number y) { return x != x ? x : std::pow(x, y); }
struct PowerWithSlope {
  Number power;
  Number slope;
};
FORMULA PowerWithSlope PowWithSlope(Number x, Number y) {
  const Number power = Pow(x, y);
  if (y < 1 && x < std::numeric_limits<Number>::min()) return {power, Number(0)};
  // y − 1 is exact from ½ on.
  return {power, y < Number(0.5) ? y * (power / x) : y * Pow(x, y - 1)};
}

// The sine and the cosine of one angle, in radians.
struct Direction {
  Number sin;
  Number cos;
};
FORMULA Direction SinCos(Number a) { return {std::sin(a), std::cos(a)}; }

#endif
