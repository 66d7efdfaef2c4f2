// The losses of two boxes' overlap: 1 − IoU plus a penalty.

#if defined(DETLOSS_FORMULAS_IOU_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_FORMULAS_IOU_H_
#undef DETLOSS_FORMULAS_IOU_H_
#else
#define DETLOSS_FORMULAS_IOU_H_
#endif

#include "formulas/axis.h"

// How two intervals lie, one of length s (the prediction), one of length s* (the target):
//
//   outside   = max(right, 0) + max(left, 0): how far the prediction reaches beyond the target
//   missing   = −(min(right, 0) + min(left, 0)): how far the target reaches beyond the prediction
//   overlap   = s* − missing = s − outside; negative where the intervals are disjoint
//   enclosing = s* + outside = s + missing: the smallest interval that holds both
//   s         = s* − missing + outside
//
// Of two equal forms the one built on the shorter interval (for the overlap) or on the longer
// one (for `enclosing`) is free of rounding where one interval holds the other.
//
// Moving either end of the prediction changes `missing` or `outside`, never both: the loss is
// differentiated by −missing and by outside, and the chain rule leads from these to the box
// (ByBoxes). Where one interval holds the other only one of the two changes, so that the partials
// of the areas that stay as they are have nothing to cancel.
template <class Overlap, class Enclosing, class Size>
struct Lengths {
  Overlap overlap;  // at least 0, with the derivative of `reach`
  Enclosing enclosing;
  Size size;
  Number reach;
  Number outside;
  Number missing;
  Number only_prediction;  // what the prediction has alone, at most all of it
  Number only_target;
};
template <class O, class E, class S>
Lengths(O, E, S, Number, Number, Number, Number, Number) -> Lengths<O, E, S>;

// The variables of the two axes: where a gradient is computed, duals by −missing along x and y,
// then by outside.
struct PlainVariables {
  static FORMULA Number Within(Number within) { return within; }
  static FORMULA Number Outside(Number outside) { return outside; }
};
struct VariablesOfX {
  static FORMULA auto Within(Number within) { return Dual{within, One{}}; }
  static FORMULA auto Outside(Number outside) { return Dual{outside, Zero{}, Zero{}, One{}}; }
};
struct VariablesOfY {
  static FORMULA auto Within(Number within) { return Dual{within, Zero{}, One{}}; }
  static FORMULA auto Outside(Number outside) {
    return Dual{outside, Zero{}, Zero{}, Zero{}, One{}};
  }
};

template <class Variables, class A>
FORMULA auto LengthsOf(const A& axis) {
  const Number size = Value(axis.size);
  const Number outside = OutsideOf(axis);
  const Number missing = MissingOf(axis);
  const Number gap = Lesser(outside, missing);
  const Number reach = ReachOf(axis);
  const auto within_variable = Variables::Within(-missing);
  const auto outside_variable = Variables::Outside(outside);
  return Lengths{Refine(within_variable + axis.truth, Positive(reach)),
                 Refine(outside_variable + axis.truth, Greater(size, axis.truth) + gap),
                 Refine(within_variable + outside_variable, size),
                 reach,
                 outside,
                 missing,
                 Lesser(size, outside),
                 Lesser(axis.truth, missing)};
}

// The derivatives of `outside` by the prediction's offset and size. Those of −missing are, of the
// offset, the same with the other sign and, of the size, what is left of 1. An end that coincides
// with the target's counts half, which is what makes the gradient vanish where the boxes agree.
struct Growth {
  Number by_offset;
  Number by_size;

  template <class A>
  explicit FORMULA Growth(const A& axis) {
    const Number right = Step(axis.right);
    const Number left = Step(axis.left);
    by_offset = right - left;
    by_size = (right + left) * Number(0.5f);
  }
};

// A loss by the variables along one axis as one by what the prediction's offset and size depend on.
template <class A, class W, class O>
FORMULA auto AlongAxis(const A& axis, const W& by_within, const O& by_outside) {
  const Growth growth(axis);
  return axis.offset * (growth.by_offset * ToNumber(Minus(by_outside, by_within))) +
         axis.size * ToNumber(Combine(by_outside, growth.by_size, by_within,
                                      Number(1.0f) - growth.by_size));
}

template <class Pair>
FORMULA Number ByBoxes(const Number& loss, const Pair&) {
  return loss;
}
template <class... P, class Pair>
FORMULA auto ByBoxes(const Dual<P...>& loss, const Pair& boxes) {
  return Refine(AlongAxis(boxes.x, loss.a, loss.c) + AlongAxis(boxes.y, loss.b, loss.d),
                loss.value);
}

// Whether a pair of boxes asks for derivatives.
template <class Pair>
constexpr bool kHasGradient = !kIs<std::decay_t<decltype(std::declval<Pair>().x.size)>, Number>;

// How two boxes lie. I and U are the areas of their intersection and union, and
//
//   distance = 1 − I / U = (U − I) / U
//
// The value takes the second form, which does not cancel where the boxes nearly agree. U − I, the
// area in only one of them, is a sum of products of what either has alone along the axes, all of
// them positive:
//
//   U − I = only_prediction_x h + only_target_x h* + overlap_x (only_prediction_y + only_target_y)
//
// Two boxes without area have IoU 0. Boxes that touch have the derivative of boxes that overlap,
// which pulls them together; boxes that are disjoint have none.
template <class Pair>
struct Meeting {
  using X = std::conditional_t<kHasGradient<Pair>, VariablesOfX, PlainVariables>;
  using Y = std::conditional_t<kHasGradient<Pair>, VariablesOfY, PlainVariables>;

  decltype(LengthsOf<X>(std::declval<Pair>().x)) x;
  decltype(LengthsOf<Y>(std::declval<Pair>().y)) y;
  Number intersection;
  Number separate;
  Number united;
  Number truth;  // the target's area

  FORMULA explicit Meeting(const Pair& boxes) : x(LengthsOf<X>(boxes.x)), y(LengthsOf<Y>(boxes.y)) {
    intersection = Value(x.overlap) * Value(y.overlap);
    separate = MulAdd(x.only_prediction, Value(y.size),
                      MulAdd(x.only_target, boxes.y.truth,
                             Value(x.overlap) * (y.only_prediction + y.only_target)));
    united = intersection + separate;
    truth = boxes.x.truth * boxes.y.truth;
  }

  // The derivative of the intersection by the overlap along x and along y.
  FORMULA Number Height() const { return ZeroWhere(x.reach < 0.0f, Value(y.overlap)); }
  FORMULA Number Width() const { return ZeroWhere(y.reach < 0.0f, Value(x.overlap)); }

  // U with its derivatives.
  FORMULA auto United() const {
    return Refine(x.size * y.size - (x.overlap * Height() + y.overlap * Width()), united);
  }

  // 1 − I / U, of I = I_x I_y and U = (I_x + o_x)(I_y + o_y) + T − I with the target's area T. By
  // the quotient rule, with all that cancels left out,
  //
  //   ∂/∂I_x = −I_y (o_x s_y + T) / U²,   ∂/∂o_x = I s_y / U²
  //
  // where s_y = I_y + o_y, and likewise along y.
  FORMULA auto Distance() const {
    const Number value = ExactRatio(separate, united, 1.0f);
    if constexpr (kHasGradient<Pair>) {
      const Number inverse = InverseOrZero(united);
      const Number iou = intersection * inverse;
      const Number rest = truth * inverse;
      const Number w = Value(x.size) * inverse;
      const Number h = Value(y.size) * inverse;
      // In this order, the two partials by the ends of an axis are the same where the boxes agree.
      return Dual{value, Negated{MulAdd(x.only_prediction, h, rest) * (Height() * inverse)},
                  Negated{MulAdd(y.only_prediction, w, rest) * (Width() * inverse)}, iou * h,
                  iou * w};
    } else {
      return value;
    }
  }
};

// What a loss adds to the distance, in two parts: one that is differentiated by the variables of
// Lengths, as the distance is, and one by what the prediction depends on.
template <class OfLengths, class OfBox>
struct Penalty {
  OfLengths of_lengths;
  OfBox of_box;
};
template <class L, class B>
Penalty(L, B) -> Penalty<L, B>;

// Yu et al., "UnitBox", arXiv 1608.01471 (as 1 − IoU rather than −ln IoU):
//
//   L = 1 − IoU
struct NoPenalty {
  template <class Pair, class M>
  FORMULA auto operator()(const Pair&, const M&) const {
    return Penalty{Zero{}, Zero{}};
  }
};

// Rezatofighi et al., "Generalized intersection over union", arXiv 1902.09630:
//
//   L = 1 − IoU + (C − U) / C
//
// with C the area of the smallest box that holds both. C − U too is taken as what it is, the area
// in neither box: the two free corners, less the gap between boxes that are disjoint. Of boxes so
// far apart that U/C is below ½ it is 1 − U/C: either way the distance of both from 0 and from 1 is
// exact.
struct EmptyPart {
  template <class Pair, class M>
  FORMULA auto operator()(const Pair&, const M& meeting) const {
    const auto& x = meeting.x;
    const auto& y = meeting.y;
    const auto enclosing = x.enclosing * y.enclosing;
    const Number corners = MulAdd(x.outside, y.missing, x.missing * y.outside);
    const Number gap = meeting.intersection - x.reach * y.reach;
    const Number part = Ratio(meeting.united, Value(enclosing));
    const Number rest = Ratio(corners + gap, Value(enclosing));
    const Mask far = rest > 0.5f;
    const Number full = Select(far, part, Number(1.0f) - rest);
    const Number empty = Select(far, Number(1.0f) - part, rest);
    return Penalty{Refine(Number(1.0f) - KnownRatio(meeting.United(), enclosing, full), empty),
                   Zero{}};
  }
};

// Zheng et al., "Distance-IoU loss", arXiv 1911.08287, equation 7:
//
//   L = 1 − IoU + ρ² / c²
//
// with ρ the distance of the centres and c the diagonal of the smallest box that holds both.
// The derivative of the quotient is 2 (d d' − ρ²/c² C C') / c² along either axis, with the offset d
// and the length C that encloses both: a tenth of all operations are saved where the factors that
// all partials share are multiplied first.
struct CentreDistance {
  template <class Pair, class M>
  FORMULA auto operator()(const Pair& boxes, const M& meeting) const {
    const auto& x = meeting.x.enclosing;
    const auto& y = meeting.y.enclosing;
    const Number offset_x = Value(boxes.x.offset);
    const Number offset_y = Value(boxes.y.offset);
    const Number inverse = InverseOrZero(SumOfSquares(Value(x), Value(y)));
    // Rounding must not make it more than 1.
    const Number ratio = Lesser(Number(1.0f), SumOfSquares(offset_x, offset_y) * inverse);
    if constexpr (kHasGradient<Pair>) {
      const Number twice = inverse + inverse;
      const Number share = ratio * twice;
      return Penalty{
          Refine(-(x * (Value(x) * share) + y * (Value(y) * share)), ratio),
          Refine(boxes.x.offset * (offset_x * twice) + boxes.y.offset * (offset_y * twice),
                 Number(0.0f))};
    } else {
      return Penalty{ratio, Zero{}};
    }
  }
};

// The same paper, equations 8 to 11:
//
//   L = 1 − IoU + ρ² / c² + α v,   v = 4/π² (arctan w*/h* − arctan w/h)²,   α = v / (1 − IoU + v)
//
// In right angles, v is the angle's square. α is a weight: the paper's authors hold it constant in
// the gradient.
template <bool kDetachAlpha>
struct CompletePenalty {
  template <class Pair, class M>
  FORMULA auto operator()(const Pair& boxes, const M& meeting) const {
    const auto angle = AngleBetween(boxes.x.size, boxes.y.size, boxes.x.truth, boxes.y.truth);
    const auto centres = CentreDistance{}(boxes, meeting);
    if constexpr (kDetachAlpha) {
      const Number v = Square(Value(angle));
      const Number alpha = PartOf(Value(meeting.Distance()) + v, v);
      return Penalty{centres.of_lengths, centres.of_box + WeighSquare(angle, alpha)};
    } else {
      const auto v = Square(angle);
      const auto weighed = Ratio(v, ByBoxes(meeting.Distance(), boxes) + v) * v;
      return Penalty{centres.of_lengths, centres.of_box + weighed};
    }
  }
};

// What a formula of two boxes gives, and the area of their union: of boxes so small that it
// underflows the result is not to be used.
template <class Result>
struct Measured {
  Result result;
  Number united;
};
template <class R>
Measured(R, Number) -> Measured<R>;

template <class PenaltyOf>
struct OverlapLoss {
  template <class Pair>
  FORMULA auto Measure(const Pair& boxes) const {
    const Meeting<Pair> meeting(boxes);
    const auto penalty = PenaltyOf{}(boxes, meeting);
    return Measured{ByBoxes(meeting.Distance() + penalty.of_lengths, boxes) + penalty.of_box,
                    meeting.united};
  }
  template <class Pair>
  FORMULA auto operator()(const Pair& boxes) const {
    return Measure(boxes).result;
  }
};

// How alike two boxes are: 1 minus the loss, in [0, 1] for IoU and down to −1 or −1.5 for others.
template <class PenaltyOf>
struct Similarity {
  template <class Pair>
  FORMULA auto Measure(const Pair& boxes) const {
    const Meeting<Pair> meeting(boxes);
    const auto penalty = PenaltyOf{}(boxes, meeting);
    return Measured{
        ExactRatio(meeting.intersection, meeting.united) - penalty.of_lengths - penalty.of_box,
        meeting.united};
  }
};

#define DETLOSS_OVERLAP_METRICS(METRIC)    \
  METRIC(iou, Similarity<NoPenalty>)       \
  METRIC(giou, Similarity<EmptyPart>)      \
  METRIC(diou, Similarity<CentreDistance>) \
  METRIC(ciou, Similarity<CompletePenalty<true>>)

#endif
