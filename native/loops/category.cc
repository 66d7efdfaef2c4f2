// The kernels of the category terms of native/formulas/cross_entropy.h for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/category.cc"
#include "hwy/foreach_target.h"
#include "loops/blocks.h"
#include "loops/category.h"
#include "loops/classes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// A term per class, summed or averaged over them.
template <class Formula, bool kGradient>
struct TermsPerClass {
  static HWY_INLINE double Row(const ClassRows& rows, size_t row, float factor) {
    const size_t at = row * rows.classes;
    const ClassTargets targets = {rows.labels == nullptr ? 0 : rows.labels[row],
                                  rows.labels == nullptr ? rows.target + at : nullptr,
                                  rows.smoothing};
    return RowOfClasses<Formula, kGradient>(rows.pred + at, rows.classes, targets, factor,
                                            kGradient ? rows.grad + at : nullptr);
  }
};

template <bool kGradient>
struct Softmax {
  static HWY_INLINE double Row(const ClassRows& rows, size_t row, float factor) {
    const size_t at = row * rows.classes;
    return SoftmaxRow<kGradient>(rows.pred + at, rows.classes, rows.labels[row], factor,
                                 kGradient ? rows.grad + at : nullptr);
  }
};

template <class Loss>
double ClassKernelOf(const ClassRows& rows, size_t begin, size_t end, double scale) {
  double sum = 0.0;
  for (size_t row = begin; row < end; ++row) {
    const double weight = rows.weight == nullptr ? 1.0 : rows.weight[row];
    double loss = 0.0;
    float* const grad = rows.grad == nullptr ? nullptr : rows.grad + row * rows.classes;
    if (weight != 0.0) {
      loss = weight * Loss::Row(rows, row, static_cast<float>(weight * scale));
      // A row whose loss is NaN has no derivative by any of its numbers.
      if (grad != nullptr && loss != loss) std::fill_n(grad, rows.classes, std::nanf(""));
    } else if (grad != nullptr) {
      std::fill_n(grad, rows.classes, 0.0f);
    }
    if (rows.losses != nullptr) rows.losses[row] = static_cast<float>(loss);
    sum += loss;
  }
  return sum;
}

#define DETLOSS_CLASS_KERNELS(NAME, FORMULA_TYPE)                    \
  {#NAME, false, &ClassKernelOf<TermsPerClass<FORMULA_TYPE, false>>, \
   &ClassKernelOf<TermsPerClass<FORMULA_TYPE, true>>},

const ClassLoss* CategoryTable() {
  static constexpr ClassLoss kTable[] = {
      {"fasterRcnn", true, &ClassKernelOf<Softmax<false>>, &ClassKernelOf<Softmax<true>>},
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

double Compute(Crew* crew, const ClassLoss& loss, const ClassRows& rows, Reduction reduction) {
  const double divisor =
      reduction == Reduction::kMean ? MeanDivisor(crew, rows.weight, rows.count) : 1.0;
  if (divisor == 0.0) {
    if (rows.grad != nullptr) std::fill_n(rows.grad, rows.count * rows.classes, 0.0f);
    return 0.0;
  }
  const ClassKernel kernel = rows.grad == nullptr ? loss.value : loss.gradient;
  const size_t block = std::max<size_t>(1, kBlock * 4 / rows.classes);
  const double sum = SumBlocks<double>(crew, rows.count, block, [&](size_t begin, size_t end) {
    return kernel(rows, begin, end, 1.0 / divisor);
  });
  return sum / divisor;
}

}  // namespace detloss
#endif
