// The sine and the cosine of Lanes; the end of math-inl.h.

#if defined(DETLOSS_NUMBER_ANGLE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_NUMBER_ANGLE_INL_H_
#undef DETLOSS_NUMBER_ANGLE_INL_H_
#else
#define DETLOSS_NUMBER_ANGLE_INL_H_
#endif

#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// The sine and the cosine of one angle.
struct Direction {
  Lanes sin;
  Lanes cos;
};

// As far as vectors have them.
constexpr float kFarAngle = 0x1p20f;

// Those of the angles beyond, of infinite ones and of NaN: libm's, lane by lane.
inline HWY_NOINLINE Direction SinCosOfFar(Lanes a, const Direction& near) {
  const FloatTag d;
  HWY_ALIGN float angle[hn::MaxLanes(d)];
  HWY_ALIGN float sin[hn::MaxLanes(d)];
  HWY_ALIGN float cos[hn::MaxLanes(d)];
  hn::Store(a.v, d, angle);
  hn::Store(near.sin.v, d, sin);
  hn::Store(near.cos.v, d, cos);
  for (size_t i = 0; i < hn::Lanes(d); ++i) {
    if (std::fabs(angle[i]) <= kFarAngle) continue;
    sin[i] = static_cast<float>(std::sin(static_cast<double>(angle[i])));
    cos[i] = static_cast<float>(std::cos(static_cast<double>(angle[i])));
  }
  return {hn::Load(d, sin), hn::Load(d, cos)};
}

// The sine and the cosine of any angle, in radians. With a = k π/2 + r, they are up to their sign
// those of r, exchanged where k is odd. π/2 is taken in three parts, so that r has all its digits
// also where it is small; |r| is at most 0.9, k having been rounded for large angles. The
// polynomials are (sin r / r − 1) / r² and (cos r − 1 + r²/2) / r⁴ over r², fitted for least
// relative error of the functions (1.2e-8 and 5e-10). Within 1.8 ULP.
FORMULA Direction SinCos(Lanes a) {
  const FloatTag d;
  const hn::RebindToUnsigned<FloatTag> du;
  const Lanes shifted = MulAdd(a, 0.636619747f, kWhole);
  const Lanes k = shifted - Lanes(kWhole);
  const Lanes near = RestOfProduct(k, -4.37113883e-8f, RestOfProduct(k, 1.57079637f, a));
  const Lanes r = NegMulAdd(k, -1.71512451e-15f, near);
  const Lanes z = r * r;
  const Lanes of_sin = MulAdd(MulAdd(z, -0.000194124179f, 0.00833129603f), z, -0.166666389f);
  const Lanes of_cos = MulAdd(MulAdd(z, 2.43188351e-5f, -0.00138861872f), z, 0.0416666195f);
  const Lanes sine = MulAdd(r * z, of_sin, r);
  const Lanes cosine = MulAdd(MulAdd(of_cos, z, -0.5f), z, 1.0f);
  // The last two bits of k say which quarter of a turn it is.
  const auto quarter = hn::BitCast(du, shifted.v);
  const auto two = hn::Set(du, 2u);
  const Mask odd = hn::RebindMask(d, hn::TestBit(quarter, hn::Set(du, 1u)));
  const auto sign_of_sin = hn::ShiftLeft<30>(hn::And(quarter, two));
  const auto sign_of_cos = hn::ShiftLeft<30>(hn::And(hn::Add(quarter, hn::Set(du, 1u)), two));
  const Direction direction = {hn::Xor(Select(odd, cosine, sine).v, hn::BitCast(d, sign_of_sin)),
                               hn::Xor(Select(odd, sine, cosine).v, hn::BitCast(d, sign_of_cos))};
  if (HWY_LIKELY(hn::AllTrue(d, Abs(a) <= Lanes(kFarAngle)))) return direction;
  return SinCosOfFar(a, direction);
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
