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

// Four numbers of each of a vector of boxes, in the order of their format.
struct Four {
  Lanes a, b, c, d;
};

HWY_INLINE Four LoadFour(const float* from) {
  Four four;
  hn::LoadInterleaved4(FloatTag(), from, four.a.v, four.b.v, four.c.v, four.d.v);
  return four;
}

HWY_INLINE void StoreFour(const Four& four, float* to) {
  hn::StoreInterleaved4(four.a.v, four.b.v, four.c.v, four.d.v, FloatTag(), to);
}

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
  const Lanes half = (size0 - truth0) * 0.5f;
  return {offset, size0, truth0, half + offset, half - offset};
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

HWY_INLINE PlainBoxes ToBoxes(Format format, const Four& pred, const Four& target) {
  const Four& p = pred;
  const Four& t = target;
  switch (format) {
    case Format::kYxhw:
      return {FromCentre(p.b, p.d, t.b, t.d), FromCentre(p.a, p.c, t.a, t.c)};
    case Format::kCxcywh:
      return {FromCentre(p.a, p.c, t.a, t.c), FromCentre(p.b, p.d, t.b, t.d)};
    case Format::kXyxy:
      return {FromEnds(p.a, p.c, t.a, t.c), FromEnds(p.b, p.d, t.b, t.d)};
    case Format::kTlbr:
      return {FromEnds(p.b, p.d, t.b, t.d), FromEnds(p.a, p.c, t.a, t.c)};
    case Format::kXywh:
    default:
      return {FromStart(p.a, p.c, t.a, t.c), FromStart(p.b, p.d, t.b, t.d)};
  }
}

// The sizes alone.
struct WidthHeight {
  Lanes width, height;
};
HWY_INLINE WidthHeight ToSizes(Format format, const Four& box) {
  switch (format) {
    case Format::kYxhw:
      return {box.d, box.c};
    case Format::kXyxy:
      return {box.c - box.a, box.d - box.b};
    case Format::kTlbr:
      return {box.d - box.b, box.c - box.a};
    case Format::kCxcywh:
    case Format::kXywh:
    default:
      return {box.c, box.d};
  }
}

// The prediction as dual numbers: the partials are by its centre (x, y) and size (w, h).
HWY_INLINE auto Seed(const PlainBoxes& boxes) {
  const PlainAxis& x = boxes.x;
  const PlainAxis& y = boxes.y;
  const Zero zero;
  const One one;
  const Lanes half(0.5f);
  const Lanes minus(-1.0f);
  return Boxes{
      Axis{Dual{x.offset, one, zero, zero, zero}, Dual{x.size, zero, zero, one, zero}, x.truth,
           Dual{x.right, one, zero, half, zero}, Dual{x.left, minus, zero, half, zero}},
      Axis{Dual{y.offset, zero, one, zero, zero}, Dual{y.size, zero, zero, zero, one}, y.truth,
           Dual{y.right, zero, one, zero, half}, Dual{y.left, zero, minus, zero, half}}};
}

// The gradient by centre and size, turned into that by the numbers of the format: the transpose of
// the linear map that led from those to these.
HWY_INLINE void StoreBoxGradient(Format format, Lanes x, Lanes y, Lanes w, Lanes h, float* to) {
  const Lanes half_x = x * 0.5f;
  const Lanes half_y = y * 0.5f;
  switch (format) {
    case Format::kYxhw:
      return StoreFour({y, x, h, w}, to);
    case Format::kCxcywh:
      return StoreFour({x, y, w, h}, to);
    case Format::kXyxy:
      return StoreFour({half_x - w, half_y - h, half_x + w, half_y + h}, to);
    case Format::kTlbr:
      return StoreFour({half_y - h, half_x - w, half_y + h, half_x + w}, to);
    case Format::kXywh:
    default:
      return StoreFour({x, y, half_x + w, half_y + h}, to);
  }
}

// Rows of boxes, for formulas of a pair of boxes and, where they take them, of an anchor's sizes.
template <class Formula, bool kGradient>
class BoxPass {
 public:
  static constexpr size_t kWidth = 4;
  static constexpr Anchors kAnchors =
      std::is_invocable_v<Formula, PlainBoxes, Lanes, Lanes> ? Anchors::kPerRow : Anchors::kNone;

  explicit HWY_INLINE BoxPass(const Rows& rows)
      : formula_(Parametrize<Formula>(rows.parameter)), format_(rows.format) {}

  HWY_INLINE auto Evaluate(const Slice& slice, size_t) const {
    const PlainBoxes boxes = ToBoxes(format_, LoadFour(slice.pred), LoadFour(slice.target));
    if constexpr (kGradient) {
      return Apply(Seed(boxes), slice);
    } else {
      return Apply(boxes, slice);
    }
  }

  HWY_INLINE void StoreGradient(Lanes, const Weights&, float*) const {}
  template <class... P>
  HWY_INLINE void StoreGradient(const Dual<P...>& loss, const Weights& weigh, float* to) const {
    StoreBoxGradient(format_, weigh(loss.a), weigh(loss.b), weigh(loss.c), weigh(loss.d), to);
  }

 private:
  template <class Pair>
  HWY_INLINE auto Apply(const Pair& boxes, const Slice& slice) const {
    if constexpr (kAnchors == Anchors::kPerRow) {
      const WidthHeight anchor = ToSizes(format_, LoadFour(slice.anchors));
      return formula_(boxes, anchor.width, anchor.height);
    } else {
      return formula_(boxes);
    }
  }

  Formula formula_;
  Format format_;
};

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
