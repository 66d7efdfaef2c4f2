// The kernels of YOLO v3's whole loss for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/yolo_v3.cc"
#include "hwy/foreach_target.h"
#include "loops/classes-inl.h"
#include "loops/grid-inl.h"
#include "loops/yolo_v3.h"

#include <hwy/cache_control.h>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

constexpr size_t kMaxLanes = hn::MaxLanes(FloatTag());

// The summed objectness of rows [begin, end). The gradient of all their channels is written: that
// of objectness, and 0 for the others.
template <bool kGradient>
Sides Objectness(const Scale& scale, size_t begin, size_t end, const Sides& factor) {
  if (kGradient && !scale.channels_first) {
    std::fill_n(scale.grad + begin * scale.Channels(), (end - begin) * scale.Channels(), 0.0f);
  }
  const size_t lanes = hn::Lanes(FloatTag());
  HWY_ALIGN float logits[kMaxLanes];
  HWY_ALIGN float targets[kMaxLanes];
  HWY_ALIGN float ignored[kMaxLanes];
  HWY_ALIGN float slopes[kMaxLanes];
  size_t offsets[kMaxLanes];
  // Two blocks of rows on: their pages are far apart, and the table that finds them is slow.
  const size_t ahead = scale.channels_first ? 0 : 2 * kObjectnessBlock * scale.Channels();
  DoubleSum present;
  DoubleSum absent;
  for (size_t first = begin; first < end; first += lanes) {
    const size_t count = std::min(lanes, end - first);
    for (size_t i = 0; i < lanes; ++i) {
      const bool inside = i < count;
      const size_t row = inside ? first + i : first;
      offsets[i] = ObjectnessOffset(scale, row);
      logits[i] = scale.features[offsets[i]];
      hwy::Prefetch(scale.features + offsets[i] + ahead);
      if (kGradient) hwy::Prefetch(scale.grad + offsets[i] + ahead);
      targets[i] = scale.objectness[row];
      const bool ignore = scale.ignore != nullptr && scale.ignore[row] != 0;
      ignored[i] = inside && !ignore ? 0.0f : 1.0f;
    }
    const Mask skip = Load(ignored) != Lanes(0.0f);
    const Lanes target = Load(targets);
    const Mask without = hn::Not(target > Lanes(0.0f));
    Lanes loss;
    if constexpr (kGradient) {
      const auto result =
          LogitCrossEntropy{}(Dual{Load(logits), One{}, Zero{}, Zero{}, Zero{}}, target);
      loss = ZeroWhere(skip, result.value);
      const Lanes weight = Select(without, Lanes(static_cast<float>(factor.absent)),
                                  Lanes(static_cast<float>(factor.present)));
      Store(ZeroWhere(skip, result.a * weight), slopes);
      for (size_t i = 0; i < count; ++i) scale.grad[offsets[i]] = slopes[i];
    } else {
      loss = ZeroWhere(skip, LogitCrossEntropy{}(Load(logits), target));
    }
    present.Add(ZeroWhere(without, loss));
    absent.Add(SelectOrZero(without, loss));
  }
  return {present.Total(), absent.Total()};
}

// The summed box term of some rows with an object, a vector of them at a time.
template <class Term, bool kGradient>
double BoxTerm(const Scale& scale, const size_t* positives, size_t positive_count, float factor) {
  const size_t lanes = hn::Lanes(FloatTag());
  HWY_ALIGN float raw[4 * kMaxLanes] = {};
  HWY_ALIGN float truth[4 * kMaxLanes] = {};
  HWY_ALIGN float slopes[4 * kMaxLanes];
  HWY_ALIGN float used[kMaxLanes];
  Place places[kMaxLanes];
  DoubleSum sum;
  for (size_t first = 0; first < positive_count; first += lanes) {
    const size_t count = std::min(lanes, positive_count - first);
    Cells cells(scale.grid);
    for (size_t i = 0; i < lanes; ++i) {
      const size_t row = positives[first + (i < count ? i : 0)];
      places[i] = PlaceOf(scale, row);
      cells.Set(i, places[i].line, places[i].column, places[i].anchor);
      for (size_t c = 0; c < 4; ++c) {
        raw[4 * i + c] = scale.features[places[i].offset + c * places[i].stride];
        truth[4 * i + c] = scale.box[4 * row + c];
      }
      used[i] = i < count ? 1.0f : 0.0f;
    }
    const auto loss = Term{}(RawOf<kGradient>(InOrder(scale.y_first, LoadFour(raw))), cells.Read(),
                             TruthOf(InOrder(scale.y_first, LoadFour(truth))));
    const Mask unused = LoadRows<4>(used) == Lanes(0.0f);
    sum.Add(ZeroWhere(unused, Value(loss)));
    if constexpr (kGradient) {
      // A row whose loss is NaN has no derivative by any of its numbers.
      const Lanes weight = Select(loss.value == loss.value, Lanes(factor), loss.value);
      StoreFour(InOrder(scale.y_first,
                        {loss.a * weight, loss.b * weight, loss.c * weight, loss.d * weight}),
                slopes);
      for (size_t i = 0; i < count; ++i) {
        for (size_t c = 0; c < 4; ++c) {
          scale.grad[places[i].offset + c * places[i].stride] = slopes[4 * i + c];
        }
      }
    }
  }
  return sum.Total();
}

// The summed category term of some rows with an object. `scratch` holds two rows of classes, for
// features whose channels do not lie side by side.
template <bool kGradient>
double CategoryTerm(const Scale& scale, const size_t* positives, size_t count, float factor,
                    float* scratch) {
  using Term = MeanOverClasses<LogitCrossEntropy>;
  double sum = 0.0;
  for (size_t i = 0; i < count; ++i) {
    const size_t row = positives[i];
    const ClassTargets targets = {
        scale.labels == nullptr ? 0 : scale.labels[row],
        scale.labels == nullptr ? scale.categories + row * scale.classes : nullptr,
        scale.smoothing};
    const Place place = PlaceOf(scale, row);
    const size_t offset = place.offset + 5 * place.stride;
    const bool together = place.stride == 1;
    const float* logits = scale.features + offset;
    float* slopes = kGradient ? scale.grad + offset : nullptr;
    if (!together) {
      for (size_t k = 0; k < scale.classes; ++k) scratch[k] = logits[k * place.stride];
      logits = scratch;
      slopes = scratch + scale.classes;
    }
    const double loss =
        RowOfClasses<Term, kGradient>(logits, scale.classes, targets, factor, slopes);
    sum += loss;
    if constexpr (kGradient) {
      // A row whose loss is NaN has no derivative by any of its numbers.
      if (loss != loss) std::fill_n(slopes, scale.classes, std::nanf(""));
      for (size_t k = 0; !together && k < scale.classes; ++k) {
        scale.grad[offset + k * place.stride] = slopes[k];
      }
    }
  }
  return sum;
}

#define DETLOSS_SCALE_KERNELS(NAME, TERM_TYPE)                             \
  {{&Objectness<false>, &BoxTerm<TERM_TYPE, false>, &CategoryTerm<false>}, \
   {&Objectness<true>, &BoxTerm<TERM_TYPE, true>, &CategoryTerm<true>}},

// By box term, and by whether the gradient is asked for.
const ScaleKernels& KernelsOf(size_t box_term, bool gradient) {
  static constexpr ScaleKernels kKernels[][2] = {DETLOSS_YOLO_V3_BOX_TERMS(DETLOSS_SCALE_KERNELS)};
  return kKernels[box_term][gradient ? 1 : 0];
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(KernelsOf);

#define DETLOSS_NAME(NAME, TERM_TYPE) #NAME,
const char* const* YoloV3BoxTerms() {
  static constexpr const char* kNames[] = {DETLOSS_YOLO_V3_BOX_TERMS(DETLOSS_NAME) nullptr};
  return kNames;
}

const ScaleKernels& YoloV3Kernels(size_t box_term, bool gradient) {
  return HWY_DYNAMIC_DISPATCH(KernelsOf)(box_term, gradient);
}

}  // namespace detloss
#endif
