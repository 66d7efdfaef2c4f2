// The primitives of the formulas for complex numbers, as number/scalar.h has them for real ones:
// text for the inside of a namespace that has declared `Number`, a Complex of complex_step.h.
//
// What is analytic is the function of the complex number. What is not (|a|, the lesser of two) is
// its branch, which the real parts choose. What corrects a rounding does so for the real part.

using Mask = bool;

// So that the complex step leaves alone what a gradient holds constant.
FORMULA Number Detached(Number a) { return a.re(); }

FORMULA Mask operator<(Number a, Number b) { return a.re() < b.re(); }
FORMULA Mask operator>(Number a, Number b) { return a.re() > b.re(); }
FORMULA Mask operator<=(Number a, Number b) { return a.re() <= b.re(); }
FORMULA Mask operator==(Number a, Number b) { return a.re() == b.re(); }
FORMULA Mask operator!=(Number a, Number b) { return a.re() != b.re(); }

FORMULA Number Value(Number a) { return a; }
FORMULA Number MulAdd(Number a, Number b, Number c) { return a * b + c; }
FORMULA Number MulSub(Number a, Number b, Number c) { return a * b - c; }
FORMULA Number NegMulAdd(Number a, Number b, Number c) { return c - a * b; }
FORMULA Number OffsetIn(Number a, Number n, Number c) {
  return {std::fma(a.re(), n.re(), -c.re()), (a * n - c).im()};
}
FORMULA Number RestIn(Number a, Number n, Number c) { return -OffsetIn(a, n, c); }
FORMULA Number DifferenceOfProducts(Number a, Number b, Number c, Number d) {
  const double product = c.re() * d.re();
  return {std::fma(a.re(), b.re(), -product) - std::fma(c.re(), d.re(), -product),
          (a * b - c * d).im()};
}
FORMULA Number LostOfDifference(Number a, Number b, Number difference) {
  const double minus_b = difference.re() - a.re();
  return (a.re() - (difference.re() - minus_b)) - (b.re() + minus_b);
}

FORMULA Number Select(Mask mask, Number yes, Number no) { return mask ? yes : no; }
FORMULA Number ZeroWhere(Mask mask, Number a) { return mask ? Number(0) : a; }

FORMULA Number Abs(Number a) { return a < 0 ? -a : a; }
FORMULA Number Square(Number a) { return a * a; }
FORMULA Number Sqrt(Number a) { return std::sqrt(a.z); }
FORMULA Number CopySign(Number a, Number b) { return std::signbit(b.re()) ? -Abs(a) : Abs(a); }

FORMULA Number Min(Number a, Number b) { return a < b ? a : b; }
FORMULA Number Max(Number a, Number b) { return a > b ? a : b; }
FORMULA Number Lesser(Number a, Number b) { return Min(a, b); }
FORMULA Number Greater(Number a, Number b) { return Max(a, b); }
FORMULA Number Positive(Number a) { return Max(0, a); }
FORMULA Number Negative(Number a) { return Min(0, a); }

FORMULA Number LinearPart(Number z, Number t) { return Positive(z) - z * t; }
FORMULA Number LinearPart(Number z, Number t, Number rest) { return Abs(z) * (z > 0 ? rest : t); }

FORMULA Number Step(Number a) { return a > 0 ? 1 : a < 0 ? 0 : 0.5; }
FORMULA Number StepDown(Number a) { return Step(-a); }
FORMULA Number Sign(Number a) { return a > 0 ? 1 : a < 0 ? -1 : 0; }

// The square of an imaginary part, which is to be added to 1 + a, is 0.
FORMULA Number LogOnePlus(Number a) { return {std::log1p(a.re()), std::atan2(a.im(), 1 + a.re())}; }
FORMULA Number LogOneMinus(Number a) { return LogOnePlus(-a); }
FORMULA Number Log(Number a) { return std::log(a.z); }
FORMULA Number LogRatio(Number a, Number b, Number difference) {
  return a < 2 * b && b < 2 * a ? LogOnePlus(difference / b) : Log(a / b);
}
FORMULA Number LogRatio(Number a, Number b) { return LogRatio(a, b, a - b); }
FORMULA double LogOfOnePlus(double rest) { return std::log1p(rest); }

FORMULA Number Exp(Number a) { return std::exp(a.z); }
FORMULA Number ExpMinus(Number a) { return Exp(-a); }
FORMULA Number OneMinusExpMinus(Number a) {
  return {-std::expm1(-a.re()), std::exp(-a.re()) * a.im()};
}
FORMULA Number LogPlusOne(Number a) { return LogOnePlus(a); }
FORMULA Number Pow(Number x, Number y) { return std::pow(x.z, y.re()); }

struct Direction {
  Number sin;
  Number cos;
};
FORMULA Direction SinCos(Number a) { return {std::sin(a.z), std::cos(a.z)}; }

FORMULA Number Radian() { return 0.63661977236758134; }
FORMULA Number ArcTangent(Number y, Number x) {
  return Radian() * (x < y ? Number(1) / Radian() - std::atan((x / y).z) : std::atan((y / x).z));
}

constexpr double kLeastNormal = 2.2250738585072014e-308;
FORMULA Number Inverse(Number a) { return Number(1) / Max(kLeastNormal, a); }
FORMULA Number PartOf(Number whole, Number part) { return part / Max(kLeastNormal, whole); }
FORMULA Number Quotient(Number a, Number b, Number inverse) { return inverse == 0 ? 0 : a / b; }
FORMULA Number InverseScale(Number a) {
  int exponent = 0;
  std::frexp(a.re(), &exponent);
  return std::ldexp(1.0, 1 - exponent);
}

// The dual's derivative, of which there is none here.
FORMULA Number KeepDigits(Number slope, Number, Number, Number, Number, Number) { return slope; }
FORMULA bool IsBetween0And1Anywhere(Number a) { return a > 0 && a < 1; }
