// Boxes in their five formats: from the four numbers of a prediction and of its target to the axes
// a formula is given, and from partial derivatives back to the gradient by those numbers.
//
// `Four` is what holds a box's numbers in their order, and `Format` the order.

using PlainAxis = Axis<Number, Number, Number>;
using PlainBoxes = Boxes<PlainAxis, PlainAxis>;

// A size below 0 counts as 0 about the same centre. `fold` is what that adds to either reach.
struct Sizes {
  Number size, truth, fold;
};
FORMULA Sizes ClampSizes(Number size, Number truth) {
  const Number size0 = Positive(size);
  const Number truth0 = Positive(truth);
  return {size0, truth0, ((truth - truth0) - (size - size0)) * 0.5f};
}

// From centre and size.
FORMULA PlainAxis FromCentre(Number centre, Number size, Number truth_centre, Number truth_size) {
  const Number size0 = Positive(size);
  const Number truth0 = Positive(truth_size);
  const Number offset = centre - truth_centre;
  const Number growth = size0 - truth0;
  return AxisOf(offset, size0, truth0, MulAdd(growth, 0.5f, offset), MulSub(growth, 0.5f, offset));
}

// From both ends.
FORMULA PlainAxis FromEnds(Number start, Number end, Number truth_start, Number truth_end) {
  const Sizes sizes = ClampSizes(end - start, truth_end - truth_start);
  const Number start_shift = start - truth_start;
  const Number end_shift = end - truth_end;
  return AxisOf((start_shift + end_shift) * 0.5f, sizes.size, sizes.truth, end_shift + sizes.fold,
                sizes.fold - start_shift);
}

// From start and size.
FORMULA PlainAxis FromStart(Number start, Number size, Number truth_start, Number truth_size) {
  const Sizes sizes = ClampSizes(size, truth_size);
  const Number shift = start - truth_start;
  const Number growth = size - truth_size;
  return AxisOf(MulAdd(growth, 0.5f, shift), sizes.size, sizes.truth, shift + growth + sizes.fold,
                sizes.fold - shift);
}

template <Format kFormat>
FORMULA PlainAxis FromNumbers(Number first, Number second, Number truth_first,
                              Number truth_second) {
  if constexpr (kFormat == Format::kXyxy || kFormat == Format::kTlbr) {
    return FromEnds(first, second, truth_first, truth_second);
  } else if constexpr (kFormat == Format::kXywh) {
    return FromStart(first, second, truth_first, truth_second);
  } else {
    return FromCentre(first, second, truth_first, truth_second);
  }
}

// Between the order of a format and that with x before y.
template <Format kFormat>
FORMULA Four XFirst(const Four& four) {
  if constexpr (kFormat == Format::kYxhw || kFormat == Format::kTlbr) {
    return {four.b, four.a, four.d, four.c};
  } else {
    return four;
  }
}

template <Format kFormat>
FORMULA PlainBoxes ToBoxes(const Four& pred, const Four& target) {
  const Four p = XFirst<kFormat>(pred);
  const Four t = XFirst<kFormat>(target);
  return {FromNumbers<kFormat>(p.a, p.c, t.a, t.c), FromNumbers<kFormat>(p.b, p.d, t.b, t.d)};
}

// Boxes in a format, and as (x, y, w, h) of centre and size.
template <Format kFormat>
FORMULA Four CentreAndSize(const Four& box) {
  const Four b = XFirst<kFormat>(box);
  if constexpr (kFormat == Format::kXyxy || kFormat == Format::kTlbr) {
    const Number w = b.c - b.a;
    const Number h = b.d - b.b;
    return {MulAdd(w, 0.5f, b.a), MulAdd(h, 0.5f, b.b), w, h};
  } else if constexpr (kFormat == Format::kXywh) {
    return {MulAdd(b.c, 0.5f, b.a), MulAdd(b.d, 0.5f, b.b), b.c, b.d};
  } else {
    return b;
  }
}
template <Format kFormat>
FORMULA Four FromCentreAndSize(const Four& box) {
  const Number left = NegMulAdd(box.c, 0.5f, box.a);
  const Number top = NegMulAdd(box.d, 0.5f, box.b);
  if constexpr (kFormat == Format::kXyxy || kFormat == Format::kTlbr) {
    return XFirst<kFormat>({left, top, MulAdd(box.c, 0.5f, box.a), MulAdd(box.d, 0.5f, box.b)});
  } else if constexpr (kFormat == Format::kXywh) {
    return {left, top, box.c, box.d};
  } else {
    return XFirst<kFormat>(box);
  }
}

// The prediction as dual numbers, by its centre, its size and `within`, along x and y of each.
FORMULA auto Seed(const PlainBoxes& boxes) {
  const PlainAxis& x = boxes.x;
  const PlainAxis& y = boxes.y;
  const Zero zero;
  const One one;
  return Boxes{Axis{Dual{x.offset, one}, Dual{x.size, zero, zero, one}, x.truth, x.right, x.left,
                    Dual{x.within, zero, zero, zero, zero, one}},
               Axis{Dual{y.offset, zero, one}, Dual{y.size, zero, zero, zero, one}, y.truth,
                    y.right, y.left, Dual{y.within, zero, zero, zero, zero, zero, one}}};
}

// `within` as a dual number itself, by the centre and by half the size.
FORMULA auto DualOfWithin(const PlainAxis& axis) {
  const One one;
  return Negative(Dual{axis.right, one, one}) + Negative(Dual{axis.left, MinusOne{}, one});
}

// A loss by Seed's numbers as one by the centre and the size alone: the chain rule.
template <class Loss>
FORMULA auto ByCentreAndSize(const Loss& loss, const PlainBoxes& boxes) {
  const auto x = DualOfWithin(boxes.x);
  const auto y = DualOfWithin(boxes.y);
  const Number half(0.5f);
  const One one;
  return Dual{loss.value, Combine(loss.e, x.a, loss.a, one), Combine(loss.f, y.a, loss.b, one),
              Combine(Times(loss.e, half), x.b, loss.c, one),
              Combine(Times(loss.f, half), y.b, loss.d, one)};
}

// The gradient by the numbers of the format from the partials by centre and size, times the
// weights: the transpose of the linear map that led from those to these.
template <Format kFormat, class Loss, class W>
FORMULA Four GradientOf(const Loss& loss, const W& weigh) {
  const Number w = weigh(loss.c);
  const Number h = weigh(loss.d);
  if constexpr (kFormat == Format::kXyxy || kFormat == Format::kTlbr) {
    const W halve = weigh * Number(0.5f);
    const Number x = halve(loss.a);
    const Number y = halve(loss.b);
    return XFirst<kFormat>({x - w, y - h, x + w, y + h});
  } else {
    const Number x = weigh(loss.a);
    const Number y = weigh(loss.b);
    if constexpr (kFormat == Format::kXywh) {
      return {x, y, MulAdd(x, 0.5f, w), MulAdd(y, 0.5f, h)};
    } else {
      return XFirst<kFormat>({x, y, w, h});
    }
  }
}
