// What a formula is given of a predicted box beside its target, one axis at a time.
//
// The files of this folder hold the mathematics of the losses and nothing else: no SIMD, no Node,
// no GPU. They are text to be included inside the namespace of a number type, once for every
// instruction set, which is why they have neither include guards nor includes. `Number` is the
// type of a value that has no derivative; template parameters stand for `Number` too or for a dual
// number that carries partial derivatives (native/number/dual.h), so that the one text yields
// the value alone or the value with its gradient.

// Everything is relative to the target: `offset` is the predicted centre minus the target's, and
// `right` and `left` are how far the prediction reaches beyond the target at either end (negative
// where it stays inside). Taking these differences first, before any product, is what keeps a box
// one pixel wide exact at a coordinate of a million.
//
// `within`, of which the overlap and the enclosing box are made, is a number of its own, so that a
// formula can be differentiated by it: what follows from it then carries one partial derivative,
// not those by offset and size, which are chained in once, at the end (formats.h). IoU and its
// gradient take an eighth less time for it.
template <class Offset, class Size, class Within>
struct Axis {
  Offset offset;
  Size size;      // of the prediction, at least 0
  Number truth;   // the target's size, at least 0
  Number right;   // (size − truth) / 2 + offset
  Number left;    // (size − truth) / 2 − offset
  Within within;  // min(right, 0) + min(left, 0): less by it the prediction covers of the target
};
template <class O, class S, class W>
Axis(O, S, Number, Number, Number, W) -> Axis<O, S, W>;

template <class Offset, class Size, class Right, class Left>
FORMULA auto AxisOf(const Offset& offset, const Size& size, const Number& truth, const Right& right,
                    const Left& left) {
  return Axis{offset, size, truth, Value(right), Value(left), Negative(right) + Negative(left)};
}

// The axis of a box given by its centre's offset and its size.
template <class Offset, class Size>
FORMULA auto CentredAxis(const Offset& offset, const Size& size, const Number& truth) {
  const auto growth = (size - truth) * Number(0.5f);
  return AxisOf(offset, size, truth, growth + offset, growth - offset);
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
template <class Size>
FORMULA auto PositiveSize(const Size& size) {
  return Select(Value(size) < Number(1.17549435e-38f), Number(1e-7f), size);
}
