// The losses of two boxes' overlap: 1 − IoU plus a penalty.

// How two intervals lie, one of length s (the prediction), one of length s* (the target):
//
//   outside   = max(right, 0) + max(left, 0): how far the prediction reaches beyond the target
//   missing   = −within: how far the target reaches beyond the prediction
//   reach     = s* − missing = s − outside: the overlap; negative where the intervals are apart
//   enclosing = s + missing = s* + outside: the smallest interval that holds both
//
// Of the two equal forms the one built on the shorter interval (for the overlap) or on the longer
// one (for `enclosing`) is free of rounding where one interval holds the other, hence the refined
// values. Where edges coincide min(·, 0) shares its derivative half and half, which is what makes
// the gradient vanish where the boxes agree.
template <class Overlap, class Enclosing>
struct Reach {
  Overlap overlap;  // at least 0, with the derivative of `reach`
  Enclosing enclosing;
  Number reach;
  Number outside;
  Number missing;
  Number only_prediction;  // what the prediction has alone, at most all of it
  Number only_target;
};
template <class O, class E>
Reach(O, E, Number, Number, Number, Number, Number) -> Reach<O, E>;

template <class A>
FORMULA auto ReachOf(const A& axis) {
  const auto& within = axis.within;
  const Number missing = -Value(within);
  const Number outside = Positive(axis.right) + Positive(axis.left);
  // NaN in any of the numbers is in both `outside` and `missing`, and so in all that follows.
  const Number gap = Lesser(outside, missing);
  const Number reach = Lesser(Value(axis.size), axis.truth) - gap;
  const Number longer = Greater(Value(axis.size), axis.truth);
  return Reach{Refine(axis.truth + within, Positive(reach)),
               Refine(axis.size - within, longer + gap),
               reach,
               outside,
               missing,
               Lesser(Value(axis.size), outside),
               Lesser(axis.truth, missing)};
}

// The area in both boxes. Boxes that touch have the derivative of boxes that overlap, which pulls
// them together; boxes that are apart have none.
template <class X, class Y>
FORMULA auto Intersection(const X& x, const Y& y) {
  const Number width = ZeroWhere(y.reach < 0.0f, Value(x.overlap));
  const Number height = ZeroWhere(x.reach < 0.0f, Value(y.overlap));
  return Refine(x.overlap * height + y.overlap * width, Value(x.overlap) * Value(y.overlap));
}

// How two boxes lie. I and U are the areas of their intersection and union, and
//
//   distance = 1 − I / U = (U − I) / U
//
// The value takes the second form and the derivative the first, which each cancel where the other
// does not: the value where the boxes nearly agree, the derivative where one is but a speck in the
// other. U − I, the area in only one of them, is a sum of products of what either has alone along
// the axes, all of them positive:
//
//   U − I = only_prediction_x h + only_target_x h* + overlap_x (only_prediction_y + only_target_y)
//
// Two boxes without area have IoU 0.
template <class Pair>
struct Meeting {
  decltype(ReachOf(std::declval<Pair>().x)) x;
  decltype(ReachOf(std::declval<Pair>().y)) y;
  decltype(Intersection(x, y)) intersection;
  decltype(std::declval<Pair>().x.size * std::declval<Pair>().y.size - intersection) united;
  decltype(Number(1.0f) - ExactRatio(intersection, united)) distance;

  FORMULA explicit Meeting(const Pair& boxes)
      : x(ReachOf(boxes.x)), y(ReachOf(boxes.y)), intersection(Intersection(x, y)) {
    const Number separate = MulAdd(x.only_prediction, Value(boxes.y.size),
                                   MulAdd(x.only_target, boxes.y.truth,
                                          Value(x.overlap) * (y.only_prediction + y.only_target)));
    const auto total = boxes.x.size * boxes.y.size + boxes.x.truth * boxes.y.truth;
    united = Refine(total - intersection, Value(intersection) + separate);
    distance = Refine(Number(1.0f) - ExactRatio(intersection, united),
                      ExactRatio(separate, Value(united), 1.0f));
  }
};

// Yu et al., "UnitBox", arXiv 1608.01471 (as 1 − IoU rather than −ln IoU):
//
//   L = 1 − IoU
struct NoPenalty {
  template <class Pair, class M>
  FORMULA Zero operator()(const Pair&, const M&) const {
    return {};
  }
};

// Rezatofighi et al., "Generalized intersection over union", arXiv 1902.09630:
//
//   L = 1 − IoU + (C − U) / C
//
// with C the area of the smallest box that holds both. C − U too is taken as what it is, the area
// in neither box: the two free corners, less the gap between boxes that are apart. Its derivative
// is that of 1 − U/C, where U/C is the quotient if it is small and what is not empty if it is
// large: either way its distance from both 0 and 1 is exact.
struct EmptyPart {
  template <class Pair, class M>
  FORMULA auto operator()(const Pair&, const M& meeting) const {
    const auto& x = meeting.x;
    const auto& y = meeting.y;
    const auto enclosing = x.enclosing * y.enclosing;
    const Number corners = MulAdd(x.outside, y.missing, x.missing * y.outside);
    const Number gap = Value(meeting.intersection) - x.reach * y.reach;
    const Number empty = Ratio(corners + gap, Value(enclosing));
    const Number full =
        Select(empty < 0.5f, Number(1.0f) - empty, Ratio(Value(meeting.united), Value(enclosing)));
    return Refine(Number(1.0f) - KnownRatio(meeting.united, enclosing, full), empty);
  }
};

// Zheng et al., "Distance-IoU loss", arXiv 1911.08287, equation 7:
//
//   L = 1 − IoU + ρ² / c²
//
// with ρ the distance of the centres and c the diagonal of the smallest box that holds both.
struct CentreDistance {
  template <class Pair, class M>
  FORMULA auto operator()(const Pair& boxes, const M& meeting) const {
    return RatioOfSquares(boxes.x.offset, boxes.y.offset, meeting.x.enclosing, meeting.y.enclosing);
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
      const Number alpha = PartOf(Value(meeting.distance) + v, v);
      return centres + WeighSquare(angle, alpha);
    } else {
      const auto v = Square(angle);
      return centres + Ratio(v, meeting.distance + v) * v;
    }
  }
};

template <class Penalty>
struct OverlapLoss {
  template <class Pair>
  FORMULA auto operator()(const Pair& boxes) const {
    const Meeting<Pair> meeting(boxes);
    return meeting.distance + Penalty{}(boxes, meeting);
  }
};

// How alike two boxes are: 1 minus the loss, in [0, 1] for IoU and down to −1 or −1.5 for others.
template <class Penalty>
struct Similarity {
  template <class Pair>
  FORMULA auto operator()(const Pair& boxes) const {
    const Meeting<Pair> meeting(boxes);
    return ExactRatio(meeting.intersection, meeting.united) - Penalty{}(boxes, meeting);
  }
};

#define DETLOSS_IOU_LOSSES(LOSS)                 \
  LOSS(iou, OverlapLoss<NoPenalty>)              \
  LOSS(giou, OverlapLoss<EmptyPart>)             \
  LOSS(diou, OverlapLoss<CentreDistance>)        \
  LOSS(ciou, OverlapLoss<CompletePenalty<true>>) \
  LOSS(ciouFull, OverlapLoss<CompletePenalty<false>>)

#define DETLOSS_OVERLAP_METRICS(METRIC)    \
  METRIC(iou, Similarity<NoPenalty>)       \
  METRIC(giou, Similarity<EmptyPart>)      \
  METRIC(diou, Similarity<CentreDistance>) \
  METRIC(ciou, Similarity<CompletePenalty<true>>)
