// Powers of Lanes with any exponent; the end of math-inl.h.

#if defined(DETLOSS_NUMBER_POWER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_NUMBER_POWER_INL_H_
#undef DETLOSS_NUMBER_POWER_INL_H_
#else
#define DETLOSS_NUMBER_POWER_INL_H_
#endif

#include <limits>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// A number as high + low, which is some ten bits more than a float has: rounding a logarithm of 80
// to a float would cost its power 40 ULP.
struct InTwo {
  Lanes high;
  Lanes low;
};

// ln x for x ≥ 0, as LogOfNear has it, but with what s and the sums lose by rounding. The
// logarithms of 0 and of infinity are numbers so large that they make any exponent a 0 or an
// infinity, unless that is 0.
FORMULA InTwo LogInTwo(Lanes x) {
  const Lanes one(1.0f);
  const Mask subnormal = x < Lanes(1.17549435e-38f);
  const NearTo near = BringNear(Select(subnormal, x * Lanes(16777216.0f), x), one);
  const Lanes k = near.k - SelectOrZero(subnormal, 24.0f);
  const Lanes difference = near.m - one;
  const Lanes sum = near.m + one;
  const Lanes lost_of_sum = near.m - (sum - one);
  const Lanes inverse = one / sum;
  const Lanes s = difference * inverse;
  const Lanes lost = NegMulAdd(s, lost_of_sum, RestOfProduct(s, sum, difference)) * inverse;
  const Lanes z = s * s;
  // 2 artanh(s)/s − 2 over s², fitted for least relative error of the logarithm (3e-11).
  const Lanes series =
      MulAdd(MulAdd(MulAdd(z, 0.241236344f, 0.285050929f), z, 0.400009125f), z, 0.666666627f);
  const Lanes tail = MulAdd(s * z, series, MulAdd(lost, z, lost) * Lanes(2.0f));
  const Lanes whole = k * Lanes(0.693145752f);
  const Lanes twice = s + s;
  const Lanes high = whole + twice;
  const Lanes low = (twice - (high - whole)) + MulAdd(k, 1.42860677e-6f, tail);
  const Lanes log = high + low;
  const Lanes infinity(std::numeric_limits<float>::infinity());
  const Lanes or_far = Select(x == infinity, 1e10f, Select(x == Lanes(0.0f), -1e10f, log));
  return {or_far, low - (log - high)};
}

FORMULA InTwo Multiply(const InTwo& a, Lanes y) {
  const Lanes product = y * a.high;
  return {product, MulAdd(y, a.low, LostOfProduct(y, a.high, product))};
}

// e^a times a factor: as Exp, but for subnormal results, too.
FORMULA Lanes ScaledExp(const InTwo& a, Lanes factor) {
  const Lanes minus = -Lesser(90.0f, Greater(-125.0f, a.high));
  const Lanes further = Greater(-0.5f, a.low);  // where it is below, the result is 0 or infinite
  const Lanes shifted = NegMulAdd(minus, kPartsOfE, kWhole);
  // In two factors, as in Exp.
  const Mask large = a.high > Lanes(0.0f);
  const Lanes half_way(64.0f * kParts);
  const Lanes power = PowerOf2(shifted + Select(large, -half_way, half_way));
  const Lanes near = RestOfPower(minus, shifted - Lanes(kWhole));
  const Lanes rest = MulAdd(further, near, near + further);
  return MulAdd(power, rest, power) * factor * Select(large, 0x1p64f, 0x1p-64f);
}

// Beyond this, an exponent gives the same 0 or infinity of any float but 1.
constexpr float kMostExponent = 0x1p32f;

FORMULA bool IsEverywhere(Lanes y, float value) {
  return hn::AllTrue(FloatTag(), y == Lanes(value));
}

// x^y for x and y of 0 or more, as std::pow (0^0 = 1), but NaN^0 = NaN. Within 1.5 ULP, also of a
// subnormal x and where the result is subnormal. A hyperparameter y is the same in all lanes: x^0,
// x^1 and x² are exact then.
FORMULA Lanes Pow(Lanes x, Lanes y) {
  if (IsEverywhere(y, 1.0f)) return x;
  if (IsEverywhere(y, 2.0f)) return x * x;
  return UnlessNaN(x, ScaledExp(Multiply(LogInTwo(x), Lesser(kMostExponent, y)), 1.0f));
}

// x^y with its derivative y x^(y−1), within 2.2 ULP; for y < 1 the derivative is 0 where x is 0 or
// subnormal, so that it is always finite there.
struct PowerWithSlope {
  Lanes power;
  Lanes slope;
};
FORMULA PowerWithSlope PowWithSlope(Lanes x, Lanes y) {
  const Lanes one(1.0f);
  if (IsEverywhere(y, 1.0f)) return {x, one};
  if (IsEverywhere(y, 2.0f)) return {x * x, x + x};
  const InTwo log = LogInTwo(x);
  const Lanes within = Lesser(kMostExponent, y);
  const Lanes less = within - one;
  InTwo of_less = Multiply(log, less);
  of_less.low = MulAdd(LostOfDifference(within, one, less), log.high, of_less.low);
  const Mask is_steep = hn::And(x < Lanes(1.17549435e-38f), y < one);
  const Lanes slope = ZeroWhere(is_steep, ScaledExp(of_less, y));
  return {UnlessNaN(x, ScaledExp(Multiply(log, within), 1.0f)), UnlessNaN(x, slope)};
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
