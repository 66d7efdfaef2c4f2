// Elementwise losses of d = target − prediction.

#if defined(DETLOSS_FORMULAS_REGRESSION_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_FORMULAS_REGRESSION_H_
#undef DETLOSS_FORMULAS_REGRESSION_H_
#else
#define DETLOSS_FORMULAS_REGRESSION_H_
#endif

#include "number/dual.h"

// |d|
struct L1 {
  template <class N>
  FORMULA auto operator()(const N& d) const {
    return Abs(d);
  }
};

// d²
struct L2 {
  template <class N>
  FORMULA auto operator()(const N& d) const {
    return Square(d);
  }
};

// ½d² where |d| < δ, δ(|d| − ½δ) elsewhere: the largest of q |d| − ½q² for q up to δ, reached at
// q = min(|d|, δ). At a maximum the derivative is that with q held constant: q itself.
// Huber, "Robust estimation of a location parameter", 1964.
struct Huber {
  Number delta;
  template <class N>
  FORMULA auto operator()(const N& d) const {
    const auto distance = Abs(d);
    const Number q = Lesser(delta, Value(distance));
    return Refine(distance * q, q * NegMulAdd(q, Number(0.5f), Value(distance)));
  }
};

// Huber(β) / β: its slope is ±1 beyond β. Likewise the largest of q |d| − ½β q² for q up to 1,
// whose quotient is finite for the smallest β. Girshick, "Fast R-CNN", arXiv 1504.08083.
struct SmoothL1 {
  Number beta;
  template <class N>
  FORMULA auto operator()(const N& d) const {
    const auto distance = Abs(d);
    const Number q = Lesser(Number(1.0f), Value(distance) / beta);
    return Refine(distance * q, q * NegMulAdd(q, beta * Number(0.5f), Value(distance)));
  }
};

// A loss of the difference as one of both numbers.
template <class Loss>
struct OfDifference : Loss {
  template <class P>
  FORMULA auto operator()(const P& pred, const Number& target) const {
    return Loss::operator()(target - pred);
  }
};

#endif
