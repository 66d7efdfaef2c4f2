// Rows of K classes: their weights, sums and the loop over them.

#include "loops/category.h"
#include "loops/classes-inl.h"

#if defined(DETLOSS_LOOPS_CLASS_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_LOOPS_CLASS_ROWS_INL_H_
#undef DETLOSS_LOOPS_CLASS_ROWS_INL_H_
#else
#define DETLOSS_LOOPS_CLASS_ROWS_INL_H_
#endif

#include <algorithm>
#include <type_traits>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// A term per class, summed or averaged over them. Rows that count alike share their sums.
template <class Formula, bool kGradient, class Targets>
class TermsPerClass {
 public:
  inline TermsPerClass(const ClassRows& rows, const Targets& targets)
      : formula_(Parametrize<Formula>(rows.hyper)),
        pred_(rows.pred),
        grad_(rows.grad),
        classes_(rows.classes),
        targets_(targets),
        share_(ShareOf<Formula>(rows.classes)) {}

  using Total = TotalOf<decltype(std::declval<Formula>()(Lanes(), Lanes()))>;

  FORMULA double Row(size_t row, double factor) const {
    DoubleSum sum;
    Add(row, factor, sum);
    return Reduce(sum);
  }
  template <class Sum>
  FORMULA double Reduce(Sum& sum) const {
    return sum.Total() * share_;
  }

  template <class Sum>
  FORMULA void Add(size_t row, double factor, Sum& sum) const {
    const size_t at = row * classes_;
    AddClasses<kGradient>(formula_, pred_ + at, classes_, targets_.Of(row),
                          static_cast<float>(factor * share_), kGradient ? grad_ + at : nullptr,
                          sum);
  }

 private:
  const Formula formula_;
  const float* const pred_;
  float* const grad_;
  const size_t classes_;
  const Targets targets_;
  const double share_;
};

template <bool kGradient>
class Softmax {
 public:
  explicit inline Softmax(const ClassRows& rows)
      : pred_(rows.pred), labels_(rows.labels), grad_(rows.grad), classes_(rows.classes) {}

  using Total = RowLogSums;

  FORMULA double Row(size_t row, double factor) const {
    return SoftmaxLoss(PartsOf(row, Largest(row), factor));
  }
  FORMULA void Add(size_t row, double factor, Total& total) const {
    Add(row, Largest(row), factor, total);
  }
  FORMULA void Add(size_t row, float largest, double factor, Total& total) const {
    const SoftmaxParts parts = PartsOf(row, largest, factor);
    total.Add(SoftmaxLinear(parts), parts.rest);
  }
  static FORMULA double Reduce(const Total& total) { return total.Total(); }

  FORMULA float Largest(size_t row) const { return LargestLogit(pred_ + row * classes_, classes_); }

 private:
  FORMULA SoftmaxParts PartsOf(size_t row, float largest, double factor) const {
    const size_t at = row * classes_;
    return SoftmaxRow<kGradient>(pred_ + at, classes_, largest, labels_[row],
                                 static_cast<float>(factor), kGradient ? grad_ + at : nullptr);
  }

  const float* const pred_;
  const int32_t* const labels_;
  float* const grad_;
  const size_t classes_;
};

// The sum of rows that all count alike and of whose losses only the sum is wanted.
template <class Loss>
HWY_NOINLINE double SumAlike(const Loss& loss, size_t begin, size_t end, double scale) {
  const Loss local = loss;
  typename Loss::Total total;
  for (size_t row = begin; row < end; ++row) local.Add(row, scale, total);
  return local.Reduce(total);
}

// The same of softmaxes, which first look for the largest logits of several rows: nothing waits for
// each of them then, which for 80 classes was a tenth of the time.
template <bool kGradient>
HWY_NOINLINE double SumAlike(const Softmax<kGradient>& loss, size_t begin, size_t end,
                             double scale) {
  constexpr size_t kRows = 8;
  const Softmax<kGradient> local = loss;
  RowLogSums total;
  float largest[kRows];
  for (size_t first = begin; first < end; first += kRows) {
    const size_t count = std::min(kRows, end - first);
    for (size_t i = 0; i < count; ++i) largest[i] = local.Largest(first + i);
    for (size_t i = 0; i < count; ++i) local.Add(first + i, largest[i], scale, total);
  }
  return local.Reduce(total);
}

template <class Loss>
double SumClassRows(const Loss& loss, const ClassRows& rows, size_t begin, size_t end,
                    double scale) {
  // Old processors do without the fastest loop, which adds the same.
  if constexpr (!kIsFallback) {
    if (rows.weight == nullptr && rows.losses == nullptr) return SumAlike(loss, begin, end, scale);
  }
  typename Loss::Total total;
  double sum = 0.0;
  for (size_t row = begin; row < end; ++row) {
    const double weight = rows.weight == nullptr ? 1.0 : rows.weight[row];
    if (weight == 1.0 && rows.losses == nullptr) {
      loss.Add(row, scale, total);
      continue;
    }
    double weighted = 0.0;
    if (weight != 0.0) {
      weighted = weight * loss.Row(row, weight * scale);
    } else if (rows.grad != nullptr) {
      std::fill_n(rows.grad + row * rows.classes, rows.classes, 0.0f);
    }
    if (rows.losses != nullptr) rows.losses[row] = static_cast<float>(weighted);
    sum += weighted;
  }
  return sum + loss.Reduce(total);
}

template <bool kGradient>
double SoftmaxKernel(const ClassRows& rows, size_t begin, size_t end, double scale) {
  return SumClassRows(Softmax<kGradient>(rows), rows, begin, end, scale);
}

template <class Formula, bool kGradient>
double TermsKernel(const ClassRows& rows, size_t begin, size_t end, double scale) {
  return WithTargets<Formula>(
      rows.labels, rows.target, rows.classes, rows.smoothing, [&](const auto& targets) HWY_ATTR {
        const TermsPerClass<Formula, kGradient, std::decay_t<decltype(targets)>> loss(rows,
                                                                                      targets);
        return SumClassRows(loss, rows, begin, end, scale);
      });
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#endif
