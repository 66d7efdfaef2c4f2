// What a formula is given of a predicted box beside its target, one axis at a time.
//
// The files of this folder hold the mathematics of the losses and nothing else: no SIMD, no Node,
// no GPU. They are text to be included inside the namespace of a number type, once for every
// instruction set, which is why their guards are Highway's: HWY_TARGET_TOGGLE flips before each.
// `Number` is the type of a value that has no derivative; template parameters stand for `Number`
// too or for a dual number that carries partial derivatives (native/number/dual.h), so that the
// one text yields the value alone or the value with its gradient.

#if defined(DETLOSS_FORMULAS_AXIS_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_FORMULAS_AXIS_H_
#undef DETLOSS_FORMULAS_AXIS_H_
#else
#define DETLOSS_FORMULAS_AXIS_H_
#endif

#include "number/dual.h"

// Everything is relative to the target: `offset` is the predicted centre minus the target's, and
// `right` and `left` are how far the prediction reaches beyond the target at either end (negative
// where it stays inside). Taking these differences first, before any product, is what keeps a box
// one pixel wide exact at a coordinate of a million.
//
// Boxes given by their edges have rounded centres and sizes, but edges whose differences are exact
// where they are close. Their axis has three more numbers, taken from the edges: the offset without
// what rounding loses of it, `growth`, the prediction's size minus the target's, and `reach`, the
// length of the overlap (negative where there is none). An axis from centre and size has Zero
// there: all three follow from the other numbers without loss.
template <class Offset, class Size, class Edges>
struct Axis {
  Offset offset;
  Size size;     // of the prediction, at least 0
  Number truth;  // the target's size, at least 0
  Number right;  // (size − truth) / 2 + offset
  Number left;   // (size − truth) / 2 − offset
  Edges exact_offset;
  Edges growth;
  Edges reach;
};
template <class O, class S, class E>
Axis(O, S, Number, Number, Number, E, E, E) -> Axis<O, S, E>;

// The axis of a box given by its centre's offset and its size.
template <class Offset, class Size>
FORMULA auto CentredAxis(const Offset& offset, const Size& size, const Number& truth) {
  const Number growth = Value(size) - truth;
  const Zero zero;
  return Axis{
      offset, size, truth, MulAdd(growth, 0.5f, Value(offset)), MulSub(growth, 0.5f, Value(offset)),
      zero,   zero, zero};
}

// The offset, for losses that are made of it alone.
template <class O, class S, class E>
FORMULA auto OffsetOf(const Axis<O, S, E>& axis) {
  if constexpr (kIs<E, Zero>) {
    return axis.offset;
  } else {
    return Refine(axis.offset, axis.exact_offset);
  }
}

// How far the prediction reaches beyond the target, and the target beyond the prediction. NaN in
// any number of an axis is in both.
template <class A>
FORMULA Number OutsideOf(const A& axis) {
  return Positive(axis.right) + Positive(axis.left);
}
template <class A>
FORMULA Number MissingOf(const A& axis) {
  return -(Negative(axis.right) + Negative(axis.left));
}

// The length of the overlap, from centre and size: the shorter size less what it has alone.
template <class A>
FORMULA Number ReachOfCentred(const A& axis) {
  return Lesser(Value(axis.size), axis.truth) - Lesser(OutsideOf(axis), MissingOf(axis));
}
template <class O, class S, class E>
FORMULA Number ReachOf(const Axis<O, S, E>& axis) {
  if constexpr (kIs<E, Zero>) {
    return ReachOfCentred(axis);
  } else {
    return axis.reach;
  }
}

// A predicted box beside its target.
template <class X, class Y>
struct Boxes {
  X x;
  Y y;
};
template <class X, class Y>
Boxes(X, Y) -> Boxes<X, Y>;

// √ and ln need a positive size: one of 0 or less, or below the smallest normal float, counts as
// 1e-7, which has no derivative.
constexpr float kLeastSize = 1.17549435e-38f;
template <class Size>
FORMULA auto PositiveSize(const Size& size) {
  return Select(Value(size) < Number(kLeastSize), Number(1e-7f), size);
}

// The target's size minus the prediction's, both as PositiveSize has them.
template <class O, class S, class E>
FORMULA Number PositiveGrowth(const Axis<O, S, E>& axis) {
  const Number size = Value(axis.size);
  const Number rounded = PositiveSize(axis.truth) - PositiveSize(size);
  if constexpr (kIs<E, Zero>) {
    return rounded;
  } else {
    return Select(Lesser(size, axis.truth) < Number(kLeastSize), rounded, -axis.growth);
  }
}

// ln(target's size / prediction's), likewise.
template <class O, class S, class E>
FORMULA auto LogOfGrowth(const Axis<O, S, E>& axis) {
  const auto size = PositiveSize(axis.size);
  const Number truth = PositiveSize(axis.truth);
  if constexpr (kIs<E, Zero>) {
    return LogRatio(truth, size);
  } else {
    return Refine(LogRatio(truth, size), LogRatio(truth, Value(size), PositiveGrowth(axis)));
  }
}

#endif
