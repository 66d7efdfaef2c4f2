// Dual: a value with its partial derivatives by the four numbers of a predicted box.
//
// A formula evaluated with duals yields its gradient along with its value, by the rules of
// differentiation alone (forward-mode automatic differentiation). Which partials are 0 or 1 is part
// of the type, so that what cannot vary costs nothing: the target's coordinates are plain numbers,
// an offset along the first axis carries one partial, a product of both axes' sizes two.
//
// Like the formulas, this is text for the inside of a number type's namespace.

// The partial derivatives 0 and 1, and their arithmetic with other partials. Zero also serves
// formulas as the number 0.
struct Zero {};
struct One {};

template <class X>
FORMULA X operator+(X x, Zero) {
  return x;
}
template <class X>
FORMULA X operator-(X x, Zero) {
  return x;
}
FORMULA Zero operator+(Zero, Zero) { return {}; }
FORMULA One operator+(Zero, One) { return {}; }
FORMULA Number operator+(Zero, Number x) { return x; }
FORMULA Number operator+(One, One) { return Number(2.0f); }
FORMULA Number operator+(One, Number x) { return Number(1.0f) + x; }
FORMULA Number operator+(Number x, One) { return x + Number(1.0f); }

FORMULA Zero operator-(Zero) { return {}; }
FORMULA Number operator-(One) { return Number(-1.0f); }
FORMULA Zero operator-(Zero, Zero) { return {}; }
FORMULA Number operator-(Zero, One) { return Number(-1.0f); }
FORMULA Number operator-(Zero, Number x) { return -x; }
FORMULA Zero operator-(One, One) { return {}; }
FORMULA Number operator-(One, Number x) { return Number(1.0f) - x; }
FORMULA Number operator-(Number x, One) { return x - Number(1.0f); }

FORMULA Zero operator*(Zero, Number) { return {}; }
FORMULA Number operator*(One, Number x) { return x; }

// x s + y t
template <class X, class Y>
FORMULA auto Combine(X x, Number s, Y y, Number t) {
  return x * s + y * t;
}
FORMULA Number Combine(One, Number s, Number y, Number t) { return MulAdd(y, t, s); }
FORMULA Number Combine(Number x, Number s, One, Number t) { return MulAdd(x, s, t); }
FORMULA Number Combine(Number x, Number s, Number y, Number t) { return MulAdd(x, s, y * t); }

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
    return x * slope;
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
    return x + y;
  }
};

struct DifferenceRule {
  template <class X, class Y>
  FORMULA auto operator()(X x, Y y) const {
    return x - y;
  }
};

// (x / y)' = (x' − (x / y) y') / y
struct QuotientRule {
  Number minus_quotient;
  Number inverse;
  template <class X, class Y>
  FORMULA auto operator()(X x, Y y) const {
    return Combine(x, Number(1.0f), y, minus_quotient) * inverse;
  }
  FORMULA Number operator()(Number x, Zero) const { return x * inverse; }
  FORMULA Number operator()(Number x, Number y) const {
    return MulAdd(y, minus_quotient, x) * inverse;
  }
};

#define DETLOSS_OPERATOR(OP, VALUE, RULE)                               \
  template <class... P, class... Q>                                     \
  FORMULA auto OP(const Dual<P...>& x, const Dual<Q...>& y) {           \
    const Number a = x.value, b = y.value;                              \
    const Number value = VALUE;                                         \
    return Derive(value, x, y, RULE);                                   \
  }                                                                     \
  template <class... P>                                                 \
  FORMULA auto OP(const Dual<P...>& x, Number b) {                      \
    const Number a = x.value;                                           \
    const Number value = VALUE;                                         \
    return Derive(value, x, b, RULE);                                   \
  }                                                                     \
  template <class... Q>                                                 \
  FORMULA auto OP(Number a, const Dual<Q...>& y) {                      \
    const Number b = y.value;                                           \
    const Number value = VALUE;                                         \
    return Derive(value, a, y, RULE);                                   \
  }

DETLOSS_OPERATOR(operator+, a + b, SumRule{})
DETLOSS_OPERATOR(operator-, a - b, DifferenceRule{})
DETLOSS_OPERATOR(operator*, a * b, (TotalRule{b, a}))
DETLOSS_OPERATOR(operator/, a / b, (QuotientRule{-value, Number(1.0f) / b}))

// ln(x / y)
DETLOSS_OPERATOR(LogRatio, LogRatio(a, b),
                 (TotalRule{Number(1.0f) / a, Number(-1.0f) / b}))

// The smaller of two; equal ones share the derivative half and half.
DETLOSS_OPERATOR(Min, Min(a, b), (TotalRule{Step(b - a), Step(a - b)}))

#undef DETLOSS_OPERATOR

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

FORMULA Zero ZeroWhere(Mask, Zero) { return {}; }
FORMULA Number ZeroWhere(Mask mask, One) { return ZeroWhere(mask, Number(1.0f)); }

struct ZeroWhereRule {
  Mask mask;
  template <class X>
  FORMULA auto operator()(X x) const {
    return ZeroWhere(mask, x);
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

// The derivative of `formula` with `value`, which equals the formula's in exact arithmetic but is
// computed with less rounding.
template <class... P>
FORMULA auto Refine(const Dual<P...>& formula, Number value) {
  Dual<P...> refined = formula;
  refined.value = value;
  return refined;
}
FORMULA Number Refine(Number, Number value) { return value; }

// a / b; `at_zero`, with derivative 0, where b is 0.
FORMULA Number Ratio(Number a, Number b, Number at_zero) {
  return Select(b == Number(0.0f), at_zero, a / b);
}

template <class... P, class... Q>
FORMULA auto Ratio(const Dual<P...>& x, const Dual<Q...>& y, Number at_zero) {
  const Mask empty = y.value == Number(0.0f);
  const Number quotient = Select(empty, at_zero, x.value / y.value);
  // The inverse of a subnormal number may be infinite, and 0 · inf would be NaN.
  const Number inverse = Min(Number(1.0f) / y.value, Number(3.0e38f));
  return Derive(quotient, x, y, QuotientRule{-quotient, ZeroWhere(empty, inverse)});
}

// The angle from the diagonal of a box w wide and h high to that of its target:
//
//   arctan w*/h* − arctan w/h = arctan((w* h − w h*) / (h* h + w* w))
//
// One arc tangent and no cancellation; w* h − w h* is taken as w* (h − h*) − (w − w*) h*. A box
// that is a point has the angle 0 (atan2(0, 0)), as if it were upright: h = 1.
FORMULA Number AngleBetween(Number w, Number h, Number truth_w, Number truth_h) {
  const Number zero(0.0f);
  const Number one(1.0f);
  const Number upright = Select(w + h == zero, one, h);
  const Number truth_upright = Select(truth_w + truth_h == zero, one, truth_h);
  const Number rise =
      truth_w * (upright - truth_upright) - (w - truth_w) * truth_upright;
  return ArcTangent(rise, MulAdd(truth_upright, upright, truth_w * w));
}

// ∂/∂w = −h / (w² + h²), ∂/∂h = w / (w² + h²): the derivative of −atan2(w, h), 0 at a point.
template <class... P, class... Q>
FORMULA auto AngleBetween(const Dual<P...>& w, const Dual<Q...>& h, Number truth_w,
                          Number truth_h) {
  const Number angle = AngleBetween(w.value, h.value, truth_w, truth_h);
  const Number square = MulAdd(w.value, w.value, h.value * h.value);
  const Number inverse = Min(Number(1.0f) / square, Number(3.0e38f));
  const Number by_area = ZeroWhere(square == Number(0.0f), inverse);
  return Derive(angle, w, h, TotalRule{-h.value * by_area, w.value * by_area});
}
