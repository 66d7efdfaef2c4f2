// YOLO v3's whole loss on the device: per scale a loop that counts, one that clears the gradient
// and one that evaluates every row, each on what the one before left on the device. The counts and
// sums of all scales come to the host together at the end.

#include "plan/yolo_v3.h"

#include <cstring>
#include <vector>

#include "cuda/classes-inl.h"
#include "cuda/launch-inl.h"
#include "cuda/rows-inl.h"
#include "loops/stand_ins.h"

namespace detloss {
namespace cuda {
namespace {

using Count = unsigned long long;

// What the means are divided by, and how many targets that count are no class or not from 0 to 1.
struct ScaleCounts {
  Count positives = 0;
  Count present = 0;
  Count absent = 0;
  Count wrong = 0;

  FORMULA ScaleCounts& operator+=(const ScaleCounts& other) {
    positives += other.positives;
    present += other.present;
    absent += other.absent;
    wrong += other.wrong;
    return *this;
  }
};

struct ScaleSums {
  double box = 0.0;
  double category = 0.0;
  Sides objectness;

  FORMULA ScaleSums& operator+=(const ScaleSums& other) {
    box += other.box;
    category += other.category;
    objectness += other.objectness;
    return *this;
  }
};

struct ScaleResults {
  ScaleCounts counts;
  ScaleSums sums;
};

FORMULA double Share(double sum, Count count) {
  return count == 0 ? 0.0 : sum / static_cast<double>(count);
}

FORMULA bool IsNoFraction(float target) { return target < 0.0f || target > 1.0f; }

struct CountRow {
  Scale scale;

  FORMULA void operator()(size_t row, ScaleCounts& counts) const {
    const bool positive = scale.objectness[row] > 0.0f;
    const bool counted = scale.ignore == nullptr || scale.ignore[row] == 0;
    counts.positives += positive;
    counts.present += counted && positive;
    counts.absent += counted && !positive;
    counts.wrong +=
        positive && scale.labels != nullptr && IsNoClass(scale.labels[row], scale.classes);
    counts.wrong += counted && IsNoFraction(scale.objectness[row]);
    if (!positive || scale.categories == nullptr) return;
    for (size_t k = row * scale.classes; k < (row + 1) * scale.classes; ++k) {
      counts.wrong += IsNoFraction(scale.categories[k]);
    }
  }
};

// The wrong targets of all scales: where there are any, nothing is written.
struct CountWrong {
  const ScaleResults* results;
  size_t scales;
  Count* wrong;

  FORMULA void operator()(size_t) const {
    *wrong = 0;
    for (size_t s = 0; s < scales; ++s) *wrong += results[s].counts.wrong;
  }
};

struct ClearGradient {
  float* grad;
  const Count* wrong;

  FORMULA void operator()(size_t index) const {
    if (*wrong == 0) grad[index] = 0.0f;
  }
};

// The box term of one row, and its derivatives by the raw features, where they are asked for.
struct BoxResult {
  Number loss;
  Four slopes;
};

// A loss of boxes on what the raw features stand for.
template <class Formula>
struct OnBoxes {
  template <bool kGradient>
  static FORMULA BoxResult Of(const Four& raw, const Truth& truth, const Cell& cell) {
    const auto read = ReadFromCell(RawOf<kGradient>(raw), truth, cell);
    float pred[4];
    float target[4];
    WriteFour(BoxOf(read), pred);
    WriteFour({0.0f, 0.0f, truth.w, truth.h}, target);
    const float scale = ScaleOfBoxes(Format::kCxcywh, pred, target);
    ScaleBoxes(Format::kCxcywh, scale, pred, target, pred, target);
    const auto boxes = ToBoxes<Format::kCxcywh>(ReadFour(pred), ReadFour(target));
    if constexpr (kGradient) {
      const auto loss = Formula{}(Seed(boxes));
      const Four slopes = {loss.a * scale, loss.b * scale, loss.c * scale, loss.d * scale};
      return {loss.value, PullToCell(slopes, RatesOf(read))};
    } else {
      return {Formula{}(boxes), {}};
    }
  }
};

// A loss of the raw features themselves.
template <class Formula>
struct OnCells {
  template <bool kGradient>
  static FORMULA BoxResult Of(const Four& raw, const Truth& truth, const Cell& cell) {
    const auto loss = Formula{}(RawOf<kGradient>(raw), cell, truth);
    if constexpr (kGradient) {
      return {loss.value, {loss.a, loss.b, loss.c, loss.d}};
    } else {
      return {loss, {}};
    }
  }
};

// The terms of one row, and their gradient by its features.
template <class BoxTerm, bool kGradient>
struct EvaluateScaleRow {
  Scale scale;
  View view;
  const ScaleCounts* counts;
  const Count* wrong;

  FORMULA void operator()(size_t row, ScaleSums& sums) const {
    if (*wrong != 0) return;
    const bool positive = scale.objectness[row] > 0.0f;
    const size_t place = view.PlaceOf(row);
    if (scale.ignore == nullptr || scale.ignore[row] == 0) {
      AddObjectness(row, place, positive, sums);
    }
    if (!positive) return;
    AddBox(row, place, sums);
    AddCategory(row, place, sums);
  }

  FORMULA void AddObjectness(size_t row, size_t place, bool positive, ScaleSums& sums) const {
    const size_t at = place + 4 * view.channel_stride;
    const float logit = scale.features[at];
    const auto loss =
        LogitCrossEntropy{}(Variable<kGradient>(FiniteLogit(logit)), scale.objectness[row]);
    (positive ? sums.objectness.present : sums.objectness.absent) +=
        IsInfinite(logit) ? LargeLoss(logit, scale.objectness[row]) : Number(Value(loss));
    if constexpr (kGradient) {
      const auto count = positive ? counts->present : counts->absent;
      scale.grad[at] = loss.a * static_cast<float>(Share(scale.objectness_weight, count));
    }
  }

  FORMULA void AddBox(size_t row, size_t place, ScaleSums& sums) const {
    const float* const raw = scale.features + place;
    const size_t stride = view.channel_stride;
    const Four features = {raw[0], raw[stride], raw[2 * stride], raw[3 * stride]};
    const BoxResult result = BoxTerm::template Of<kGradient>(
        RawInOrder(scale.y_first, features),
        TruthOf(RawInOrder(scale.y_first, ReadFour(scale.box + 4 * row))),
        CellsOfGrid(scale.grid).At(row));
    sums.box += result.loss;
    if constexpr (kGradient) {
      // A row whose loss is NaN has no derivative by any of its numbers.
      const auto weight = static_cast<float>(Share(scale.box_weight, counts->positives));
      const float factor = result.loss == result.loss ? weight : result.loss;
      const Four slopes = RawInOrder(scale.y_first, result.slopes);
      float* const grad = scale.grad + place;
      grad[0] = slopes.a * factor;
      grad[stride] = slopes.b * factor;
      grad[2 * stride] = slopes.c * factor;
      grad[3 * stride] = slopes.d * factor;
    }
  }

  FORMULA void AddCategory(size_t row, size_t place, ScaleSums& sums) const {
    const ClassTargets targets = {
        scale.labels == nullptr ? 0 : scale.labels[row],
        scale.labels == nullptr ? scale.categories + row * scale.classes : nullptr,
        scale.smoothing};
    const size_t at = place + 5 * view.channel_stride;
    const auto factor = static_cast<float>(Share(scale.category_weight, counts->positives));
    sums.category += RowOfClasses<MeanOverClasses<LogitCrossEntropy>, kGradient>(
        {scale.features + at, view.channel_stride}, scale.classes, targets, factor,
        {kGradient ? scale.grad + at : nullptr, view.channel_stride});
  }
};

template <class BoxTerm, bool kGradient>
void Evaluate(const Scale& scale, ScaleResults* results, const Count* wrong) {
  const View view = scale.ViewOf();
  if (kGradient) ForEach(view.Numbers(), ClearGradient{scale.grad, wrong});
  SumRows(view.Rows(), EvaluateScaleRow<BoxTerm, kGradient>{scale, view, &results->counts, wrong},
          &results->sums);
}

// The losses that can be the box term, by the names of the catalogue.
struct BoxTermKernels {
  const char* name;
  void (*value)(const Scale&, ScaleResults*, const Count*);
  void (*gradient)(const Scale&, ScaleResults*, const Count*);
};

template <class BoxTerm>
constexpr BoxTermKernels KernelsOf(const char* name) {
  return {name, &Evaluate<BoxTerm, false>, &Evaluate<BoxTerm, true>};
}

constexpr BoxTermKernels kBoxTerms[] = {
    KernelsOf<OnBoxes<OverlapLoss<NoPenalty>>>("iou"),
    KernelsOf<OnBoxes<OverlapLoss<EmptyPart>>>("giou"),
    KernelsOf<OnBoxes<OverlapLoss<CentreDistance>>>("diou"),
    KernelsOf<OnBoxes<OverlapLoss<CompletePenalty<true>>>>("ciou"),
    KernelsOf<OnCells<OnRawFeatures>>("yoloV3"),
};

const BoxTermKernels* FindBoxTerm(const Listed<RowLoss>& loss) {
  if (std::strcmp(loss.family, "box") != 0) return nullptr;
  for (const BoxTermKernels& kernels : kBoxTerms) {
    if (std::strcmp(kernels.name, loss.name) == 0) return &kernels;
  }
  return nullptr;
}

}  // namespace
}  // namespace cuda

bool IsBoxTerm(const Listed<RowLoss>& loss) { return cuda::FindBoxTerm(loss) != nullptr; }

bool ComputeYoloV3(Crew*, const Listed<RowLoss>& box_term, const std::vector<Scale>& scales,
                   std::vector<ScaleParts>& parts) {
  using namespace cuda;
  const size_t count = scales.size();
  const BoxTermKernels& kernels = *FindBoxTerm(box_term);
  // After the results of the scales, how many labels are wrong.
  auto* const results = static_cast<ScaleResults*>(
      ThreadScratch().Results(count * sizeof(ScaleResults) + sizeof(Count)));
  auto* const wrong = reinterpret_cast<Count*>(results + count);
  for (size_t s = 0; s < count; ++s) {
    SumRows(scales[s].ViewOf().Rows(), CountRow{scales[s]}, &results[s].counts);
  }
  ForEach(1, CountWrong{results, count, wrong});
  for (size_t s = 0; s < count; ++s) {
    (scales[s].grad == nullptr ? kernels.value : kernels.gradient)(scales[s], results + s, wrong);
  }
  std::vector<ScaleResults> found(count);
  CopyToHost(found.data(), results, count * sizeof(ScaleResults));
  parts.clear();
  for (const auto& [counts, sums] : found) {
    if (counts.wrong != 0) return false;
    const double objectness = Share(sums.objectness.present, counts.present) +
                              Share(sums.objectness.absent, counts.absent);
    parts.push_back({Share(sums.box, counts.positives), objectness,
                     Share(sums.category, counts.positives),
                     static_cast<size_t>(counts.positives)});
  }
  return true;
}

}  // namespace detloss
