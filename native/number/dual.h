// Dual: a value with its partial derivatives by up to four numbers: a box's centre and half size,
// the two logits of a pair, a single prediction.
//
// A formula evaluated with duals yields its gradient along with its value, by the rules of
// differentiation alone (forward-mode automatic differentiation). Which partials are 0 or 1 is part
// of the type, so that what cannot vary costs nothing: the target's coordinates are plain numbers,
// an offset along the first axis carries one partial, a product of both axes' sizes two.
//
// Like the formulas, this is text for the inside of a number type's namespace.

// The partial derivatives 0, 1 and −1. Zero also serves formulas as the number 0.
struct Zero {};
struct One {};
struct MinusOne {};

template <class X>
FORMULA X operator+(X x, Zero) {
  return x;
}
template <class X>
FORMULA X operator-(X x, Zero) {
  return x;
}

// Arithmetic of partials, in which 0, 1 and −1 cost nothing.
template <class X, class Y>
constexpr bool kIs = std::is_same_v<X, Y>;

FORMULA Number ToNumber(Zero) { return Number(0.0f); }
FORMULA Number ToNumber(One) { return Number(1.0f); }
FORMULA Number ToNumber(MinusOne) { return Number(-1.0f); }
FORMULA Number ToNumber(Number x) { return x; }

FORMULA Zero Negate(Zero) { return {}; }
FORMULA MinusOne Negate(One) { return {}; }
FORMULA One Negate(MinusOne) { return {}; }
FORMULA Number Negate(Number x) { return -x; }

// x s
FORMULA Zero Times(Zero, Number) { return {}; }
FORMULA Number Times(One, Number s) { return s; }
FORMULA Number Times(MinusOne, Number s) { return -s; }
FORMULA Number Times(Number x, Number s) { return x * s; }

// x + y
template <class X, class Y>
FORMULA auto Plus(X x, Y y) {
  if constexpr (kIs<X, Zero>) {
    return y;
  } else if constexpr (kIs<Y, Zero>) {
    return x;
  } else {
    return ToNumber(x) + ToNumber(y);
  }
}

// x − y
template <class X, class Y>
FORMULA auto Minus(X x, Y y) {
  if constexpr (kIs<X, Zero>) {
    return Negate(y);
  } else if constexpr (kIs<Y, Zero>) {
    return x;
  } else {
    return ToNumber(x) - ToNumber(y);
  }
}

// x s + y t
template <class X, class Y>
FORMULA auto Combine(X x, Number s, Y y, Number t) {
  if constexpr (kIs<X, Zero>) {
    return Times(y, t);
  } else if constexpr (kIs<Y, Zero>) {
    return Times(x, s);
  } else if constexpr (kIs<X, One>) {
    return MulAdd(ToNumber(y), t, s);
  } else if constexpr (kIs<Y, One>) {
    return MulAdd(ToNumber(x), s, t);
  } else {
    return MulAdd(ToNumber(x), s, ToNumber(y) * t);
  }
}

template <class A, class B, class C, class D>
struct Dual {
  Number value;
  A a;
  B b;
  C c;
  D d;
};
template <class A, class B, class C, class D>
Dual(Number, A, B, C, D) -> Dual<A, B, C, D>;

template <class... P>
FORMULA Number Value(const Dual<P...>& x) {
  return x.value;
}

// The dual of a function's value, whose partials follow from those of its arguments by `rule`.
template <class... P, class Rule>
FORMULA auto Derive(Number value, const Dual<P...>& x, Rule rule) {
  return Dual{value, rule(x.a), rule(x.b), rule(x.c), rule(x.d)};
}
template <class... P, class... Q, class Rule>
FORMULA auto Derive(Number value, const Dual<P...>& x, const Dual<Q...>& y, Rule rule) {
  return Dual{value, rule(x.a, y.a), rule(x.b, y.b), rule(x.c, y.c), rule(x.d, y.d)};
}
template <class... P, class Rule>
FORMULA auto Derive(Number value, const Dual<P...>& x, Number, Rule rule) {
  const Zero zero;
  return Dual{value, rule(x.a, zero), rule(x.b, zero), rule(x.c, zero), rule(x.d, zero)};
}
template <class... Q, class Rule>
FORMULA auto Derive(Number value, Number, const Dual<Q...>& y, Rule rule) {
  const Zero zero;
  return Dual{value, rule(zero, y.a), rule(zero, y.b), rule(zero, y.c), rule(zero, y.d)};
}

// (f(x))' = f'(x) x'
struct ChainRule {
  Number slope;
  template <class X>
  FORMULA auto operator()(X x) const {
    return Times(x, slope);
  }
};

// (f(x, y))' = ∂f/∂x x' + ∂f/∂y y'
struct TotalRule {
  Number by_x;
  Number by_y;
  template <class X, class Y>
  FORMULA auto operator()(X x, Y y) const {
    return Combine(x, by_x, y, by_y);
  }
};

struct SumRule {
  template <class X, class Y>
  FORMULA auto operator()(X x, Y y) const {
    return Plus(x, y);
  }
};

struct DifferenceRule {
  template <class X, class Y>
  FORMULA auto operator()(X x, Y y) const {
    return Minus(x, y);
  }
};

// (x / y)' = (x' − (x / y) y') / y
struct QuotientRule {
  Number minus_quotient;
  Number inverse;
  template <class X, class Y>
  FORMULA auto operator()(X x, Y y) const {
    if constexpr (kIs<Y, Zero>) {
      return Times(x, inverse);
    } else if constexpr (kIs<X, Zero>) {
      return Times(y, minus_quotient) * inverse;
    } else {
      return MulAdd(ToNumber(y), minus_quotient, ToNumber(x)) * inverse;
    }
  }
};

#define DETLOSS_OPERATOR(OP, VALUE, RULE)                     \
  template <class... P, class... Q>                           \
  FORMULA auto OP(const Dual<P...>& x, const Dual<Q...>& y) { \
    const Number a = x.value, b = y.value;                    \
    const Number value = VALUE;                               \
    return Derive(value, x, y, RULE);                         \
  }                                                           \
  template <class... P>                                       \
  FORMULA auto OP(const Dual<P...>& x, Number b) {            \
    const Number a = x.value;                                 \
    const Number value = VALUE;                               \
    return Derive(value, x, b, RULE);                         \
  }                                                           \
  template <class... Q>                                       \
  FORMULA auto OP(Number a, const Dual<Q...>& y) {            \
    const Number b = y.value;                                 \
    const Number value = VALUE;                               \
    return Derive(value, a, y, RULE);                         \
  }

DETLOSS_OPERATOR(operator+, a + b, SumRule{})
DETLOSS_OPERATOR(operator-, a - b, DifferenceRule{})
DETLOSS_OPERATOR(operator*, a* b, (TotalRule{b, a}))
DETLOSS_OPERATOR(operator/, a / b, (QuotientRule{-value, Number(1.0f) / b}))

// ln(x / y)
DETLOSS_OPERATOR(LogRatio, LogRatio(a, b), (TotalRule{Number(1.0f) / a, Number(-1.0f) / b}))

// The smaller and the larger of two; equal ones share the derivative half and half.
DETLOSS_OPERATOR(Min, Min(a, b), (TotalRule{Step(b - a), Step(a - b)}))

DETLOSS_OPERATOR(Max, Max(a, b), (TotalRule{Step(a - b), Step(b - a)}))

#undef DETLOSS_OPERATOR

struct NegativeRule {
  template <class X>
  FORMULA auto operator()(X x) const {
    return Negate(x);
  }
};

template <class... P>
FORMULA auto operator-(const Dual<P...>& x) {
  return Derive(-x.value, x, NegativeRule{});
}

template <class... P>
FORMULA auto Abs(const Dual<P...>& x) {
  return Derive(Abs(x.value), x, ChainRule{Sign(x.value)});
}

template <class... P>
FORMULA auto Square(const Dual<P...>& x) {
  return Derive(Square(x.value), x, ChainRule{x.value + x.value});
}

template <class... P>
FORMULA auto Sqrt(const Dual<P...>& x) {
  const Number root = Sqrt(x.value);
  return Derive(root, x, ChainRule{Number(0.5f) / root});
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

// ln(1 + e^−x) for x ≥ 0: the derivative is −e^−x / (1 + e^−x).
template <class... P>
FORMULA auto LogOnePlusExpMinus(const Dual<P...>& x) {
  const Number e = Exp(-x.value);
  return Derive(LogOnePlusExpMinus(x.value), x, ChainRule{-e * Inverse(Number(1.0f) + e)});
}

// σ(x) = 1 / (1 + e^−x), from e^−|x|, which neither overflows nor loses the smaller side's digits.
FORMULA Number Sigmoid(Number x) {
  const Number e = Exp(-Abs(x));
  const Number sum = Number(1.0f) + e;
  return Quotient(Select(x < Number(0.0f), e, Number(1.0f)), sum, Inverse(sum));
}

// σ' = σ (1 − σ) = e^−|x| / (1 + e^−|x|)²
template <class... P>
FORMULA auto Sigmoid(const Dual<P...>& x) {
  const Number e = Exp(-Abs(x.value));
  const Number inverse = Inverse(Number(1.0f) + e);
  return Derive(Sigmoid(x.value), x, ChainRule{e * inverse * inverse});
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
    } else {
      return ZeroWhere(mask, ToNumber(x));
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

// a / b, within 3 ULP, for b ≥ 0 that is 0 only where a is; 0, with derivative 0, there.
FORMULA Number Ratio(Number a, Number b) { return a * Inverse(b); }

template <class... P, class... Q>
FORMULA auto Ratio(const Dual<P...>& x, const Dual<Q...>& y) {
  const Number inverse = ZeroWhere(y.value == Number(0.0f), Inverse(y.value));
  const Number ratio = x.value * inverse;
  return Derive(ratio, x, y, QuotientRule{-ratio, inverse});
}

// The same of a ratio whose value is known more exactly than the quotient gives it.
FORMULA Number KnownRatio(Number, Number, Number ratio) { return ratio; }

template <class... P, class... Q>
FORMULA auto KnownRatio(const Dual<P...>& x, const Dual<Q...>& y, Number ratio) {
  const Number inverse = ZeroWhere(y.value == Number(0.0f), Inverse(y.value));
  return Derive(ratio, x, y, QuotientRule{-ratio, inverse});
}

template <class... P>
FORMULA auto Ratio(const Dual<P...>& x, Number b) {
  const Number inverse = ZeroWhere(b == Number(0.0f), Inverse(b));
  return Derive(x.value * inverse, x, ChainRule{inverse});
}

template <class... Q>
FORMULA auto Ratio(Number a, const Dual<Q...>& y) {
  const Number inverse = ZeroWhere(y.value == Number(0.0f), Inverse(y.value));
  return Derive(a * inverse, y, ChainRule{-(a * inverse) * inverse});
}

// The same within 0.6 ULP: 1 where a equals b; `at_zero` where b is 0.
FORMULA Number ExactRatio(Number a, Number b, Number at_zero) {
  return Select(b == Number(0.0f), at_zero, Quotient(a, b, Inverse(b)));
}

template <class... P, class... Q>
FORMULA auto ExactRatio(const Dual<P...>& x, const Dual<Q...>& y, Number at_zero) {
  const Number ratio = ExactRatio(x.value, y.value, at_zero);
  const Number inverse = ZeroWhere(y.value == Number(0.0f), Inverse(y.value));
  return Derive(ratio, x, y, QuotientRule{-ratio, inverse});
}

// The angle from the diagonal of a box w wide and h high to that of its target:
//
//   arctan w*/h* − arctan w/h = arctan((w* h − w h*) / (h* h + w* w))
//
// with one arc tangent instead of two. A box that is a point has the angle 0, as atan2(0, 0) has:
// h counts as 1e-30 at least, which no other box notices.
FORMULA Number AngleBetween(Number w, Number h, Number truth_w, Number truth_h) {
  const Number upright = Greater(Number(1e-30f), h);
  const Number truth_upright = Greater(Number(1e-30f), truth_h);
  return ArcTangent(truth_w * upright - w * truth_upright,
                    MulAdd(truth_upright, upright, truth_w * w));
}

// ∂/∂w = −h / (w² + h²), ∂/∂h = w / (w² + h²): the derivative of −atan2(w, h), 0 at a point.
template <class... P, class... Q>
FORMULA auto AngleBetween(const Dual<P...>& w, const Dual<Q...>& h, Number truth_w,
                          Number truth_h) {
  const Number angle = AngleBetween(w.value, h.value, truth_w, truth_h);
  const Number inverse = Inverse(MulAdd(w.value, w.value, h.value * h.value));
  return Derive(angle, w, h, TotalRule{-h.value * inverse, w.value * inverse});
}
