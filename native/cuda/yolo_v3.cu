// YOLO v3's whole loss on the device: per scale a launch that counts, one that clears the gradient
// and one that evaluates every row, each on what the one before left on the device. The counts and
// sums of all scales come to the host together at the end.

#include <vector>

#include "cuda/classes-inl.h"
#include "cuda/launch-inl.h"
#include "cuda/losses.h"

namespace detloss::cuda {
namespace {

constexpr unsigned long long kNoRow = ~0ull;

// What the means are divided by, and the first row with an object whose label is no class.
struct ScaleCounts {
  unsigned long long positives = 0;
  unsigned long long present = 0;
  unsigned long long absent = 0;
  unsigned long long wrong = kNoRow;

  FORMULA void Add(const ScaleCounts& other) {
    positives += other.positives;
    present += other.present;
    absent += other.absent;
    if (other.wrong < wrong) wrong = other.wrong;
  }
};

struct ScaleSums {
  double box = 0.0;
  double category = 0.0;
  double present = 0.0;
  double absent = 0.0;

  FORMULA void Add(const ScaleSums& other) {
    box += other.box;
    category += other.category;
    present += other.present;
    absent += other.absent;
  }
};

struct ScaleResults {
  ScaleCounts counts;
  ScaleSums sums;
};

FORMULA double Share(double sum, unsigned long long count) {
  return count == 0 ? 0.0 : sum / static_cast<double>(count);
}

struct CountRow {
  Scale scale;

  FORMULA void operator()(size_t row, ScaleCounts& counts) const {
    const bool positive = scale.objectness[row] > 0.0f;
    const bool counted = scale.ignore == nullptr || scale.ignore[row] == 0;
    counts.positives += positive;
    counts.present += counted && positive;
    counts.absent += counted && !positive;
    if (positive && scale.labels != nullptr && IsNoClass(scale.labels[row], scale.classes)) {
      if (row < counts.wrong) counts.wrong = row;
    }
  }
};

// Adds up the first wrong row of any scale: with one, no launch writes anything.
struct FindWrong {
  const ScaleResults* results;
  size_t count;
  unsigned long long* wrong;

  FORMULA void operator()(size_t) const {
    *wrong = kNoRow;
    for (size_t s = 0; s < count; ++s) {
      if (results[s].counts.wrong < *wrong) *wrong = results[s].counts.wrong;
    }
  }
};

struct ClearGradient {
  float* grad;
  const unsigned long long* wrong;

  FORMULA void operator()(size_t index) const {
    if (*wrong == kNoRow) grad[index] = 0.0f;
  }
};

// The terms of one row, and their gradient by its features.
template <class BoxTerm, bool kGradient>
struct EvaluateScaleRow {
  Scale scale;
  const ScaleCounts* counts;
  const unsigned long long* wrong;

  FORMULA void operator()(size_t row, ScaleSums& sums) const {
    if (*wrong != kNoRow) return;
    const bool positive = scale.objectness[row] > 0.0f;
    if (scale.ignore == nullptr || scale.ignore[row] == 0) AddObjectness(row, positive, sums);
    if (!positive) return;
    const Place place = PlaceOf(scale, row);
    AddBox(row, place, sums);
    AddCategory(row, place, sums);
  }

  FORMULA void AddObjectness(size_t row, bool positive, ScaleSums& sums) const {
    const size_t at = ObjectnessOffset(scale, row);
    const auto loss =
        LogitCrossEntropy{}(Variable<kGradient>(scale.features[at]), scale.objectness[row]);
    (positive ? sums.present : sums.absent) += Value(loss);
    if constexpr (kGradient) {
      const auto count = positive ? counts->present : counts->absent;
      scale.grad[at] = loss.a * static_cast<float>(Share(scale.objectness_weight, count));
    }
  }

  FORMULA void AddBox(size_t row, const Place& place, ScaleSums& sums) const {
    const float* const raw = scale.features + place.offset;
    const size_t stride = place.stride;
    const Four features = {raw[0], raw[stride], raw[2 * stride], raw[3 * stride]};
    const auto loss = BoxTerm{}(RawOf<kGradient>(InOrder(scale.y_first, features)),
                                CellOf(scale.grid, place.line, place.column, place.anchor),
                                TruthOf(InOrder(scale.y_first, ReadFour(scale.box + 4 * row))));
    sums.box += Value(loss);
    if constexpr (kGradient) {
      // A row whose loss is NaN has no derivative by any of its numbers.
      const auto weight = static_cast<float>(Share(scale.box_weight, counts->positives));
      const float factor = loss.value == loss.value ? weight : loss.value;
      const Four slopes = InOrder(
          scale.y_first, {loss.a * factor, loss.b * factor, loss.c * factor, loss.d * factor});
      float* const grad = scale.grad + place.offset;
      grad[0] = slopes.a;
      grad[stride] = slopes.b;
      grad[2 * stride] = slopes.c;
      grad[3 * stride] = slopes.d;
    }
  }

  FORMULA void AddCategory(size_t row, const Place& place, ScaleSums& sums) const {
    const ClassTargets targets = {
        scale.labels == nullptr ? 0 : scale.labels[row],
        scale.labels == nullptr ? scale.categories + row * scale.classes : nullptr,
        scale.smoothing};
    const size_t at = place.offset + 5 * place.stride;
    const auto factor = static_cast<float>(Share(scale.category_weight, counts->positives));
    sums.category += RowOfClasses<MeanOverClasses<LogitCrossEntropy>, kGradient>(
        {scale.features + at, place.stride}, scale.classes, targets, factor,
        {kGradient ? scale.grad + at : nullptr, place.stride});
  }
};

template <class BoxTerm, bool kGradient>
void Evaluate(const Scale& scale, ScaleResults* results, const unsigned long long* wrong,
              Scratch& scratch) {
  if (kGradient) ForEach(scale.FeatureCount(), ClearGradient{scale.grad, wrong});
  SumRows(scratch, scale.Rows(),
          EvaluateScaleRow<BoxTerm, kGradient>{scale, &results->counts, wrong}, &results->sums);
}

struct BoxTermKernels {
  void (*value)(const Scale&, ScaleResults*, const unsigned long long*, Scratch&);
  void (*gradient)(const Scale&, ScaleResults*, const unsigned long long*, Scratch&);
};

#define DETLOSS_SCALE_KERNELS(NAME, TERM_TYPE) \
  {&Evaluate<TERM_TYPE, false>, &Evaluate<TERM_TYPE, true>},

constexpr BoxTermKernels kBoxTerms[] = {DETLOSS_YOLO_V3_BOX_TERMS(DETLOSS_SCALE_KERNELS)};

}  // namespace

#define DETLOSS_NAME(NAME, TERM_TYPE) #NAME,
const char* const* BoxTerms() {
  static constexpr const char* kNames[] = {DETLOSS_YOLO_V3_BOX_TERMS(DETLOSS_NAME) nullptr};
  return kNames;
}

void ComputeScales(size_t box_term, const Scale* scales, size_t count, Scratch& scratch,
                   ScaleParts* parts) {
  if (count == 0) return;
  const BoxTermKernels& kernels = kBoxTerms[box_term];
  // After the scales' results, the first wrong row.
  auto* const results = static_cast<ScaleResults*>(
      scratch.Results(count * sizeof(ScaleResults) + sizeof(unsigned long long)));
  auto* const wrong = reinterpret_cast<unsigned long long*>(results + count);
  for (size_t s = 0; s < count; ++s) {
    SumRows(scratch, scales[s].Rows(), CountRow{scales[s]}, &results[s].counts);
  }
  ForEach(1, FindWrong{results, count, wrong});
  for (size_t s = 0; s < count; ++s) {
    const auto kernel = scales[s].grad == nullptr ? kernels.value : kernels.gradient;
    kernel(scales[s], results + s, wrong, scratch);
  }
  std::vector<ScaleResults> found(count);
  CopyToHost(found.data(), results, count * sizeof(ScaleResults));
  for (size_t s = 0; s < count; ++s) {
    const auto& [counts, sums] = found[s];
    if (counts.wrong != kNoRow) {
      int32_t label = 0;
      CopyToHost(&label, scales[s].labels + counts.wrong, sizeof(label));
      throw WrongLabel(counts.wrong, label, s);
    }
    parts[s].box = Share(sums.box, counts.positives);
    parts[s].objectness = Share(sums.present, counts.present) + Share(sums.absent, counts.absent);
    parts[s].category = Share(sums.category, counts.positives);
    parts[s].positives = counts.positives;
  }
}

}  // namespace detloss::cuda
