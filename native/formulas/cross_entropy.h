// Objectness and category: losses of a predicted probability, or of the logit behind it.

// Redmon and Farhadi, "YOLOv3", arXiv 1804.02767, sections 2.1 and 2.2: the binary cross-entropy of
// the probability p = σ(z) and the target t,
//
//   L = −t ln σ(z) − (1 − t) ln(1 − σ(z)) = max(z, 0) − z t + ln(1 + e^−|z|)
//
// The second form neither overflows nor cancels, for any logit; its derivative is σ(z) − t.
struct LogitCrossEntropy {
  template <class Z>
  FORMULA auto operator()(const Z& z, const Number& t) const {
    return PlusLogOnePlus(NegMulAdd(z, t, Positive(z)), ExpMinus(Abs(z)));
  }
};

// The same of a probability,
//
//   L = −t ln p − (1 − t) ln(1 − p)
//
// with each logarithm kept at −100 or above, and the derivative (p − t) / max(p (1 − p), 1e-12), so
// that both stay finite at 0 and 1. A prediction beyond [0, 1] counts as the nearer end.
struct ProbabilityCrossEntropy {
  template <class P>
  FORMULA auto operator()(const P& prediction, const Number& t) const {
    const Number one(1.0f);
    const Number least(-100.0f);
    const Number p = Lesser(one, Positive(Value(prediction)));
    const Number present = Greater(least, Log(p));
    const Number absent = Greater(least, LogOneMinus(p));
    const Number value = -(t * present) - (one - t) * absent;
    const Number slope = (p - t) * Inverse(Greater(Number(1e-12f), p * (one - p)));
    return Define(value, prediction, slope);
  }
};

// Redmon et al., "You only look once", arXiv 1506.02640, equation 3 (its third and fourth sums):
//
//   L = (t − p)² where there is an object, λ (t − p)² elsewhere
struct WeightedSquare {
  Number no_object;

  template <class P>
  FORMULA auto operator()(const P& p, const Number& t) const {
    return Square(t - p) * Select(t <= 0.0f, no_object, Number(1.0f));
  }
};

// Ren et al., "Faster R-CNN", arXiv 1506.01497: the softmax cross-entropy of two classes,
// background and object. Only the difference of their logits matters, and of it this is the binary
// cross-entropy.
struct PairCrossEntropy {
  template <class A, class B>
  FORMULA auto operator()(const A& background, const B& object, const Number& t) const {
    return LogitCrossEntropy{}(object - background, t);
  }
};

// The class term of YOLO v1 (equation 3, its last sum) is the squared error of every class.
struct SquaredError {
  template <class P>
  FORMULA auto operator()(const P& p, const Number& t) const {
    return Square(t - p);
  }
};

// Terms of a row's K classes: L = Σ_k ℓ(p_k, t_k), or the mean over k.
template <class Term>
struct SumOverClasses : Term {
  static constexpr bool kMean = false;
};
template <class Term>
struct MeanOverClasses : Term {
  static constexpr bool kMean = true;
};

// The target of label smoothing s, between 0 and 1: t (1 − s) + s/2.
FORMULA Number Smooth(const Number& t, const Number& smoothing) {
  return MulAdd(t, Number(1.0f) - smoothing, smoothing * Number(0.5f));
}

// Ren et al., "Faster R-CNN", arXiv 1506.01497: softmax cross-entropy over K classes,
//
//   L = −ln(e^z_label / Σ_k e^z_k) = (m − z_label) + ln(1 + R),   R = Σ_{k ≠ top} e^(z_k − m)
//
// with m the largest logit, that of class `top`: nothing overflows, and with the largest term
// taken out of the sum a confident prediction keeps the digits of its small loss. The derivative
// of ln Σ e^z_k by z_k is e^(z_k − m) / (1 + R), the softmax.
FORMULA Number SoftmaxTerm(const Number& logit, const Number& largest) {
  return ExpMinus(largest - logit);
}

// What L is made of: m, z_label and R. In float64: the logits may be of any size.
struct SoftmaxParts {
  double largest;
  double label;
  double rest;
};

FORMULA double SoftmaxLinear(const SoftmaxParts& row) { return row.largest - row.label; }
FORMULA double SoftmaxLoss(const SoftmaxParts& row) {
  return SoftmaxLinear(row) + LogOfOnePlus(row.rest);
}

// 1 − softmax of the label, as the sum of the others' parts, which does not cancel.
FORMULA double SoftmaxOfOthers(const SoftmaxParts& row) {
  const bool is_top = row.label == row.largest;
  return (is_top ? row.rest : 1.0 + row.rest - std::exp(row.label - row.largest)) /
         (1.0 + row.rest);
}

#define DETLOSS_OBJECTNESS_LOSSES(LOSS) \
  LOSS(yoloV1, WeightedSquare)          \
  LOSS(yoloV3, ProbabilityCrossEntropy) \
  LOSS(yoloV3Logit, LogitCrossEntropy)

#define DETLOSS_LOGIT_PAIR_LOSSES(LOSS) LOSS(fasterRcnn, PairCrossEntropy)

#define DETLOSS_CATEGORY_LOSSES(LOSS)                    \
  LOSS(yoloV1, SumOverClasses<SquaredError>)             \
  LOSS(yoloV3, MeanOverClasses<ProbabilityCrossEntropy>) \
  LOSS(yoloV3Logit, MeanOverClasses<LogitCrossEntropy>)
