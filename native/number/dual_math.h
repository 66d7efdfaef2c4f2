// The functions of Dual beyond arithmetic, each with its rule of differentiation; the end of
// dual.h.

#if defined(DETLOSS_NUMBER_DUAL_MATH_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_NUMBER_DUAL_MATH_H_
#undef DETLOSS_NUMBER_DUAL_MATH_H_
#else
#define DETLOSS_NUMBER_DUAL_MATH_H_
#endif

template <class... P>
FORMULA auto Abs(const Dual<P...>& x) {
  return Derive(Abs(x.value), x, ChainRule{Sign(x.value)});
}

template <class... P>
FORMULA auto Square(const Dual<P...>& x) {
  return Derive(Square(x.value), x, ChainRule{x.value + x.value});
}

// x² + y²
FORMULA Number SumOfSquares(Number x, Number y) { return MulAdd(x, x, Square(y)); }
template <class... P, class... Q>
FORMULA auto SumOfSquares(const Dual<P...>& x, const Dual<Q...>& y) {
  return Derive(SumOfSquares(x.value, y.value), x, y,
                TotalRule{x.value + x.value, y.value + y.value});
}

// x² times a constant weight, which all partials share.
FORMULA Number WeighSquare(Number x, Number weight) { return Square(x) * Detached(weight); }
template <class... P>
FORMULA auto WeighSquare(const Dual<P...>& x, Number weight) {
  return Derive(WeighSquare(x.value, weight), x, ChainRule{(x.value + x.value) * weight});
}

template <class... P>
FORMULA auto Sqrt(const Dual<P...>& x) {
  const Number root = Sqrt(x.value);
  return Derive(root, x, ChainRule{Number(0.5f) / root});
}

// √x with derivative 0 at 0, where that of √x is infinite: 0 times what x varies by would be NaN.
FORMULA Number RootOrZero(Number x) { return Sqrt(x); }
template <class... P>
FORMULA auto RootOrZero(const Dual<P...>& x) {
  const Number root = Sqrt(x.value);
  return Derive(root, x, ChainRule{ZeroWhere(root == Number(0.0f), Number(0.5f) / root)});
}

// x^y for x ≥ 0 and a hyperparameter y ≥ 0, by which there is no derivative. That by x is y
// x^(y−1), but 0 for y < 1 where x is 0 or subnormal: an infinite one times 0 would be NaN.
template <class... P>
FORMULA auto Pow(const Dual<P...>& x, Number y) {
  const auto at = PowWithSlope(x.value, y);
  return Derive(at.power, x, ChainRule{at.slope});
}

// max(x, 0)
template <class... P>
FORMULA auto Positive(const Dual<P...>& x) {
  return Derive(Positive(x.value), x, ChainRule{Step(x.value)});
}

// min(x, 0)
template <class... P>
FORMULA auto Negative(const Dual<P...>& x) {
  return Derive(Negative(x.value), x, ChainRule{StepDown(x.value)});
}

template <class... P>
FORMULA auto Exp(const Dual<P...>& x) {
  const Number value = Exp(x.value);
  return Derive(value, x, ChainRule{value});
}

// e^−x for x ≥ 0
template <class... P>
FORMULA auto ExpMinus(const Dual<P...>& x) {
  const Number value = ExpMinus(x.value);
  return Derive(value, x, ChainRule{Negated{value}});
}

// 1 − e^−x for x ≥ 0
template <class... P>
FORMULA auto OneMinusExpMinus(const Dual<P...>& x) {
  return Derive(OneMinusExpMinus(x.value), x, ChainRule{ExpMinus(x.value)});
}

// ln(1 + x) for x ≥ 0
template <class... P>
FORMULA auto LogPlusOne(const Dual<P...>& x) {
  return Derive(LogPlusOne(x.value), x, ChainRule{Number(1.0f) / (Number(1.0f) + x.value)});
}

// The sine and the cosine of an angle. Each keeps its digits where it is small, so that sin² is the
// square of the one; those of twice the angle are SinCos(a + a).
template <class S, class C>
struct DualDirection {
  S sin;
  C cos;
};
template <class S, class C>
DualDirection(S, C) -> DualDirection<S, C>;

template <class... P>
FORMULA auto SinCos(const Dual<P...>& x) {
  const Direction at = SinCos(x.value);
  return DualDirection{Derive(at.sin, x, ChainRule{at.cos}),
                       Derive(at.cos, x, ChainRule{Negated{at.sin}})};
}

// σ(x) = 1 / (1 + e^−x), from e^−|x|, which neither overflows nor loses the smaller side's digits.
FORMULA Number Sigmoid(Number x) {
  const Number e = ExpMinus(Abs(x));
  return Select(x < Number(0.0f), e, Number(1.0f)) / (Number(1.0f) + e);
}

// σ' = σ (1 − σ) = e^−|x| / (1 + e^−|x|)²
template <class... P>
FORMULA auto Sigmoid(const Dual<P...>& x) {
  const Number e = ExpMinus(Abs(x.value));
  return Derive(Sigmoid(x.value), x, ChainRule{e / Square(Number(1.0f) + e)});
}

// max(z, 0) − z t, the part of a cross-entropy that is linear in the logit.
template <class... P>
FORMULA auto LinearPart(const Dual<P...>& z, Number t) {
  return Derive(LinearPart(z.value, t), z, ChainRule{Step(z.value) - t});
}

template <class... P>
FORMULA auto LinearPart(const Dual<P...>& z, Number t, Number rest) {
  const Number slope = Select(z.value > Number(0.0f), rest, Step(z.value) - t);
  return Derive(LinearPart(z.value, t, rest), z, ChainRule{slope});
}

// A function whose derivative is a convention, not what the rules of differentiation give.
FORMULA Number Define(Number value, Number, Number) { return value; }
template <class... P>
FORMULA auto Define(Number value, const Dual<P...>& x, Number slope) {
  return Derive(value, x, ChainRule{slope});
}

struct ZeroWhereRule {
  Mask mask;
  template <class X>
  FORMULA auto operator()(X x) const {
    if constexpr (kIs<X, Zero>) {
      return x;
    } else if constexpr (kMinus<X>) {
      return Negated{ZeroWhere(mask, Magnitude(x))};
    } else {
      return ZeroWhere(mask, Magnitude(x));
    }
  }
};

template <class... P>
FORMULA auto ZeroWhere(Mask mask, const Dual<P...>& x) {
  return Derive(ZeroWhere(mask, x.value), x, ZeroWhereRule{mask});
}

template <class... P>
FORMULA auto Select(Mask mask, Number yes, const Dual<P...>& no) {
  return Derive(Select(mask, yes, no.value), no, ZeroWhereRule{mask});
}

struct SelectRule {
  Mask mask;
  template <class X, class Y>
  FORMULA auto operator()(X x, Y y) const {
    if constexpr (kIs<X, Zero> && kIs<Y, Zero>) {
      return x;
    } else {
      return Select(mask, ToNumber(x), ToNumber(y));
    }
  }
};

template <class... P, class... Q>
FORMULA auto Select(Mask mask, const Dual<P...>& yes, const Dual<Q...>& no) {
  return Derive(Select(mask, yes.value, no.value), yes, no, SelectRule{mask});
}

// The derivative of `formula` with `value`, which equals the formula's in exact arithmetic but is
// computed with less rounding.
template <class... P>
FORMULA auto Refine(const Dual<P...>& formula, Number value) {
  Dual<P...> refined = formula;
  refined.value = value;
  return refined;
}
FORMULA Number Refine(Number, Number value) { return value; }

// 1 / b, or 0 for a b of 0 or subnormal.
FORMULA Number InverseOrZero(Number b) {
  return ZeroWhere(b < Number(1.17549435e-38f), Number(1.0f) / b);
}

// a / b, within 1.5 ULP, for b ≥ 0 that is 0 only where a is; 0, with derivative 0, there.
FORMULA Number Ratio(Number a, Number b) { return a * InverseOrZero(b); }

template <class... P, class... Q>
FORMULA auto Ratio(const Dual<P...>& x, const Dual<Q...>& y) {
  const Number inverse = InverseOrZero(y.value);
  const Number ratio = x.value * inverse;
  return Derive(ratio, x, y, QuotientRule{ratio, inverse});
}

// The same of a ratio whose value is known more exactly than the quotient gives it.
FORMULA Number KnownRatio(Number, Number, Number ratio) { return ratio; }

template <class... P, class... Q>
FORMULA auto KnownRatio(const Dual<P...>& x, const Dual<Q...>& y, Number ratio) {
  return Derive(ratio, x, y, QuotientRule{ratio, InverseOrZero(y.value)});
}

template <class... P>
FORMULA auto Ratio(const Dual<P...>& x, Number b) {
  const Number inverse = InverseOrZero(b);
  return Derive(x.value * inverse, x, ChainRule{inverse});
}

template <class... Q>
FORMULA auto Ratio(Number a, const Dual<Q...>& y) {
  const Number inverse = InverseOrZero(y.value);
  return Derive(a * inverse, y, ChainRule{Negated{a * inverse * inverse}});
}

// The same within 0.5 ULP: 1 where a equals b; `at_zero` where b is 0.
FORMULA Number ExactRatio(Number a, Number b, Number at_zero) {
  return Select(b == Number(0.0f), at_zero, a / b);
}

// 0, with derivative 0, where y is 0.
template <class... P, class... Q>
FORMULA auto ExactRatio(const Dual<P...>& x, const Dual<Q...>& y) {
  const Number inverse = InverseOrZero(y.value);
  const Number ratio = Quotient(x.value, y.value, inverse);
  return Derive(ratio, x, y, QuotientRule{ratio, inverse});
}
FORMULA Number ExactRatio(Number a, Number b) { return ExactRatio(a, b, 0.0f); }

// The angle between the diagonals of a box w wide and h high and of its target, in right angles:
//
//   arctan w*/h* − arctan w/h = arctan((w* h − w h*) / (h* h + w* w))
//
// with one arc tangent instead of two. The prediction is taken in a scale of its own, a power of 2
// that makes w + h about 1: the angle is the same, and no product of sizes underflows. A box that
// is a point has the angle 0, as atan2(0, 0) has: of the target, h counts as 1 there; of the
// prediction as 1e-30 at least, which in its scale no other box notices.
struct Diagonals {
  Number scale;
  Number w, h;    // of the prediction, scaled
  Number across;  // the numerator
  Number along;   // the denominator

  FORMULA Diagonals(Number width, Number height, Number truth_w, Number truth_h) {
    scale = InverseScale(width + height);
    w = width * scale;
    h = height * scale;
    const Number upright = Greater(Number(1e-30f), h);
    const Number truth_upright = Select(truth_w + truth_h == Number(0.0f), Number(1.0f), truth_h);
    across = DifferenceOfProducts(truth_w, upright, w, truth_upright);
    along = MulAdd(truth_upright, upright, truth_w * w);
  }
  FORMULA Number Angle() const { return ArcTangent(Abs(across), along); }
};

// Without its sign, which makes no difference to what the angle is for, its square.
FORMULA Number AngleBetween(Number w, Number h, Number truth_w, Number truth_h) {
  return Diagonals(w, h, truth_w, truth_h).Angle();
}

// ∂/∂w = −h / (w² + h²), ∂/∂h = w / (w² + h²), in radians: the derivative of −atan2(w, h), 0 at a
// point, and where w + h is subnormal: it would be no float.
template <class... P, class... Q>
FORMULA auto AngleBetween(const Dual<P...>& w, const Dual<Q...>& h, Number truth_w,
                          Number truth_h) {
  const Diagonals diagonals(w.value, h.value, truth_w, truth_h);
  const Number angle = CopySign(diagonals.Angle(), diagonals.across);
  const Number inverse = ZeroWhere(w.value + h.value < Number(1.17549435e-38f),
                                   Radian() * Inverse(SumOfSquares(diagonals.w, diagonals.h)));
  return Derive(angle, w, h,
                TotalRule{Negated{diagonals.h * inverse * diagonals.scale},
                          diagonals.w * inverse * diagonals.scale});
}

#endif
