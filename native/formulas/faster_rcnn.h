// The box loss of Faster R-CNN.

// Ren et al., "Faster R-CNN", arXiv 1506.01497, equations 1 and 2, with the Huber loss H_δ
// (Girshick's smooth L1 is H₁) of the anchor-relative offsets:
//
//   L = H_δ((y* − y)/hᵃ) + H_δ((x* − x)/wᵃ) + H_δ(ln(h*/h)) + H_δ(ln(w*/w))
//
// The anchor's centre cancels, and so does its size in the logarithms.
struct AnchorOffsets {
  Huber huber;

  template <class A>
  FORMULA auto Along(const A& axis, const Number& anchor) const {
    const auto shift = axis.offset / PositiveSize(anchor);
    const auto growth = LogRatio(PositiveSize(axis.truth), PositiveSize(axis.size));
    return huber(shift) + huber(growth);
  }

  template <class Pair>
  FORMULA auto operator()(const Pair& boxes, const Number& anchor_w, const Number& anchor_h) const {
    return Along(boxes.x, anchor_w) + Along(boxes.y, anchor_h);
  }
};

#define DETLOSS_ANCHOR_LOSSES(LOSS) LOSS(fasterRcnn, AnchorOffsets)
