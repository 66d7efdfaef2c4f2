// LogSum: a number x + ln(1 + e), e between 0 and 1, whose logarithm has not been taken. Where only
// the sum of many is wanted, one logarithm serves them all (native/loops/sums-inl.h); as a number,
// it is the sum that it stands for. The end of dual.h.

#if defined(DETLOSS_NUMBER_LOG_SUM_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_NUMBER_LOG_SUM_H_
#undef DETLOSS_NUMBER_LOG_SUM_H_
#else
#define DETLOSS_NUMBER_LOG_SUM_H_
#endif

struct LogSum {
  Number x;
  Number e;
  FORMULA operator Number() const { return x + LogOnePlus(e); }
};

FORMULA LogSum Value(const LogSum& sum) { return sum; }

// The same with its partial derivatives.
template <class A, class B, class C, class D, class E, class F>
struct DualLogSum {
  LogSum value;
  A a;
  B b;
  C c;
  D d;
  E e;
  F f;
  FORMULA operator Dual<A, B, C, D, E, F>() const { return {value, a, b, c, d, e, f}; }
};
template <class A, class B, class C, class D, class E, class F>
DualLogSum(LogSum, A, B, C, D, E, F) -> DualLogSum<A, B, C, D, E, F>;

template <class... P>
FORMULA LogSum Value(const DualLogSum<P...>& sum) {
  return sum.value;
}

FORMULA LogSum PlusLogOnePlus(Number x, Number e) { return {x, e}; }

// (x + ln(1 + e))' = x' + e' / (1 + e)
template <class... P, class... Q>
FORMULA auto PlusLogOnePlus(const Dual<P...>& x, const Dual<Q...>& e) {
  const TotalRule rule{Number(1.0f) / (Number(1.0f) + e.value), One{}};
  const auto sum = Derive(x.value, e, x, rule);
  return DualLogSum{LogSum{x.value, e.value}, sum.a, sum.b, sum.c, sum.d, sum.e, sum.f};
}

// A target that is no float is given as t = `present` and 1 − t = `absent`, each rounded by itself.
struct Target {
  Number present;
  Number absent;
  Number lost;  // what rounding has lost of `present`
};

// A cross-entropy of the logit z + lost and a target, with its derivative σ(z) − t computed once
// more where that has all but cancelled.
template <class T>
FORMULA LogSum KeepDigits(const LogSum& loss, Number, Number, const T&) {
  return loss;
}
template <class... P>
FORMULA auto KeepDigits(const DualLogSum<P...>& loss, const Dual<One>& z, Number lost, Number t) {
  // None has where the target is 0 or 1.
  DualLogSum<P...> kept = loss;
  if (IsBetween0And1Anywhere(t)) {
    const Number rest = Number(1.0f) - t;
    kept.a = KeepDigits(loss.a, z.value, lost, t, rest, Number(0.0f));
  }
  return kept;
}
template <class... P>
FORMULA auto KeepDigits(const DualLogSum<P...>& loss, const Dual<One>& z, Number lost,
                        const Target& t) {
  DualLogSum<P...> kept = loss;
  kept.a = KeepDigits(loss.a, z.value, lost, t.present, t.absent, t.lost);
  return kept;
}

// A number as the only variable of what follows, and what followed as that of the number's own: the
// chain rule.
FORMULA Number Independent(Number x) { return x; }
template <class... P>
FORMULA auto Independent(const Dual<P...>& x) {
  return Dual{x.value, One{}};
}
FORMULA LogSum Chain(const LogSum& outer, Number) { return outer; }
template <class... P, class... Q>
FORMULA auto Chain(const DualLogSum<P...>& outer, const Dual<Q...>& inner) {
  const auto chained = Derive(inner.value, inner, ChainRule{outer.a});
  return DualLogSum{outer.value, chained.a, chained.b, chained.c, chained.d, chained.e, chained.f};
}

// The same with the logarithm taken.
FORMULA Number TakeLog(Number number) { return number; }
template <class... P>
FORMULA Dual<P...> TakeLog(const DualLogSum<P...>& sum) {
  return sum;
}

#endif
