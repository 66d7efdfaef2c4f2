// The functions of Lanes beyond arithmetic. The errors stated are the largest that the tests of
// test/native find over the range they sweep, on any instruction set.

#include "number/lanes-inl.h"

#if defined(DETLOSS_NUMBER_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_NUMBER_MATH_INL_H_
#undef DETLOSS_NUMBER_MATH_INL_H_
#else
#define DETLOSS_NUMBER_MATH_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// a as m 2^k with m / b between ⅔ and 3/2, both positive and normal. The bits of a float, read as a
// whole number, are 2^23 times a logarithm to the base 2 but for at most 0.09 · 2^23, so that k is
// a rounded difference of two.
struct NearTo {
  Lanes m;
  Lanes k;
};

FORMULA NearTo BringNear(Lanes a, Lanes b) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const auto bits = hn::BitCast(di, a.v);
  const auto difference = hn::Sub(bits, hn::BitCast(di, b.v));
  const auto k = hn::ShiftRight<23>(hn::Add(difference, hn::Set(di, 1 << 22)));
  return {hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<23>(k))), hn::ConvertTo(d, k)};
}

// k ln 2 + ln(m / b) for m and b as above, given m − b and m + b: with s the first over the second,
// ln(m / b) is 2 artanh s. The polynomial is 2 artanh(s)/s − 2 over s², |s| ≤ 0.2, fitted for least
// relative error (3e-9).
FORMULA Lanes LogOfNear(Lanes k, Lanes difference, Lanes sum) {
  const Lanes s = difference / sum;
  const Lanes z = s * s;
  const Lanes series = MulAdd(MulAdd(z, 0.30360934f, 0.3995782f), z, 0.6666695f);
  const Lanes fraction = MulAdd(s * z, series, s + s);
#if DETLOSS_FUSED
  return MulAdd(k, 0.693147182f, fraction);
#else
  // ln 2 in two parts, so that k ln 2 is not rounded.
  return MulAdd(k, 0.693145752f, MulAdd(k, 1.42860677e-6f, fraction));
#endif
}

// ln(a / b) of positive normal numbers, exact to the last bits also where a is close to b, where
// the rounded quotient would leave nothing of the logarithm: m − b is exact. Within 1.8 ULP; of
// infinity and NaN, as libm.
FORMULA Lanes LogRatio(Lanes a, Lanes b) {
  const NearTo near = BringNear(a, b);
  return UnlessFinite(a - b, LogOfNear(near.k, near.m - b, near.m + b));
}

// The same where a − b is known with fewer roundings than a and b have themselves.
FORMULA Lanes LogRatio(Lanes a, Lanes b, Lanes difference) {
  const NearTo near = BringNear(a, b);
  const Lanes known = Select(near.k == Lanes(0.0f), difference, near.m - b);
  return UnlessFinite(a - b, LogOfNear(near.k, known, near.m + b));
}

// ln a of any number of 0 or more. Subnormal numbers, which have no exponent of their own, are
// multiplied by 2^24 first. Within 1.8 ULP; −104.7 for a = 0.
FORMULA Lanes Log(Lanes a) {
  const Lanes one(1.0f);
  const Mask subnormal = a < Lanes(1.17549435e-38f);
  const NearTo near = BringNear(Select(subnormal, a * Lanes(16777216.0f), a), one);
  const Lanes k = near.k - SelectOrZero(subnormal, 24.0f);
  return UnlessFinite(a, LogOfNear(k, near.m - one, near.m + one));
}

// ln(1 − a) for a in [0, 1], exact to the last bits also where a is small: what is near to 1 then
// differs from it by −a, which the rounded 1 − a has lost. Within 2.7 ULP; −104.7 for a = 1.
FORMULA Lanes LogOneMinus(Lanes a) {
  const Lanes one(1.0f);
  const Lanes rest = one - a;
  const NearTo near = BringNear(rest, one);
  const Lanes difference = Select(near.k == Lanes(0.0f), -a, near.m - one);
  const Lanes log = LogOfNear(near.k, difference, near.m + one);
  return UnlessFinite(a, Select(rest == Lanes(0.0f), -104.7f, log));
}

// In right angles.
FORMULA Lanes Radian() { return 0.63661977f; }

// atan2(y, x) for x and y of 0 or more, in right angles, with atan2(0, 0) = 0: the smaller of the
// two over the larger, then arctan t / t as a polynomial in t² on [0, 1], fitted for least relative
// error (1.1e-7). Within 3.8 ULP.
FORMULA Lanes ArcTangent(Lanes y, Lanes x) {
  const Mask steep = x < y;
  const Lanes larger = Select(steep, y, x);
  const Lanes smaller = Select(steep, x, y);
  const Lanes t = PartOf(larger, smaller);
  const Lanes z = t * t;
  const Lanes z2 = z * z;
  // The terms in pairs, so that they do not wait for one another.
  const Lanes p01 = MulAdd(z, -0.21219951f, 0.63661975f);
  const Lanes p23 = MulAdd(z, -0.089329116f, 0.12714742f);
  const Lanes p45 = MulAdd(z, -0.038125277f, 0.06330975f);
  const Lanes p67 = MulAdd(z, -0.0030336438f, 0.015610574f);
  const Lanes series = MulAdd(MulAdd(MulAdd(p67, z2, p45), z2, p23), z2, p01);
  const Lanes angle = t * series;
  return Select(steep, Lanes(1.0f) - angle, angle);
}

// How many powers of 2 there are in a doubling that e^a is made of: as many as a vector has lanes,
// where one instruction finds a lane by its number, or one.
constexpr size_t kParts = hn::MaxLanes(FloatTag()) < 8 ? 1 : hn::MaxLanes(FloatTag());

// The bits of 2^(j/16), less j · 2^19: adding k · 2^19 for a whole k that ends with the four bits
// of j makes them those of 2^(k/16).
constexpr int32_t kSixteenthPowers[16] = {
    0x3F800000, 0x3F7DAAC3, 0x3F7B95C2, 0x3F79C3D3, 0x3F7837F0, 0x3F76F532, 0x3F75FED7, 0x3F75583F,
    0x3F7504F3, 0x3F7508A4, 0x3F75672A, 0x3F76248C, 0x3F7744FD, 0x3F78CCDF, 0x3F7AC0C7, 0x3F7D257D};

struct PowersOf2 {
  int32_t bits[kParts];

  constexpr PowersOf2() : bits() {
    for (size_t i = 0; i < kParts; ++i) bits[i] = kSixteenthPowers[i * 16 / kParts];
  }
};
HWY_ALIGN constexpr PowersOf2 kPowersOf2;

// A float of this size or so is whole, and the last bits of the float are those of the number.
constexpr float kWhole = 12582912.0f;  // 1.5 · 2^23

// One of the powers, by the last bits of the float that `k` is the bits of.
FORMULA auto PowerOfPart(hn::Vec<hn::RebindToSigned<FloatTag>> k) {
  const hn::RebindToSigned<FloatTag> di;
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
  // The instruction looks at the last bits only.
  const auto powers = hn::Load(di, kPowersOf2.bits);
  return decltype(k){_mm512_permutexvar_epi32(k.raw, powers.raw)};
#else
  if constexpr (kParts == 1) {
    return hn::Set(di, kPowersOf2.bits[0]);
  } else {
    const auto part = hn::And(k, hn::Set(di, static_cast<int32_t>(kParts) - 1));
    return hn::TableLookupLanes(hn::Load(di, kPowersOf2.bits), hn::IndicesFromVec(di, part));
  }
#endif
}

// 2^(k / kParts), given k + kWhole.
FORMULA Lanes PowerOf2(Lanes shifted) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const hn::RebindToUnsigned<FloatTag> du;
  constexpr int kShift = kParts == 16 ? 19 : kParts == 8 ? 20 : 23;
  const auto exponent = hn::ShiftLeft<kShift>(hn::BitCast(du, shifted.v));
  const auto part = hn::BitCast(du, PowerOfPart(hn::BitCast(di, shifted.v)));
  return hn::BitCast(d, hn::Add(part, exponent));
}

// e^−a / 2^(k / kParts) − 1 for k = round(−a kParts / ln 2): with −a = k ln 2 / kParts − r, that is
// e^−r − 1, of which the polynomial is (e^−r − 1 + r) / r², fitted for least relative error of
// e^−r. First with whole powers, as if kParts were 1.
FORMULA Lanes RestOfWholePower(Lanes a, Lanes k) {
  // ln 2 in two parts, the first of so few digits that its product with k is exact.
  const Lanes r = MulAdd(k, -2.12194440e-4f, MulAdd(k, 0.693359375f, a));
  const Lanes r2 = r * r;
  const Lanes p01 = MulAdd(r, -0.166665211f, 0.49999994f);
  const Lanes p23 = MulAdd(r, -0.00836871099f, 0.041668389f);
  const Lanes series = MulAdd(MulAdd(r2, 0.00138146104f, p23), r2, p01);
  return MulSub(series, r2, r);  // within 3e-9
}
FORMULA Lanes RestOfPower(Lanes a, Lanes k) {
  if constexpr (kParts == 1) {
    return RestOfWholePower(a, k);
  } else {
    // A fused product is exact; what the first lacks of r counts only where r does not come in
    // powers.
    const Lanes near = MulAdd(k, 0.693147182f / kParts, a);
    const Lanes r = MulAdd(k, -1.90465421e-9f / kParts, near);
    return MulSub(MulAdd(near, -0.16666858f, 0.50006447f), near * near, r);  // within 3e-8
  }
}

// How many of the parts e is.
constexpr float kPartsOfE = 1.44269504f * kParts;

// e^a. Within 1.2 ULP; infinite above 88.72, 0 below −87.33, where the result would be subnormal.
FORMULA Lanes Exp(Lanes a) {
  const Lanes within = -Lesser(88.8f, Greater(-88.0f, a));
  const Lanes shifted = NegMulAdd(within, kPartsOfE, kWhole);
  // In two factors: 2^128 is not a float, and neither are the powers next to the smallest.
  const Mask large = a > Lanes(0.0f);
  const Lanes one(static_cast<float>(kParts));
  const Lanes power = PowerOf2(shifted + Select(large, -one, one));
  const Lanes result = MulAdd(power, RestOfPower(within, shifted - Lanes(kWhole)), power);
  return ZeroWhere(a < Lanes(-87.33f), result * Select(large, 2.0f, 0.5f));
}

// e^−a for a ≥ 0. Within 1.2 ULP; 0 above 87.33, where the result would be subnormal.
FORMULA Lanes ExpMinus(Lanes a) {
  const Lanes shifted = NegMulAdd(a, kPartsOfE, kWhole);
  const Lanes power = PowerOf2(shifted);
  const Lanes result = MulAdd(power, RestOfPower(a, shifted - Lanes(kWhole)), power);
  return ZeroWhere(a > Lanes(87.33f), result);
}

// ln(1 + e) for e in [0, 1]: e + e² P(e), fitted for least relative error (3e-8). Within 1.7 ULP
// of the logarithm of 1 plus that e.
FORMULA Lanes LogOnePlus(Lanes e) {
  const Lanes e2 = e * e;
  const Lanes e4 = e2 * e2;
  const Lanes p01 = MulAdd(e, 0.33321324f, -0.49999648f);
  const Lanes p23 = MulAdd(e, 0.19153656f, -0.24857163f);
  const Lanes p45 = MulAdd(e, 0.07920455f, -0.13753803f);
  const Lanes p67 = MulAdd(e, 0.0053648264f, -0.030065801f);
  const Lanes series = MulAdd(MulAdd(p67, e2, p45), e4, MulAdd(p23, e2, p01));
  return MulAdd(series, e2, e);
}

// 2^k, given k + kWhole.
FORMULA Lanes WholePowerOf2(Lanes shifted) {
  const hn::RebindToUnsigned<FloatTag> du;
  const auto exponent = hn::ShiftLeft<23>(hn::BitCast(du, shifted.v));
  return hn::BitCast(FloatTag(), hn::Add(exponent, hn::Set(du, 0x3F800000u)));
}

// 1 − e^−a for a ≥ 0, exact to the last bits also where a is small. Within 1 ULP.
FORMULA Lanes OneMinusExpMinus(Lanes a) {
  const Lanes within = Lesser(60.0f, a);
  const Lanes shifted = NegMulAdd(within, 1.44269504f, kWhole);
  const Lanes power = WholePowerOf2(shifted);
  const Lanes rest = RestOfWholePower(within, shifted - Lanes(kWhole));
  return NegMulAdd(power, rest, Lanes(1.0f) - power);
}

// ln(1 + x) for any x ≥ 0, exact to the last bits also where x is small: with 1 + x near 2^k, the
// difference from it is x − (2^k − 1), which the rounded 1 + x would have lost. Within 1.9 ULP.
FORMULA Lanes LogPlusOne(Lanes x) {
  const Lanes one(1.0f);
  const NearTo near = BringNear(one + x, one);
  const Lanes scale = WholePowerOf2(Lanes(kWhole) - near.k);
  // Above 2^24 x − 2^k is the same, and 2^−k may be no normal number.
  const Lanes exact = MulSub(x, scale, one - scale);
  const Lanes difference = Select(x < Lanes(0x1p24f), exact, near.m - one);
  return UnlessFinite(x, LogOfNear(near.k, difference, difference + Lanes(2.0f)));
}

using DoubleTag = hn::ScalableTag<double>;
using Doubles = hn::Vec<DoubleTag>;

// σ(z) − t in float64, by e = e^−|z|: (1 − t − t e) / (1 + e) for z > 0, (e (1 − t) − t) / (1 + e)
// below. For small z, e − 1 keeps digits that e does not have, and both are (1 − 2 t + c (e − 1))
// over 1 + e with c = −t or 1 − t. The Taylor polynomial is of degree 11.
inline Doubles LogitSlope(Doubles z, Doubles t) {
  const DoubleTag d;
  const hn::RebindToUnsigned<DoubleTag> du;
  const auto one = hn::Set(d, 1.0);
  const auto a = hn::Min(hn::Abs(z), hn::Set(d, 700.0));
  const auto k = hn::Round(hn::Mul(a, hn::Set(d, 1.4426950408889634)));
  const auto r = hn::MulAdd(k, hn::Set(d, 0.69314718055994529), hn::Neg(a));
  // (e^r − 1) / r
  auto series = one;
  for (int n = 11; n > 1; --n) series = hn::MulAdd(hn::Mul(series, r), hn::Set(d, 1.0 / n), one);
  const auto power_less_1 = hn::Mul(series, r);
  // 2^−k: a number of this size has 1023 − k in its last bits.
  const auto shifted = hn::Sub(hn::Set(d, 6755399441055744.0 + 1023.0), k);
  const auto scale = hn::BitCast(d, hn::ShiftLeft<52>(hn::BitCast(du, shifted)));
  const auto e = hn::MulAdd(power_less_1, scale, scale);
  const auto rest = hn::Sub(one, t);
  const auto is_above = hn::Gt(z, hn::Zero(d));
  const auto factor = hn::IfThenElse(is_above, hn::Neg(t), rest);
  const auto difference = hn::MulAdd(factor, e, hn::IfThenElse(is_above, rest, hn::Neg(t)));
  const auto small = hn::MulAdd(factor, power_less_1, hn::Sub(rest, t));
  const auto is_small = hn::Eq(k, hn::Zero(d));
  return hn::Div(hn::IfThenElse(is_small, small, difference), hn::Add(one, e));
}

// The derivative σ(z) − t of a cross-entropy in the lanes of `wanted`, with what z and t have lost
// by rounding.
inline HWY_NOINLINE Lanes ExactSlope(Mask wanted, Lanes slope, Lanes z, Lanes z_lost, Lanes t,
                                     Lanes t_lost) {
  const FloatTag d;
  const DoubleTag dd;
#if HWY_TARGET == HWY_SCALAR
  const auto wide = [dd](Lanes a) HWY_ATTR { return hn::PromoteTo(dd, a.v); };
  const auto exact =
      hn::DemoteTo(d, LogitSlope(hn::Add(wide(z), wide(z_lost)), hn::Add(wide(t), wide(t_lost))));
#else
  const hn::Half<FloatTag> half;
  const auto low = [=](Lanes a) HWY_ATTR { return hn::PromoteTo(dd, hn::LowerHalf(half, a.v)); };
  const auto high = [=](Lanes a) HWY_ATTR { return hn::PromoteTo(dd, hn::UpperHalf(half, a.v)); };
  const auto slope_of = [half](auto z, auto z_lost, auto t, auto t_lost) HWY_ATTR {
    return hn::DemoteTo(half, LogitSlope(hn::Add(z, z_lost), hn::Add(t, t_lost)));
  };
  const auto exact = hn::Combine(d, slope_of(high(z), high(z_lost), high(t), high(t_lost)),
                                 slope_of(low(z), low(z_lost), low(t), low(t_lost)));
#endif
  return Select(wanted, exact, slope);
}

// The same derivative, as given unless σ(z) and t are so close that it is no more than rounding.
// `rest` is 1 − t.
FORMULA Lanes KeepDigits(Lanes slope, Lanes z, Lanes z_lost, Lanes t, Lanes rest, Lanes t_lost) {
  const Mask close = Abs(slope) < Lesser(t, rest) * Lanes(0.015625f);
  if (HWY_LIKELY(hn::AllFalse(FloatTag(), close))) return slope;
  return ExactSlope(close, slope, z, z_lost, t, t_lost);
}
FORMULA bool IsBetween0And1Anywhere(Lanes a) {
  return !hn::AllFalse(FloatTag(), hn::And(a > Lanes(0.0f), a < Lanes(1.0f)));
}

// ln(1 + r) of one number r ≥ 0, in a vector's arithmetic: with libm's, a softmax of 20 classes
// takes a quarter longer.
FORMULA double LogOfOnePlus(double rest) {
  const Lanes r(static_cast<float>(rest));
  const Lanes log = Select(r <= Lanes(1.0f), LogOnePlus(r), LogRatio(Lanes(1.0f) + r, 1.0f));
  return hn::GetLane(log.v);
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#include "number/power-inl.h"
#include "number/angle-inl.h"

#endif
