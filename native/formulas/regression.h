// Elementwise losses of d = target − prediction.

// |d|
struct L1 {
  template <class N>
  FORMULA auto operator()(const N& d) const {
    return Abs(d);
  }
};

// d²
struct L2 {
  template <class N>
  FORMULA auto operator()(const N& d) const {
    return Square(d);
  }
};

// ½d² where |d| < δ, δ(|d| − ½δ) elsewhere: with m = min(|d|, δ) both are m(|d| − ½m).
// Huber, "Robust estimation of a location parameter", 1964.
struct Huber {
  Number delta;
  template <class N>
  FORMULA auto operator()(const N& d) const {
    const auto distance = Abs(d);
    const auto quadratic = Min(distance, delta);
    return quadratic * (distance - Number(0.5f) * quadratic);
  }
};

// Huber(β) / β: its slope is ±1 beyond β. Girshick, "Fast R-CNN", arXiv 1504.08083.
struct SmoothL1 {
  Number beta;
  template <class N>
  FORMULA auto operator()(const N& d) const {
    const auto distance = Abs(d);
    const auto quadratic = Min(distance, beta);
    return quadratic / beta * (distance - Number(0.5f) * quadratic);
  }
};

// A loss of the difference as one of both numbers.
template <class Loss>
struct OfDifference : Loss {
  template <class P>
  FORMULA auto operator()(const P& pred, const Number& target) const {
    return Loss::operator()(target - pred);
  }
};

#define DETLOSS_REGRESSION_LOSSES(LOSS) \
  LOSS(l1, L1)                          \
  LOSS(l2, L2)                          \
  LOSS(huber, Huber)                    \
  LOSS(smoothL1, SmoothL1)
