// The kernels of the category terms of native/formulas/cross_entropy.h for every instruction set.

#include <algorithm>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/category.cc"
#include "hwy/foreach_target.h"
#include "loops/blocks.h"
#include "loops/category.h"
#include "loops/classes-inl.h"
#include "loops/demands.h"
#include "loops/extremes.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// A term per class, summed or averaged over them. Rows that count alike share their sums.
template <class Formula, bool kGradient, class Targets>
class TermsPerClass {
 public:
  HWY_INLINE TermsPerClass(const ClassRows& rows, const Targets& targets)
      : rows_(rows), targets_(targets), share_(ShareOf<Formula>(rows.classes)) {}

  using Total = TotalOf<decltype(Formula{}(Lanes(), Lanes()))>;

  HWY_INLINE double Row(size_t row, double factor) const {
    DoubleSum sum;
    Add(row, factor, sum);
    return Reduce(sum);
  }
  template <class Sum>
  HWY_INLINE double Reduce(Sum& sum) const {
    return sum.Total() * share_;
  }

  template <class Sum>
  HWY_INLINE void Add(size_t row, double factor, Sum& sum) const {
    const size_t at = row * rows_.classes;
    AddClasses<Formula, kGradient>(rows_.pred + at, rows_.classes, targets_.Of(row),
                                   static_cast<float>(factor * share_),
                                   kGradient ? rows_.grad + at : nullptr, sum);
  }

 private:
  const ClassRows rows_;
  const Targets targets_;
  const double share_;
};

template <bool kGradient>
class Softmax {
 public:
  explicit HWY_INLINE Softmax(const ClassRows& rows) : rows_(rows) {}

  using Total = RowLogSums;

  HWY_INLINE double Row(size_t row, double factor) const {
    return SoftmaxLoss(PartsOf(row, Largest(row), factor));
  }
  HWY_INLINE void Add(size_t row, double factor, Total& total) const {
    Add(row, Largest(row), factor, total);
  }
  HWY_INLINE void Add(size_t row, float largest, double factor, Total& total) const {
    const SoftmaxParts parts = PartsOf(row, largest, factor);
    total.Add(SoftmaxLinear(parts), parts.rest);
  }
  static HWY_INLINE double Reduce(const Total& total) { return total.Total(); }

  HWY_INLINE float Largest(size_t row) const {
    return LargestLogit(rows_.pred + row * rows_.classes, rows_.classes);
  }

 private:
  HWY_INLINE SoftmaxParts PartsOf(size_t row, float largest, double factor) const {
    const size_t at = row * rows_.classes;
    return SoftmaxRow<kGradient>(rows_.pred + at, rows_.classes, largest, rows_.labels[row],
                                 static_cast<float>(factor), kGradient ? rows_.grad + at : nullptr);
  }

  const ClassRows rows_;
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
  if (rows.weight == nullptr && rows.losses == nullptr) return SumAlike(loss, begin, end, scale);
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

#define DETLOSS_CLASS_KERNELS(NAME, FORMULA_TYPE)                            \
  {#NAME, false, FORMULA_TYPE::kOfLogits, &TermsKernel<FORMULA_TYPE, false>, \
   &TermsKernel<FORMULA_TYPE, true>},

const ClassLoss* CategoryTable() {
  static constexpr ClassLoss kTable[] = {
      {"fasterRcnn", true, false, &SoftmaxKernel<false>, &SoftmaxKernel<true>},
      DETLOSS_CATEGORY_LOSSES(DETLOSS_CLASS_KERNELS){}};
  return kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(CategoryTable);

const ClassLoss* CategoryLosses() { return HWY_DYNAMIC_DISPATCH(CategoryTable)(); }

bool HasLabels(Crew* crew, const ClassRows& rows) {
  const size_t wrong =
      SumBlocks<size_t>(crew, rows.count, kBlock, [&rows](size_t begin, size_t end) {
        size_t wrong = 0;
        for (size_t row = begin; row < end; ++row) {
          const bool counts = rows.weight == nullptr || rows.weight[row] != 0.0f;
          wrong += counts && static_cast<uint32_t>(rows.labels[row]) >= rows.classes;
        }
        return wrong;
      });
  return wrong == 0;
}

std::optional<double> Compute(Crew* crew, const ClassLoss& loss, const ClassRows& rows,
                              Reduction reduction) {
  const size_t block = std::max<size_t>(1, kBlock * 4 / rows.classes);
  // As of other rows: before anything is written, or along with the losses.
  const bool writes = rows.grad != nullptr || rows.losses != nullptr;
  Inspection before(rows.demands, writes);
  Inspection during(rows.demands, !writes);
  const bool mean = reduction == Reduction::kMean;
  const double divisor = MeanDivisor(crew, rows.weight, rows.count, block, mean, before);
  if (!before.Passed()) return std::nullopt;
  if (divisor == 0.0) {
    during.InspectAll(crew, rows.count, block);
    if (!during.Passed()) return std::nullopt;
    if (rows.grad != nullptr) std::fill_n(rows.grad, rows.count * rows.classes, 0.0f);
    return 0.0;
  }
  const ClassKernel kernel = rows.grad == nullptr ? loss.value : loss.gradient;
  const double sum = SumBlocks<double>(crew, rows.count, block, [&](size_t begin, size_t end) {
    during.Inspect(begin, end);
    return EvaluateClassRows(loss, kernel, rows, begin, end, 1.0 / divisor);
  });
  if (!during.Passed()) return std::nullopt;
  return sum / divisor;
}

}  // namespace detloss
#endif
