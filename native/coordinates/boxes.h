// Boxes in their five formats: from the four numbers of a prediction and of its target to the axes
// a formula is given, and from partial derivatives back to the gradient by those numbers.
// `Format` is formulas/format.h's, which is included before a namespace begins.

#if defined(DETLOSS_COORDINATES_BOXES_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_COORDINATES_BOXES_H_
#undef DETLOSS_COORDINATES_BOXES_H_
#else
#define DETLOSS_COORDINATES_BOXES_H_
#endif

#include "formulas/axis.h"
#include "number/columns.h"

template <class Edges>
using PlainAxis = Axis<Number, Number, Edges>;
template <class Edges>
using PlainBoxes = Boxes<PlainAxis<Edges>, PlainAxis<Edges>>;

// From centre and size. A size below 0 counts as 0 about the same centre, here and below.
FORMULA PlainAxis<Zero> FromCentre(Number centre, Number size, Number truth_centre,
                                   Number truth_size) {
  return CentredAxis(centre - truth_centre, Positive(size), Positive(truth_size));
}

// The axis of a box given by its edges, of which `centred` has what follows from centre and size.
// Where a box is inverted, its edges are not what `right` and `left` are about: all comes from
// centre and size then, so that it agrees to the last digit.
FORMULA PlainAxis<Number> WithEdges(const PlainAxis<Zero>& centred, Mask inverted, Number right,
                                    Number left, Number exact_offset, Number growth, Number reach) {
  return {centred.offset,
          centred.size,
          centred.truth,
          Select(inverted, centred.right, right),
          Select(inverted, centred.left, left),
          exact_offset,
          Select(inverted, centred.size - centred.truth, growth),
          Select(inverted, ReachOfCentred(centred), reach)};
}

// From both ends. The difference of the sizes is that of the ends' shifts, unless the boxes are so
// far from each other that the shifts are what is rounded.
FORMULA PlainAxis<Number> FromEnds(Number start, Number end, Number truth_start, Number truth_end) {
  const Number size = end - start;
  const Number truth = truth_end - truth_start;
  const Number start_shift = start - truth_start;
  const Number end_shift = end - truth_end;
  const Number shifts = start_shift + end_shift;
  const Number lost = LostOfDifference(start, truth_start, start_shift) +
                      LostOfDifference(end, truth_end, end_shift);
  const PlainAxis<Zero> centred = CentredAxis(shifts * 0.5f, Positive(size), Positive(truth));
  const Number growth = Select(Abs(start_shift) < truth, end_shift - start_shift, size - truth);
  return WithEdges(centred, Lesser(size, truth) < 0.0f, end_shift, -start_shift,
                   (shifts + lost) * 0.5f, growth,
                   Lesser(end, truth_end) - Greater(start, truth_start));
}

// From start and size.
FORMULA PlainAxis<Number> FromStart(Number start, Number size, Number truth_start,
                                    Number truth_size) {
  const Number shift = start - truth_start;
  const Number growth = size - truth_size;
  const Number offset = MulAdd(growth, 0.5f, shift);
  const Number lost = MulAdd(LostOfDifference(size, truth_size, growth), 0.5f,
                             LostOfDifference(start, truth_start, shift));
  const PlainAxis<Zero> centred = CentredAxis(offset, Positive(size), Positive(truth_size));
  return WithEdges(centred, Lesser(size, truth_size) < 0.0f, shift + growth, -shift, offset + lost,
                   growth, Lesser(size + Negative(shift), truth_size - Positive(shift)));
}

template <Format kFormat>
FORMULA auto FromNumbers(Number first, Number second, Number truth_first, Number truth_second) {
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
FORMULA auto ToBoxes(const Four& pred, const Four& target) {
  const Four p = XFirst<kFormat>(pred);
  const Four t = XFirst<kFormat>(target);
  return Boxes{FromNumbers<kFormat>(p.a, p.c, t.a, t.c), FromNumbers<kFormat>(p.b, p.d, t.b, t.d)};
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

// The prediction as dual numbers by its centre and its size: x, y, width, height.
template <class Edges>
FORMULA auto Seed(const PlainBoxes<Edges>& boxes) {
  const PlainAxis<Edges>& x = boxes.x;
  const PlainAxis<Edges>& y = boxes.y;
  const Zero zero;
  const One one;
  return Boxes{Axis{Dual{x.offset, one}, Dual{x.size, zero, zero, one}, x.truth, x.right, x.left,
                    x.exact_offset, x.growth, x.reach},
               Axis{Dual{y.offset, zero, one}, Dual{y.size, zero, zero, zero, one}, y.truth,
                    y.right, y.left, y.exact_offset, y.growth, y.reach}};
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

// The format with x before y.
constexpr Format XFirstOf(Format format) {
  return format == Format::kYxhw   ? Format::kCxcywh
         : format == Format::kTlbr ? Format::kXyxy
                                   : format;
}

// Boxes as a pass reads them and pulls derivatives back: of one format, or of one that is known
// when the program runs. `InOrder` brings them to the order of `Ordered`, which has x before y.
template <Format kFormat>
struct InFormat {
  using Ordered = InFormat<XFirstOf(kFormat)>;
  static constexpr size_t kWidth = 4;
  static constexpr size_t kTargetWidth = 4;

  explicit FORMULA InFormat(const Rows&) {}

  static FORMULA Four InOrder(const Four& box) { return XFirst<kFormat>(box); }

  FORMULA auto Read(const Four& pred, const Four& target) const {
    return ToBoxes<kFormat>(pred, target);
  }
  FORMULA Four CentreAndSizeOf(const Four& box) const { return CentreAndSize<kFormat>(box); }

  template <class Loss, class W>
  FORMULA Four Pull(const Loss& loss, const W& weigh) const {
    return GradientOf<kFormat>(loss, weigh);
  }
};

// All formats in one type, which takes what follows from centre and size where there are no edges.
FORMULA PlainAxis<Number> WithEdges(const PlainAxis<Number>& axis) { return axis; }
FORMULA PlainAxis<Number> WithEdges(const PlainAxis<Zero>& axis) {
  return {axis.offset,
          axis.size,
          axis.truth,
          axis.right,
          axis.left,
          axis.offset,
          axis.size - axis.truth,
          ReachOfCentred(axis)};
}
template <class Edges>
FORMULA PlainBoxes<Number> WithEdges(const PlainBoxes<Edges>& boxes) {
  return {WithEdges(boxes.x), WithEdges(boxes.y)};
}

struct InAnyFormat {
  static constexpr size_t kWidth = 4;
  static constexpr size_t kTargetWidth = 4;

  Format format;

  explicit FORMULA InAnyFormat(const Rows& rows) : format(rows.format) {}

  FORMULA PlainBoxes<Number> Read(const Four& pred, const Four& target) const {
    return WithFormat(format, [&](auto constant) {
      return WithEdges(ToBoxes<decltype(constant)::value>(pred, target));
    });
  }
  FORMULA Four CentreAndSizeOf(const Four& box) const {
    return WithFormat(format,
                      [&](auto constant) { return CentreAndSize<decltype(constant)::value>(box); });
  }

  template <class Loss, class W>
  FORMULA Four Pull(const Loss& loss, const W& weigh) const {
    return WithFormat(
        format, [&](auto constant) { return GradientOf<decltype(constant)::value>(loss, weigh); });
  }
};

#endif
