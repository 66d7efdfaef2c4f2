// Dual: a value with its partial derivatives by up to six numbers: a box's centre and size and,
// along either axis, what much of a loss is made of (formulas/axis.h); the two logits of a pair; a
// single prediction.
//
// A formula evaluated with duals yields its gradient along with its value, by the rules of
// differentiation alone (forward-mode automatic differentiation). Which partials are 0 or 1 is part
// of the type, so that what cannot vary costs nothing: the target's coordinates are plain numbers,
// an offset along the first axis carries one partial, a product of both axes' sizes two.
//
// Like the formulas, this is text for the inside of a number type's namespace.

#if defined(DETLOSS_NUMBER_DUAL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_NUMBER_DUAL_H_
#undef DETLOSS_NUMBER_DUAL_H_
#else
#define DETLOSS_NUMBER_DUAL_H_
#endif

// The partial derivatives 0, 1 and −1, and one whose sign is left to what it is combined with: a
// sum becomes a difference, which costs nothing. Zero also serves formulas as the number 0.
struct Zero {};
struct One {};
struct MinusOne {};
struct Negated {
  Number x;
  FORMULA operator Number() const { return -x; }
};

template <class X>
FORMULA X operator+(X x, Zero) {
  return x;
}
template <class X>
FORMULA X operator+(Zero, X x) {
  return x;
}
FORMULA Zero operator+(Zero, Zero) { return {}; }
template <class X>
FORMULA X operator-(X x, Zero) {
  return x;
}

template <class X, class Y>
constexpr bool kIs = std::is_same_v<X, Y>;
template <class X>
constexpr bool kMinus = kIs<X, MinusOne> || kIs<X, Negated>;
template <class X>
constexpr bool kUnit = kIs<X, One> || kIs<X, MinusOne>;

FORMULA Number ToNumber(Zero) { return Number(0.0f); }
FORMULA Number ToNumber(One) { return Number(1.0f); }
FORMULA Number ToNumber(MinusOne) { return Number(-1.0f); }
FORMULA Number ToNumber(Number x) { return x; }

FORMULA Zero Negate(Zero) { return {}; }
FORMULA MinusOne Negate(One) { return {}; }
FORMULA One Negate(MinusOne) { return {}; }
FORMULA Negated Negate(Number x) { return {x}; }
FORMULA Number Negate(Negated minus) { return minus.x; }

// A partial without its sign.
FORMULA Number Magnitude(Number x) { return x; }
FORMULA Number Magnitude(Negated minus) { return minus.x; }
FORMULA Number Magnitude(One) { return Number(1.0f); }
FORMULA Number Magnitude(MinusOne) { return Number(1.0f); }

// x s
template <class X, class S>
FORMULA auto Times(X x, S s) {
  if constexpr (kIs<X, Zero> || kIs<S, One>) {
    return x;
  } else if constexpr (kMinus<S>) {
    return Negate(Times(x, Negate(s)));
  } else if constexpr (kMinus<X>) {
    return Negate(Times(Negate(x), s));
  } else if constexpr (kIs<X, One>) {
    return s;
  } else {
    return x * s;
  }
}

// x + y
template <class X, class Y>
FORMULA auto Plus(X x, Y y) {
  if constexpr (kIs<X, Zero>) {
    return y;
  } else if constexpr (kIs<Y, Zero>) {
    return x;
  } else if constexpr (kMinus<X> && kMinus<Y>) {
    return Negated{Magnitude(x) + Magnitude(y)};
  } else if constexpr (kMinus<X>) {
    return Magnitude(y) - Magnitude(x);
  } else if constexpr (kMinus<Y>) {
    return Magnitude(x) - Magnitude(y);
  } else {
    return Magnitude(x) + Magnitude(y);
  }
}

// x − y
template <class X, class Y>
FORMULA auto Minus(X x, Y y) {
  return Plus(x, Negate(y));
}

// x s + y t
template <class X, class S, class Y, class T>
FORMULA auto Combine(X x, S s, Y y, T t) {
  if constexpr (kIs<X, Zero>) {
    return Times(y, t);
  } else if constexpr (kIs<Y, Zero>) {
    return Times(x, s);
  } else if constexpr (kMinus<S>) {
    return Combine(Negate(x), Negate(s), y, t);
  } else if constexpr (kMinus<T>) {
    return Combine(x, s, Negate(y), Negate(t));
  } else if constexpr (kUnit<X> && kIs<T, One>) {
    return Plus(Times(x, s), y);
  } else if constexpr (kUnit<X> && !kUnit<Y>) {
    return Combine(y, t, x, s);
  } else {
    const Number rest = Magnitude(Times(y, t));
    if constexpr (kMinus<X> && kMinus<Y>) {
      return Negated{MulAdd(Magnitude(x), s, rest)};
    } else if constexpr (kMinus<X>) {
      return NegMulAdd(Magnitude(x), s, rest);
    } else if constexpr (kMinus<Y>) {
      return MulSub(Magnitude(x), s, rest);
    } else {
      return MulAdd(Magnitude(x), s, rest);
    }
  }
}

// The last partials may be left out: they are Zero.
template <class A, class B = Zero, class C = Zero, class D = Zero, class E = Zero, class F = Zero>
struct Dual {
  Number value;
  A a;
  B b;
  C c;
  D d;
  E e;
  F f;
};
template <class A, class... P>
Dual(Number, A, P...) -> Dual<A, P...>;

template <class... P>
FORMULA Number Value(const Dual<P...>& x) {
  return x.value;
}

// The dual of a function's value, whose partials follow from those of its arguments by `rule`.
template <class... P, class Rule>
FORMULA auto Derive(Number value, const Dual<P...>& x, Rule rule) {
  return Dual{value, rule(x.a), rule(x.b), rule(x.c), rule(x.d), rule(x.e), rule(x.f)};
}
template <class... P, class... Q, class Rule>
FORMULA auto Derive(Number value, const Dual<P...>& x, const Dual<Q...>& y, Rule rule) {
  return Dual{value,          rule(x.a, y.a), rule(x.b, y.b), rule(x.c, y.c),
              rule(x.d, y.d), rule(x.e, y.e), rule(x.f, y.f)};
}
template <class... P, class Rule>
FORMULA auto Derive(Number value, const Dual<P...>& x, Number, Rule rule) {
  return Derive(value, x, Dual<Zero>{}, rule);
}
template <class... Q, class Rule>
FORMULA auto Derive(Number value, Number, const Dual<Q...>& y, Rule rule) {
  return Derive(value, Dual<Zero>{}, y, rule);
}

// (f(x))' = f'(x) x'
template <class S>
struct ChainRule {
  S slope;
  template <class X>
  FORMULA auto operator()(X x) const {
    return Times(x, slope);
  }
};
template <class S>
ChainRule(S) -> ChainRule<S>;

// (f(x, y))' = ∂f/∂x x' + ∂f/∂y y'
template <class S, class T>
struct TotalRule {
  S by_x;
  T by_y;
  template <class X, class Y>
  FORMULA auto operator()(X x, Y y) const {
    return Combine(x, by_x, y, by_y);
  }
};
template <class S, class T>
TotalRule(S, T) -> TotalRule<S, T>;

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
  Number quotient;
  Number inverse;
  template <class X, class Y>
  FORMULA auto operator()(X x, Y y) const {
    if constexpr (kIs<X, Zero>) {
      return Times(Negate(y), quotient * inverse);  // a product that all partials share
    } else {
      return Times(Combine(Negate(y), quotient, x, One{}), inverse);
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
DETLOSS_OPERATOR(operator/, a / b, (QuotientRule{value, Number(1.0f) / b}))

// ln(x / y)
DETLOSS_OPERATOR(LogRatio, LogRatio(a, b), (TotalRule{Number(1.0f) / a, Negated{Number(1.0f) / b}}))

// The smaller and the larger of two; equal ones share the derivative half and half.
DETLOSS_OPERATOR(Min, Min(a, b), (TotalRule{Step(b - a), Step(a - b)}))

DETLOSS_OPERATOR(Max, Max(a, b), (TotalRule{Step(a - b), Step(b - a)}))

#undef DETLOSS_OPERATOR

// y − x b
struct NegMulAddRule {
  Number b;
  template <class X, class Y>
  FORMULA auto operator()(X x, Y y) const {
    return Minus(y, Times(x, b));
  }
};

template <class... P, class... Q>
FORMULA auto NegMulAdd(const Dual<P...>& x, Number b, const Dual<Q...>& y) {
  return Derive(NegMulAdd(x.value, b, y.value), x, y, NegMulAddRule{b});
}

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

#include "number/dual_math.h"
#include "number/log_sum.h"

#endif
