// The boxes of Faster R-CNN: Ren et al., "Faster R-CNN", arXiv 1506.01497, equation 2.

#if defined(DETLOSS_FORMULAS_FASTER_RCNN_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_FORMULAS_FASTER_RCNN_H_
#undef DETLOSS_FORMULAS_FASTER_RCNN_H_
#else
#define DETLOSS_FORMULAS_FASTER_RCNN_H_
#endif

#include "formulas/axis.h"
#include "formulas/regression.h"

// The anchor-relative offsets of a box, along one axis,
//
//   t = (x − xᵃ) / wᵃ,   ln(w / wᵃ)
//
// given how the box lies to its anchor, which takes the target's place.
template <class A>
FORMULA auto OffsetToAnchor(const A& axis) {
  return OffsetOf(axis) / PositiveSize(axis.truth);
}
template <class A>
FORMULA auto GrowthFromAnchor(const A& axis) {
  return -LogOfGrowth(axis);
}

// And back: x = xᵃ + t wᵃ, w = wᵃ e^t, with the growth kept at or below `clamp`.
FORMULA Number CentreFromAnchor(const Number& offset, const Number& centre, const Number& size) {
  return MulAdd(offset, size, centre);
}
FORMULA Number SizeFromAnchor(const Number& growth, const Number& size, const Number& clamp) {
  return size * Exp(Min(clamp, growth));
}

// Equation 1's box term with the Huber loss H_δ (Girshick's smooth L1 is H₁) on the difference of
// the target's and the prediction's offsets:
//
//   L = H_δ((y* − y)/hᵃ) + H_δ((x* − x)/wᵃ) + H_δ(ln(h*/h)) + H_δ(ln(w*/w))
//
// The anchor's centre cancels, and so does its size in the logarithms.
struct AnchorOffsets {
  Huber huber;

  template <class A>
  FORMULA auto Along(const A& axis, const Number& anchor) const {
    const auto shift = OffsetOf(axis) / PositiveSize(anchor);
    return huber(shift) + huber(LogOfGrowth(axis));
  }

  template <class Pair>
  FORMULA auto operator()(const Pair& boxes, const Number& anchor_w, const Number& anchor_h) const {
    return Along(boxes.x, anchor_w) + Along(boxes.y, anchor_h);
  }
};

#endif
