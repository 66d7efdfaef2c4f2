// Boxes in their five formats: from interleaved arrays to the axes a formula is given, and from
// partial derivatives back to gradients.

#include "loops/rows-inl.h"

#if defined(DETLOSS_LOOPS_BOXES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_BOXES_INL_H_
#undef DETLOSS_LOOPS_BOXES_INL_H_
#else
#define DETLOSS_LOOPS_BOXES_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

using PlainAxis = Axis<Lanes, Lanes, Lanes, Lanes>;
using PlainBoxes = Boxes<PlainAxis, PlainAxis>;

// A size below 0 counts as 0 about the same centre. `fold` is what that adds to either reach.
struct Sizes {
  Lanes size, truth, fold;
};
HWY_INLINE Sizes ClampSizes(Lanes size, Lanes truth) {
  const Lanes size0 = Positive(size);
  const Lanes truth0 = Positive(truth);
  return {size0, truth0, ((truth - truth0) - (size - size0)) * 0.5f};
}

// From centre and size.
HWY_INLINE PlainAxis FromCentre(Lanes centre, Lanes size, Lanes truth_centre, Lanes truth_size) {
  const Lanes size0 = Positive(size);
  const Lanes truth0 = Positive(truth_size);
  const Lanes offset = centre - truth_centre;
  const Lanes growth = size0 - truth0;
  return {offset, size0, truth0, MulAdd(growth, 0.5f, offset), MulSub(growth, 0.5f, offset)};
}

// From both ends.
HWY_INLINE PlainAxis FromEnds(Lanes start, Lanes end, Lanes truth_start, Lanes truth_end) {
  const Sizes sizes = ClampSizes(end - start, truth_end - truth_start);
  const Lanes start_shift = start - truth_start;
  const Lanes end_shift = end - truth_end;
  return {(start_shift + end_shift) * 0.5f, sizes.size, sizes.truth, end_shift + sizes.fold,
          sizes.fold - start_shift};
}

// From start and size.
HWY_INLINE PlainAxis FromStart(Lanes start, Lanes size, Lanes truth_start, Lanes truth_size) {
  const Sizes sizes = ClampSizes(size, truth_size);
  const Lanes shift = start - truth_start;
  const Lanes growth = size - truth_size;
  return {MulAdd(growth, 0.5f, shift), sizes.size, sizes.truth, shift + growth + sizes.fold,
          sizes.fold - shift};
}

// Calls `body` with the format as a constant: every format has a loop of its own.
template <class Body>
auto WithFormat(Format format, const Body& body) {
  switch (format) {
    case Format::kYxhw:
      return body(std::integral_constant<Format, Format::kYxhw>());
    case Format::kCxcywh:
      return body(std::integral_constant<Format, Format::kCxcywh>());
    case Format::kXyxy:
      return body(std::integral_constant<Format, Format::kXyxy>());
    case Format::kTlbr:
      return body(std::integral_constant<Format, Format::kTlbr>());
    case Format::kXywh:
    default:
      return body(std::integral_constant<Format, Format::kXywh>());
  }
}

template <Format kFormat>
HWY_INLINE PlainAxis FromNumbers(Lanes first, Lanes second, Lanes truth_first, Lanes truth_second) {
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
HWY_INLINE Four XFirst(const Four& four) {
  if constexpr (kFormat == Format::kYxhw || kFormat == Format::kTlbr) {
    return {four.b, four.a, four.d, four.c};
  } else {
    return four;
  }
}

template <Format kFormat>
HWY_INLINE PlainBoxes ToBoxes(const Four& pred, const Four& target) {
  const Four p = XFirst<kFormat>(pred);
  const Four t = XFirst<kFormat>(target);
  return {FromNumbers<kFormat>(p.a, p.c, t.a, t.c), FromNumbers<kFormat>(p.b, p.d, t.b, t.d)};
}

// Boxes in a format, and as (x, y, w, h) of centre and size.
template <Format kFormat>
HWY_INLINE Four CentreAndSize(const Four& box) {
  const Four b = XFirst<kFormat>(box);
  if constexpr (kFormat == Format::kXyxy || kFormat == Format::kTlbr) {
    const Lanes w = b.c - b.a;
    const Lanes h = b.d - b.b;
    return {MulAdd(w, 0.5f, b.a), MulAdd(h, 0.5f, b.b), w, h};
  } else if constexpr (kFormat == Format::kXywh) {
    return {MulAdd(b.c, 0.5f, b.a), MulAdd(b.d, 0.5f, b.b), b.c, b.d};
  } else {
    return b;
  }
}
template <Format kFormat>
HWY_INLINE Four FromCentreAndSize(const Four& box) {
  const Lanes left = NegMulAdd(box.c, 0.5f, box.a);
  const Lanes top = NegMulAdd(box.d, 0.5f, box.b);
  if constexpr (kFormat == Format::kXyxy || kFormat == Format::kTlbr) {
    return XFirst<kFormat>({left, top, MulAdd(box.c, 0.5f, box.a), MulAdd(box.d, 0.5f, box.b)});
  } else if constexpr (kFormat == Format::kXywh) {
    return {left, top, box.c, box.d};
  } else {
    return XFirst<kFormat>(box);
  }
}

// The prediction as dual numbers, by one of two sets of four, whichever makes most of a formula's
// partials 0 and 1: its centre (x, y) and half its size (w/2, h/2), or how far its ends reach
// beyond the target's (right, bottom, left, top).
template <bool kOfEnds>
HWY_INLINE auto Seed(const PlainBoxes& boxes) {
  const PlainAxis& x = boxes.x;
  const PlainAxis& y = boxes.y;
  const Zero zero;
  const One one;
  if constexpr (kOfEnds) {
    const Lanes half(0.5f);
    const Negated minus{half};
    return Boxes{
        Axis{Dual{x.offset, half, zero, minus, zero}, Dual{x.size, one, zero, one, zero}, x.truth,
             Dual{x.right, one, zero, zero, zero}, Dual{x.left, zero, zero, one, zero}},
        Axis{Dual{y.offset, zero, half, zero, minus}, Dual{y.size, zero, one, zero, one}, y.truth,
             Dual{y.right, zero, one, zero, zero}, Dual{y.left, zero, zero, zero, one}}};
  } else {
    const Lanes two(2.0f);
    const MinusOne minus;
    return Boxes{
        Axis{Dual{x.offset, one, zero, zero, zero}, Dual{x.size, zero, zero, two, zero}, x.truth,
             Dual{x.right, one, zero, one, zero}, Dual{x.left, minus, zero, one, zero}},
        Axis{Dual{y.offset, zero, one, zero, zero}, Dual{y.size, zero, zero, zero, two}, y.truth,
             Dual{y.right, zero, one, zero, one}, Dual{y.left, zero, minus, zero, one}}};
  }
}

// The gradient by the numbers of the format from the partials by Seed's, times the weights: the
// transpose of the linear map that led from those to these.
template <Format kFormat, bool kOfEnds, class Loss, class W>
HWY_INLINE Four GradientOf(const Loss& loss, const W& weigh) {
  const W halve = weigh * Lanes(0.5f);
  if constexpr (!kOfEnds) {
    const Lanes w = halve(loss.c);
    const Lanes h = halve(loss.d);
    if constexpr (kFormat == Format::kXyxy || kFormat == Format::kTlbr) {
      const Lanes x = halve(loss.a);
      const Lanes y = halve(loss.b);
      return XFirst<kFormat>({x - w, y - h, x + w, y + h});
    } else if constexpr (kFormat == Format::kXywh) {
      const Lanes x = weigh(loss.a);
      const Lanes y = weigh(loss.b);
      return {x, y, MulAdd(x, 0.5f, w), MulAdd(y, 0.5f, h)};
    } else {
      return XFirst<kFormat>({weigh(loss.a), weigh(loss.b), w, h});
    }
  } else if constexpr (kFormat == Format::kXyxy || kFormat == Format::kTlbr) {
    return XFirst<kFormat>(
        {weigh(Negate(loss.c)), weigh(Negate(loss.d)), weigh(loss.a), weigh(loss.b)});
  } else {
    const Lanes x = weigh(Minus(loss.a, loss.c));
    const Lanes y = weigh(Minus(loss.b, loss.d));
    if constexpr (kFormat == Format::kXywh) {
      return {x, y, weigh(loss.a), weigh(loss.b)};
    } else {
      return XFirst<kFormat>({x, y, halve(Plus(loss.a, loss.c)), halve(Plus(loss.b, loss.d))});
    }
  }
}

// Rows of boxes, for formulas of a pair of boxes and, where they take them, of an anchor's sizes.
template <class Formula, bool kWithGradient, Format kFormat>
class BoxPass {
 public:
  static constexpr size_t kWidth = 4;
  static constexpr size_t kTargetWidth = 4;
  static constexpr bool kKeepsSides = false;
  static constexpr bool kGradient = kWithGradient;
  static constexpr Anchors kAnchors =
      std::is_invocable_v<Formula, PlainBoxes, Lanes, Lanes> ? Anchors::kPerRow : Anchors::kNone;
  static constexpr bool kTakesAnchors = kAnchors == Anchors::kPerRow;

  explicit HWY_INLINE BoxPass(const Rows& rows) : formula_(Parametrize<Formula>(rows.parameter)) {}

  HWY_INLINE auto Evaluate(const Slice& slice, size_t) const {
    const PlainBoxes boxes = ToBoxes<kFormat>(LoadFour(slice.pred), LoadFour(slice.target));
    if constexpr (kGradient) {
      return Apply(Seed<Formula::kOfEnds>(boxes), slice);
    } else {
      return Apply(boxes, slice);
    }
  }

  template <class Loss, class W>
  HWY_INLINE void StoreGradient(const Loss& loss, const W& weigh, float* to) const {
    StoreFour(GradientOf<kFormat, Formula::kOfEnds>(loss, weigh), to);
  }

 private:
  template <class Pair>
  HWY_INLINE auto Apply(const Pair& boxes, const Slice& slice) const {
    if constexpr (kTakesAnchors) {
      const Four anchor = CentreAndSize<kFormat>(LoadFour(slice.anchors));
      return formula_(boxes, anchor.c, anchor.d);
    } else {
      return formula_(boxes);
    }
  }

  Formula formula_;
};

template <class Formula, bool kGradient>
Sides BoxKernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  return WithFormat(rows.format, [&](auto format) {
    return Kernel<BoxPass<Formula, kGradient, format.value>>(rows, begin, end, scale);
  });
}

template <class Formula>
constexpr RowLoss BoxKernels(const char* name) {
  return {name,
          4,
          4,
          BoxPass<Formula, true, Format::kYxhw>::kAnchors,
          &BoxKernel<Formula, false>,
          &BoxKernel<Formula, true>};
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

// A line of a family's table, from its list in native/formulas.
#define DETLOSS_BOX_KERNELS(NAME, FORMULA_TYPE) BoxKernels<FORMULA_TYPE>(#NAME),

#endif
