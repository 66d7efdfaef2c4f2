// Objectness and category: losses of a predicted probability, or of the logit behind it.

#if defined(DETLOSS_FORMULAS_CROSS_ENTROPY_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_FORMULAS_CROSS_ENTROPY_H_
#undef DETLOSS_FORMULAS_CROSS_ENTROPY_H_
#else
#define DETLOSS_FORMULAS_CROSS_ENTROPY_H_
#endif

#include "number/dual.h"

// Redmon and Farhadi, "YOLOv3", arXiv 1804.02767, sections 2.1 and 2.2: the binary cross-entropy of
// the probability p = σ(z) and the target t,
//
//   L = −t ln σ(z) − (1 − t) ln(1 − σ(z)) = max(z, 0) − z t + ln(1 + e^−|z|)
//
// The second form neither overflows nor cancels, for any logit; its derivative is σ(z) − t.
// Of a target that is no float (Target), of the two forms of max(z, 0) − z t the one is taken that
// has no difference in it.
//
// One that is 0 or 1.
struct HardTarget {
  Number t;
  FORMULA operator Number() const { return t; }
};

struct LogitCrossEntropy {
  static constexpr bool kOfLogits = true;

  template <class Z>
  FORMULA auto operator()(const Z& z, const HardTarget& t) const {
    return PlusLogOnePlus(LinearPart(z, t.t), ExpMinus(Abs(z)));
  }
  template <class Z>
  FORMULA auto operator()(const Z& z, const Number& t) const {
    return KeepDigits((*this)(z, HardTarget{t}), z, Number(0.0f), t);
  }
  template <class Z>
  FORMULA auto operator()(const Z& z, const Target& t) const {
    const auto linear = LinearPart(z, t.present, t.absent);
    return KeepDigits(PlusLogOnePlus(linear, ExpMinus(Abs(z))), z, Number(0.0f), t);
  }
};

// The same of a probability,
//
//   L = −t ln p − (1 − t) ln(1 − p)
//
// with each logarithm kept at −100 or above, and the derivative (p − t) / max(p (1 − p), 1e-12), so
// that both stay finite at 0 and 1. A prediction beyond [0, 1] counts as the nearer end.
struct ProbabilityCrossEntropy {
  static constexpr bool kOfLogits = false;

  template <class P>
  FORMULA auto operator()(const P& prediction, const Number& t) const {
    return (*this)(prediction, Target{t, Number(1.0f) - t, Number(0.0f)});
  }
  template <class P>
  FORMULA auto operator()(const P& prediction, const Target& t) const {
    const Number one(1.0f);
    const Number least(-100.0f);
    const Number p = Lesser(one, Positive(Value(prediction)));
    const Number present = Greater(least, Log(p));
    const Number absent = Greater(least, LogOneMinus(p));
    const Number value = -(t.present * present) - t.absent * absent;
    const Number difference = (p - t.present) - t.lost;
    const Number slope = difference * Inverse(Greater(Number(1e-12f), p * (one - p)));
    return Define(value, prediction, slope);
  }
};

// Redmon et al., "You only look once", arXiv 1506.02640, equation 3 (its third and fourth sums):
//
//   L = (t − p)² where there is an object, λ (t − p)² elsewhere
struct WeightedSquare {
  static constexpr bool kOfLogits = false;

  Number no_object;

  template <class P>
  FORMULA auto operator()(const P& p, const Number& t) const {
    return Square(t - p) * Select(t <= 0.0f, no_object, Number(1.0f));
  }
};

// Ren et al., "Faster R-CNN", arXiv 1506.01497: the softmax cross-entropy of two classes,
// background and object. Only the difference of their logits matters, and of it this is the binary
// cross-entropy.
//
// The difference is rounded, by e^−|z| many times as much as z is large: what it has lost is put
// in.
struct PairCrossEntropy {
  template <class A, class B>
  FORMULA auto operator()(const A& background, const B& object, const Number& t) const {
    const auto difference = object - background;
    const auto z = Independent(difference);
    const Number lost = LostOfDifference(Value(object), Value(background), Value(z));
    const Number further = Select(Value(z) < Number(0.0f), -lost, lost);  // from 0
    const auto e = ExpMinus(Abs(z));
    const auto loss = PlusLogOnePlus(LinearPart(z, t), e - e * further);
    return Chain(KeepDigits(loss, z, lost, t), difference);
  }
};

// The class term of YOLO v1 (equation 3, its last sum) is the squared error of every class.
struct SquaredError {
  static constexpr bool kOfLogits = false;

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

// Label smoothing s, between 0 and 1: t becomes t (1 − s) + s/2. Of the two targets there mostly
// are, 1 and 0, it is known in float64.
struct Smoothing {
  Number keep;  // 1 − s
  Number half;  // s / 2
  Target one;
  Target zero;

  explicit FORMULA Smoothing(double s)
      : keep(Number(static_cast<float>(1.0 - s))),
        half(Number(static_cast<float>(0.5 * s))),
        one(Rounded(1.0 - 0.5 * s, 0.5 * s)),
        zero(Rounded(0.5 * s, 1.0 - 0.5 * s)) {}

  FORMULA Target Of(Mask is_one) const {
    return {Select(is_one, one.present, zero.present), Select(is_one, one.absent, zero.absent),
            Select(is_one, one.lost, zero.lost)};
  }
  FORMULA Target Of(const Number& t) const {
    const Number rest = Number(1.0f) - t;
    const Target known = Of(t == Number(1.0f));
    const Mask hard = t * rest == Number(0.0f);  // not where t is NaN
    return {Select(hard, known.present, MulAdd(t, keep, half)),
            Select(hard, known.absent, MulAdd(rest, keep, half)),
            Select(hard, known.lost, Number(0.0f))};
  }

  static FORMULA Target Rounded(double present, double absent) {
    const auto rounded = static_cast<float>(present);
    return {Number(rounded), Number(static_cast<float>(absent)),
            Number(static_cast<float>(present - static_cast<double>(rounded)))};
  }
};

// Ren et al., "Faster R-CNN", arXiv 1506.01497: softmax cross-entropy over K classes,
//
//   L = −ln(e^z_label / Σ_k e^z_k) = (m − z_label) + ln(1 + R),   R = Σ_{k ≠ top} e^(z_k − m)
//
// with m the largest logit, that of class `top`: nothing overflows, and with the largest term
// taken out of the sum a confident prediction keeps the digits of its small loss. The derivative
// of ln Σ e^z_k by z_k is e^(z_k − m) / (1 + R), the softmax. The functions below are its parts.
struct SoftmaxCrossEntropy {};

FORMULA Number SoftmaxTerm(const Number& logit, const Number& largest) {
  return ExpMinus(largest - logit);
}

// An R below this is as wrong as the differences to m are rounded. It is then computed once more,
// from those to the second largest logit m₂, as e^(m₂ − m) Σ e^(z_k − m₂) with the first factor in
// float64.
constexpr double kSmallRest = 0.0078125;

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

#endif
