// The kernels of the category terms of native/formulas/cross_entropy.h: a row of classes per step of
// a thread.

#include "cuda/classes-inl.h"
#include "cuda/rows-inl.h"

namespace detloss::cuda {
namespace {

constexpr size_t kNoRow = static_cast<size_t>(-1);

// The first row with weight whose label is no class.
struct FirstWrong {
  size_t row = kNoRow;

  FORMULA void Add(const FirstWrong& other) {
    if (other.row < row) row = other.row;
  }
};

struct FindWrong {
  ClassRows rows;

  FORMULA void operator()(size_t row, FirstWrong& first) const {
    const bool evaluated = rows.weight == nullptr || rows.weight[row] != 0.0f;
    if (evaluated && IsNoClass(rows.labels[row], rows.classes)) first.Add({row});
  }
};

// A term per class, summed or averaged over them.
template <class Formula, bool kGradient>
struct TermsPerClass {
  static FORMULA double Row(const ClassRows& rows, size_t row, float factor) {
    const size_t at = row * rows.classes;
    const ClassTargets targets = {rows.labels == nullptr ? 0 : rows.labels[row],
                                  rows.labels == nullptr ? rows.target + at : nullptr,
                                  rows.smoothing};
    return RowOfClasses<Formula, kGradient>({rows.pred + at, 1}, rows.classes, targets, factor,
                                            {rows.grad + at, 1});
  }
};

struct Softmax {};
template <bool kGradient>
struct TermsPerClass<Softmax, kGradient> {
  static FORMULA double Row(const ClassRows& rows, size_t row, float factor) {
    const size_t at = row * rows.classes;
    return SoftmaxRow<kGradient>({rows.pred + at, 1}, rows.classes, rows.labels[row], factor,
                                 {rows.grad + at, 1});
  }
};

template <class Loss>
struct EvaluateClasses {
  ClassRows rows;
  Divisors divisors;
  const FirstWrong* wrong;  // none where there are no labels

  FORMULA void operator()(size_t row, SideSums& sum) const {
    if (wrong != nullptr && wrong->row != kNoRow) return;
    const double divisor = divisors.Get().present;
    const double weight = rows.weight == nullptr ? 1.0 : rows.weight[row];
    double loss = 0.0;
    if (divisor != 0.0 && weight != 0.0) {
      loss = weight * Loss::Row(rows, row, static_cast<float>(weight / divisor));
    } else if (rows.grad != nullptr) {
      for (size_t k = 0; k < rows.classes; ++k) rows.grad[row * rows.classes + k] = 0.0f;
    }
    if (rows.losses != nullptr) rows.losses[row] = static_cast<float>(loss);
    sum.present += loss;
  }
};

struct Results {
  FirstWrong wrong;
  SideSums divisor;
  SideSums sum;
};

template <class Loss>
double ComputeClasses(const ClassRows& rows, Reduction reduction, Scratch& scratch) {
  if (rows.count == 0) return 0.0;
  auto* const results = static_cast<Results*>(scratch.Results(sizeof(Results)));
  const bool labelled = rows.labels != nullptr;
  if (labelled) SumRows(scratch, rows.count, FindWrong{rows}, &results->wrong);
  const Divisors divisors =
      DivisorsOf(scratch, rows.weight, nullptr, rows.count, reduction, &results->divisor);
  const FirstWrong* const wrong = labelled ? &results->wrong : nullptr;
  SumRows(scratch, rows.count, EvaluateClasses<Loss>{rows, divisors, wrong}, &results->sum);
  Results found;
  CopyToHost(&found, results, sizeof(found));
  if (labelled && found.wrong.row != kNoRow) {
    int32_t label = 0;
    CopyToHost(&label, rows.labels + found.wrong.row, sizeof(label));
    throw WrongLabel(found.wrong.row, label);
  }
  const SideSums divisor = divisors.found == nullptr ? divisors.known : found.divisor;
  return Divide(found.sum.present, divisor.present);
}

template <class Formula>
constexpr DeviceClassLoss ClassKernelsOf(const char* name) {
  return {name, std::is_same_v<Formula, Softmax>, &ComputeClasses<TermsPerClass<Formula, false>>,
          &ComputeClasses<TermsPerClass<Formula, true>>};
}

}  // namespace

#define DETLOSS_CLASS_KERNELS(NAME, FORMULA_TYPE) ClassKernelsOf<FORMULA_TYPE>(#NAME),

const DeviceClassLoss* CategoryLosses() {
  static constexpr DeviceClassLoss kTable[] = {
      ClassKernelsOf<Softmax>("fasterRcnn"), DETLOSS_CATEGORY_LOSSES(DETLOSS_CLASS_KERNELS){}};
  return kTable;
}

}  // namespace detloss::cuda
