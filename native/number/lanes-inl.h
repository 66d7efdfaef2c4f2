// Lanes: a vector of floats with the arithmetic the formulas are written in.
//
// A thin wrapper of a Highway vector. What it adds is libm's treatment of NaN, which SIMD
// instructions do not have: on x86, max(NaN, 0) is 0 while max(0, NaN) is NaN.

#include "hwy/highway.h"

#if defined(DETLOSS_NUMBER_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_NUMBER_LANES_INL_H_
#undef DETLOSS_NUMBER_LANES_INL_H_
#else
#define DETLOSS_NUMBER_LANES_INL_H_
#endif

// How the functions are declared that formulas are made of. GCC leaves some of them out of line
// unless it is forced. Current Clang must not be forced, since it puts functions into their callers
// before it simplifies them: nested ones then multiply beyond any memory.
#ifndef FORMULA
#ifdef __clang__
#define FORMULA inline
#else
#define FORMULA HWY_INLINE
#endif
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::ScalableTag<float>;
using Vector = hn::Vec<FloatTag>;
using Mask = hn::Mask<FloatTag>;

struct Lanes {
  Vector v;

  Lanes() = default;
  FORMULA Lanes(Vector vector) : v(vector) {}
  FORMULA Lanes(float value) : v(hn::Set(FloatTag(), value)) {}
};

using Number = Lanes;

FORMULA Lanes operator+(Lanes a, Lanes b) { return hn::Add(a.v, b.v); }
FORMULA Lanes operator-(Lanes a, Lanes b) { return hn::Sub(a.v, b.v); }
FORMULA Lanes operator*(Lanes a, Lanes b) { return hn::Mul(a.v, b.v); }
FORMULA Lanes operator/(Lanes a, Lanes b) { return hn::Div(a.v, b.v); }
FORMULA Lanes operator-(Lanes a) { return hn::Neg(a.v); }

FORMULA Mask operator<(Lanes a, Lanes b) { return hn::Lt(a.v, b.v); }
FORMULA Mask operator>(Lanes a, Lanes b) { return hn::Gt(a.v, b.v); }
FORMULA Mask operator<=(Lanes a, Lanes b) { return hn::Le(a.v, b.v); }
FORMULA Mask operator==(Lanes a, Lanes b) { return hn::Eq(a.v, b.v); }
FORMULA Mask operator!=(Lanes a, Lanes b) { return hn::Ne(a.v, b.v); }

FORMULA Lanes MulAdd(Lanes a, Lanes b, Lanes c) { return hn::MulAdd(a.v, b.v, c.v); }
FORMULA Lanes MulSub(Lanes a, Lanes b, Lanes c) { return hn::MulSub(a.v, b.v, c.v); }
FORMULA Lanes NegMulAdd(Lanes a, Lanes b, Lanes c) { return hn::NegMulAdd(a.v, b.v, c.v); }

// Whether MulAdd rounds once; elsewhere it is a product and a sum.
#undef DETLOSS_FUSED
#if (HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2) || \
    (HWY_ARCH_ARM && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128)
#define DETLOSS_FUSED 1
#else
#define DETLOSS_FUSED 0
#endif

// a n − c rounded once, for whole n below 4096: without a fused instruction, a is split into parts
// whose products with n are exact.
FORMULA Lanes OffsetIn(Lanes a, Lanes n, Lanes c) {
#if DETLOSS_FUSED
  return MulSub(a, n, c);
#else
  const hn::RebindToUnsigned<FloatTag> du;
  const FloatTag d;
  const Lanes high = hn::BitCast(d, hn::And(hn::BitCast(du, a.v), hn::Set(du, 0xFFFFF000u)));
  return (high * n - c) + (a - high) * n;
#endif
}

// c − a n, likewise.
FORMULA Lanes RestIn(Lanes a, Lanes n, Lanes c) {
#if DETLOSS_FUSED
  return NegMulAdd(a, n, c);
#else
  return -OffsetIn(a, n, c);
#endif
}

// What the product a b has lost by rounding, given that.
FORMULA Lanes LostOfProduct(Lanes a, Lanes b, Lanes product) {
#if DETLOSS_FUSED
  return MulSub(a, b, product);
#else
  const hn::RebindToUnsigned<FloatTag> du;
  const FloatTag d;
  const auto upper = hn::Set(du, 0xFFFFF000u);
  const Lanes high_a = hn::BitCast(d, hn::And(hn::BitCast(du, a.v), upper));
  const Lanes high_b = hn::BitCast(d, hn::And(hn::BitCast(du, b.v), upper));
  const Lanes low_a = a - high_a;
  const Lanes low_b = b - high_b;
  return ((high_a * high_b - product) + high_a * low_b + low_a * high_b) + low_a * low_b;
#endif
}

// c − a b, exactly where c and a b are so close that this is a float.
FORMULA Lanes RestOfProduct(Lanes a, Lanes b, Lanes c) {
#if DETLOSS_FUSED
  return NegMulAdd(a, b, c);
#else
  const Lanes product = a * b;
  return (c - product) - LostOfProduct(a, b, product);
#endif
}

// a b − c d, which keeps its digits where the two are close.
FORMULA Lanes DifferenceOfProducts(Lanes a, Lanes b, Lanes c, Lanes d) {
  const Lanes product = c * d;
#if DETLOSS_FUSED
  return MulSub(a, b, product) - MulSub(c, d, product);
#else
  const Lanes other = a * b;
  return (other - product) + (LostOfProduct(a, b, other) - LostOfProduct(c, d, product));
#endif
}

// What the difference a − b has lost by rounding, given that: Knuth's TwoSum.
FORMULA Lanes LostOfDifference(Lanes a, Lanes b, Lanes difference) {
  const Lanes minus_b = difference - a;
  return (a - (difference - minus_b)) - (b + minus_b);
}

FORMULA Lanes Value(Lanes a) { return a; }
// A number that the gradient holds constant.
FORMULA Lanes Detached(Lanes a) { return a; }
FORMULA Lanes Abs(Lanes a) { return hn::Abs(a.v); }
// With the sign of b, for a ≥ 0.
FORMULA Lanes CopySign(Lanes a, Lanes b) { return hn::CopySignToAbs(a.v, b.v); }
FORMULA Lanes Square(Lanes a) { return a * a; }
FORMULA Lanes Sqrt(Lanes a) { return hn::Sqrt(a.v); }

FORMULA Lanes Select(Mask mask, Lanes yes, Lanes no) { return hn::IfThenElse(mask, yes.v, no.v); }
FORMULA Lanes ZeroWhere(Mask mask, Lanes a) { return hn::IfThenZeroElse(mask, a.v); }
FORMULA Lanes SelectOrZero(Mask mask, Lanes a) { return hn::IfThenElseZero(mask, a.v); }

// Whether hn::Min and hn::Max return the second operand where either is NaN, as x86's instructions
// do; NEON's return the operand that is a number.
#undef DETLOSS_SECOND_OF_NAN
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
#define DETLOSS_SECOND_OF_NAN 1
#else
#define DETLOSS_SECOND_OF_NAN 0
#endif

// The lesser and the greater of two numbers; NaN where b is, but not always where a is. For
// operands of which the first cannot be NaN or the second is NaN along with it: on x86 one
// instruction.
FORMULA Lanes Lesser(Lanes a, Lanes b) {
#if DETLOSS_SECOND_OF_NAN
  return hn::Min(a.v, b.v);
#else
  return hn::IfThenElse(hn::Lt(a.v, b.v), a.v, b.v);
#endif
}
FORMULA Lanes Greater(Lanes a, Lanes b) {
#if DETLOSS_SECOND_OF_NAN
  return hn::Max(a.v, b.v);
#else
  return hn::IfThenElse(hn::Gt(a.v, b.v), a.v, b.v);
#endif
}

// `number`, but `other` where that is NaN, or where it is NaN or infinite.
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
// AVX-512 has one instruction that chooses by what kind of number a lane of `kinds` is; the digits
// of the table are, from the right, for both NaNs, 0, 1, −inf, inf, negative and positive numbers.
template <uint32_t kTable>
FORMULA Lanes ByKind(Lanes number, Lanes kinds) {
  return Vector{_mm512_fixupimm_ps(number.v.raw, kinds.v.raw, _mm512_set1_epi32(kTable), 0)};
}
// 0 is the number, 1 that of which the kind is.
FORMULA Lanes UnlessNaN(Lanes other, Lanes number) { return ByKind<0x00000011>(number, other); }
FORMULA Lanes UnlessFinite(Lanes other, Lanes number) { return ByKind<0x00110011>(number, other); }
#else
FORMULA Lanes UnlessNaN(Lanes other, Lanes number) { return Select(other == other, number, other); }
FORMULA Lanes UnlessFinite(Lanes other, Lanes number) {
  return Select(Abs(other) <= Lanes(3.40282347e38f), number, other);
}
#endif

// NaN where either operand is.
FORMULA Lanes Min(Lanes a, Lanes b) { return UnlessNaN(a, Lesser(a, b)); }
FORMULA Lanes Max(Lanes a, Lanes b) { return UnlessNaN(a, Greater(a, b)); }

// max(a, 0) and min(a, 0)
FORMULA Lanes Positive(Lanes a) { return Greater(0.0f, a); }
FORMULA Lanes Negative(Lanes a) { return Lesser(0.0f, a); }

// Step: 1 where a > 0, 0 where a < 0 and ½ at 0, the derivative of max(a, 0), shared at the tie.
// StepDown: Step(−a), the derivative of min(a, 0). Sign: −1, 0 or 1, that of |a|.
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
// 2 is NaN, 8 is 0, 9 is −1, A is 1 and B is ½.
FORMULA Lanes Step(Lanes a) { return ByKind<0xA8A8AB22>(a, a); }
FORMULA Lanes StepDown(Lanes a) { return ByKind<0x8A8A8B22>(a, a); }
FORMULA Lanes Sign(Lanes a) { return ByKind<0xA9A9A822>(a, a); }
#else
// A ramp so steep that the smallest number is beyond it, which is cheaper than two comparisons. In
// two factors, as no float is that large.
FORMULA Lanes Steep(Lanes a) { return a * Lanes(0x1p100f); }
FORMULA Lanes Step(Lanes a) {
  const Lanes ramp = MulAdd(Steep(a), 0x1p60f, 0.5f);
  return Lesser(1.0f, Greater(0.0f, ramp));
}
FORMULA Lanes StepDown(Lanes a) {
  const Lanes ramp = NegMulAdd(Steep(a), 0x1p60f, 0.5f);
  return Lesser(1.0f, Greater(0.0f, ramp));
}
FORMULA Lanes Sign(Lanes a) { return Lesser(1.0f, Greater(-1.0f, Steep(a) * Lanes(0x1p60f))); }
#endif

// 1 / a for a ≥ 0. Subnormal numbers and 0 count as the smallest normal one, so that the result is
// finite. A division: the processor's divider works beside its multipliers, which are what binds
// these loops, and Newton's method keeps them busy for longer.
FORMULA Lanes Inverse(Lanes a) { return Lanes(1.0f) / Greater(1.17549435e-38f, a); }

// part / whole for a part between 0 and the whole, within 0.5 ULP; as above of a subnormal whole,
// so that 0 / 0 is 0.
FORMULA Lanes PartOf(Lanes whole, Lanes part) { return part / Greater(1.17549435e-38f, whole); }

// max(z, 0) − z t. Without a fused instruction z t must not be rounded before it is subtracted:
// above 0 it is z (1 − t).
FORMULA Lanes LinearPart(Lanes z, Lanes t) {
#if DETLOSS_FUSED
  return NegMulAdd(z, t, Positive(z));
#else
  return Abs(z) * Select(z > Lanes(0.0f), Lanes(1.0f) - t, t);
#endif
}

// The same where t and 1 − t are each known better than the difference gives them.
FORMULA Lanes LinearPart(Lanes z, Lanes t, Lanes rest) {
  return Abs(z) * Select(z > Lanes(0.0f), rest, t);
}

// The power of 2 that a number of 0 or more is to be multiplied by to be in [1, 2); 2^127 for 0 and
// subnormal numbers, 0 above 2^127.
FORMULA Lanes InverseScale(Lanes a) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const auto exponent = hn::And(hn::BitCast(di, a.v), hn::Set(di, 0x7F800000));
  return hn::BitCast(d, hn::Sub(hn::Set(di, 0x7F000000), exponent));
}

// a / b, given 1 / b: the product, corrected by what is left of a. Within 0.5 ULP; a / a is 1. It
// is 0 where the inverse is.
FORMULA Lanes Quotient(Lanes a, Lanes b, Lanes inverse) {
#if DETLOSS_FUSED
  const Lanes quotient = a * inverse;
  return MulAdd(NegMulAdd(quotient, b, a), inverse, quotient);
#else
  return ZeroWhere(inverse == Lanes(0.0f), a / b);
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
