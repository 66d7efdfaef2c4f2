// The primitives of the formulas for a plain floating-point `Number`: text for the inside of a
// namespace that has declared it, as the formulas are.

using Mask = bool;

FORMULA Number Value(Number a) { return a; }
FORMULA Number MulAdd(Number a, Number b, Number c) { return a * b + c; }
FORMULA Number MulSub(Number a, Number b, Number c) { return a * b - c; }
FORMULA Number NegMulAdd(Number a, Number b, Number c) { return c - a * b; }
FORMULA Number OffsetIn(Number a, Number n, Number c) { return std::fma(a, n, -c); }
FORMULA Number RestIn(Number a, Number n, Number c) { return std::fma(-a, n, c); }

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

// 1, ½ or 0, and 1, 0 or −1: the derivatives of max(a, 0) and |a|.
FORMULA Number Step(Number a) { return a > 0 ? Number(1) : a < 0 ? Number(0) : Number(0.5); }
FORMULA Number StepDown(Number a) { return Step(-a); }
FORMULA Number Sign(Number a) { return a > 0 ? Number(1) : a < 0 ? Number(-1) : Number(0); }

// ln(a / b) of positive numbers. Close ones differ by an exact number, whose digits their rounded
// quotient would lose; far ones have a quotient that may be no finite number.
FORMULA Number LogRatio(Number a, Number b) {
  if (a < 2 * b && b < 2 * a) return std::log1p((a - b) / b);
  const Number quotient = a / b;
  const bool normal = quotient >= std::numeric_limits<Number>::min() &&
                      quotient <= std::numeric_limits<Number>::max();
  return normal ? std::log(quotient) : std::log(a) - std::log(b);
}
FORMULA Number Log(Number a) { return std::log(a); }
FORMULA Number CopySign(Number a, Number b) { return std::copysign(a, b); }
FORMULA Number ArcTangent(Number y, Number x) {
  return std::atan2(y, x) * Number(0.63661977236758134);  // in right angles
}

FORMULA Number Inverse(Number a) { return Number(1) / Max(std::numeric_limits<Number>::min(), a); }
FORMULA Number PartOf(Number whole, Number part) {
  return part / Max(std::numeric_limits<Number>::min(), whole);
}
FORMULA Number Quotient(Number a, Number b, Number inverse) {
  return inverse == 0 ? Number(0) : a / b;
}

FORMULA Number Exp(Number a) { return std::exp(a); }
FORMULA Number ExpMinus(Number a) { return std::exp(-a); }
FORMULA double LogOfOnePlus(double rest) { return std::log1p(rest); }
FORMULA Number LogOnePlus(Number e) { return std::log1p(e); }
FORMULA Number LogOneMinus(Number a) { return std::log1p(-a); }
