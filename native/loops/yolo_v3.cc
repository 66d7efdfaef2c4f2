// The kernels of YOLO v3's whole loss for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/yolo_v3.cc"
#include "hwy/foreach_target.h"
#include "loops/classes-inl.h"
#include "loops/grid-inl.h"
#include "loops/infinite-inl.h"
#include "loops/yolo_v3.h"

#include <hwy/cache_control.h>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

constexpr size_t kMaxLanes = hn::MaxLanes(FloatTag());

constexpr size_t kPrefetchedRows = 128;

// The rows of a block: cells [first_cell, + cells) of an image, with anchors [first_anchor, +
// anchors).
struct Block {
  size_t image, first_cell, cells, first_anchor, anchors;

  inline size_t Rows() const { return cells * anchors; }
};

Block BlockOf(const Scale& scale, size_t index) {
  const ObjectnessBlocks blocks(scale);
  const size_t within = index % blocks.per_image;
  const size_t cell = within / blocks.per_cells * blocks.cells;
  const size_t anchor = within % blocks.per_cells * blocks.anchors;
  return {index / blocks.per_image, cell, std::min(blocks.cells, scale.Cells() - cell), anchor,
          std::min(blocks.anchors, scale.grid.anchor_count - anchor)};
}

// The rows of one anchor in a block, whose objectness lies at equal distances.
struct Strip {
  size_t feature;  // the first row's place in the features,
  size_t stride;   // and how far the next is
  size_t row;      // the same in the targets
  size_t row_stride;
};

Strip StripOf(const Scale& scale, const Block& block, size_t anchor) {
  const size_t anchors = scale.grid.anchor_count;
  const size_t cell = block.image * scale.Cells() + block.first_cell;
  const size_t row = cell * anchors + anchor;
  if (!scale.channels_first) {
    return {row * scale.Channels() + 4, anchors * scale.Channels(), row, anchors};
  }
  const size_t plane = (block.image * anchors + anchor) * scale.Channels() + 4;
  return {plane * scale.Cells() + block.first_cell, 1, row, anchors};
}

// Every stride-th of `count` numbers, and zeros.
inline Lanes LoadStrided(const float* from, size_t stride, size_t count) {
  HWY_ALIGN float numbers[kMaxLanes] = {};
  for (size_t i = 0; i < count; ++i) numbers[i] = from[i * stride];
  return Load(numbers);
}

// Lanes of rows that take no part: those past the end, and those that are ignored.
inline Mask Skipped(const uint8_t* ignore, size_t stride, size_t count) {
  HWY_ALIGN float skipped[kMaxLanes];
  for (size_t i = 0; i < kMaxLanes; ++i) {
    skipped[i] = i >= count || (ignore != nullptr && ignore[i * stride] != 0) ? 1.0f : 0.0f;
  }
  return Load(skipped) != Lanes(0.0f);
}

// Writes the gradient of a block's objectness, given for one anchor after another, to its planes.
// Those of the other channels have been cleared.
void WritePlanes(const Scale& scale, const Block& block, const float* slopes) {
  for (size_t a = 0; a < block.anchors; ++a) {
    const size_t plane = block.image * scale.grid.anchor_count + block.first_anchor + a;
    float* const objectness = scale.grad + (plane * scale.Channels() + 4) * scale.Cells();
    std::copy_n(slopes + a * block.cells, block.cells, objectness + block.first_cell);
  }
}

// The same of rows [begin, begin + count) whose channels lie side by side, given one cell after
// another: all their channels are written, 0 but for objectness.
void WriteRows(const Scale& scale, size_t begin, size_t count, const float* slopes) {
  const size_t channels = scale.Channels();
  // So few rows at a time that their gradients are still in the cache when objectness is put in.
  constexpr size_t kCleared = 64;
  for (size_t i = 0; i < count; ++i) {
    float* const row = scale.grad + (begin + i) * channels;
    if (i % kCleared == 0) std::fill_n(row, std::min(kCleared, count - i) * channels, 0.0f);
    row[4] = slopes[i];
  }
}

// The same for arrays beyond the caches, from an image of some rows in which only objectness
// changes. Stores that fetch what they overwrite drive the features out of the cache, where that is
// shared with busy neighbours: on a Xeon the loss of 16 images then took 9 to 16 ms, and with this
// 4 to 5; on an EPYC 3.7 and 2.7.
class RowStream {
 public:
  void Write(const Scale& scale, size_t begin, size_t count, const float* slopes) {
    const size_t channels = scale.Channels();
    const size_t rows = (kFloats - kLine) / channels;
    for (size_t first = 0; first < count; first += rows) {
      const size_t some = std::min(rows, count - first);
      float* const to = scale.grad + (begin + first) * channels;
      // The image lies in its lines of the cache as the rows do.
      const size_t shift = reinterpret_cast<uintptr_t>(to) / sizeof(float) % kLine;
      float* const image = image_ + shift;
      for (size_t i = 0; i < some; ++i) image[i * channels + 4] = slopes[first + i];
      Copy(image, (kLine - shift) % kLine, some * channels, to);
      for (size_t i = 0; i < some; ++i) image[i * channels + 4] = 0.0f;
    }
    hwy::FlushStream();
  }

  // Numbers can lie across lines of the cache: memory of another addon may begin at any address.
  static bool Suits(const Scale& scale) {
    constexpr size_t kBeyondCaches = 8 << 20;
    return scale.FeatureCount() >= kBeyondCaches && scale.Channels() <= kFloats / 8 &&
           reinterpret_cast<uintptr_t>(scale.grad) % sizeof(float) == 0;
  }

 private:
  static constexpr size_t kLine = 16;
  static constexpr size_t kFloats = 4096;

  // The first `head` numbers come before a whole line.
  static void Copy(const float* from, size_t head, size_t count, float* to) {
    const FloatTag d;
    size_t i = 0;
    for (; i < std::min(head, count); ++i) to[i] = from[i];
    for (; i + kLine <= count; i += kLine) {
      for (size_t k = 0; k < kLine; k += hn::Lanes(d)) {
        hn::Stream(hn::Load(d, from + i + k), d, to + i + k);
      }
    }
    for (; i < count; ++i) to[i] = from[i];
  }

  alignas(64) float image_[kFloats] = {};
};

// The summed objectness of `count` rows of a strip; their gradient goes to every stride-th of
// `slopes`.
template <bool kGradient>
void AddObjectness(const Scale& scale, const Strip& strip, size_t count, const Sides& factor,
                   float* slopes, size_t slope_stride, LogSumTotal& present, LogSumTotal& absent) {
  const size_t lanes = hn::Lanes(FloatTag());
  // Some rows on: their pages are far apart, and the table that finds them is slow.
  const size_t ahead = kPrefetchedRows * strip.stride;
  for (size_t first = 0; first < count; first += lanes) {
    const size_t some = std::min(lanes, count - first);
    const float* const features = scale.features + strip.feature + first * strip.stride;
    const size_t row = strip.row + first * strip.row_stride;
    for (size_t i = 0; i < some; ++i) hwy::Prefetch(features + i * strip.stride + ahead);
    const Lanes logit = LoadStrided(features, strip.stride, some);
    const Lanes target = LoadStrided(scale.objectness + row, strip.row_stride, some);
    const uint8_t* const ignore = scale.ignore == nullptr ? nullptr : scale.ignore + row;
    const Mask skip = Skipped(ignore, strip.row_stride, some);
    const Mask with = hn::AndNot(skip, target > Lanes(0.0f));
    const Lanes finite = Once(FiniteLogits(logit));
    LogSum loss;
    if constexpr (kGradient) {
      const auto result = LogitCrossEntropy{}(Dual{finite, One{}}, target);
      loss = ZeroWhere(skip, Value(result));
      const Lanes weight = Select(with, Lanes(static_cast<float>(factor.present)),
                                  Lanes(static_cast<float>(factor.absent)));
      const Lanes slope = ZeroWhere(skip, result.a * weight);
      if (slope_stride == 1) {
        StoreSome(slope, some, slopes + first);
      } else {
        HWY_ALIGN float numbers[kMaxLanes];
        Store(slope, numbers);
        for (size_t i = 0; i < some; ++i) slopes[(first + i) * slope_stride] = numbers[i];
      }
    } else {
      loss = ZeroWhere(skip, LogitCrossEntropy{}(finite, target));
    }
    loss.x = ZeroWhere(skip, InfiniteLosses(logit, target, loss.x));
    AddSides(with, loss, present, absent);
  }
}

// The summed objectness of a block of rows. The gradient of all their channels is written: 0 but
// for objectness.
template <bool kGradient>
Sides Objectness(const Scale& scale, size_t index, const Sides& factor) {
  HWY_ALIGN float slopes[kObjectnessBlock];
  const Block block = BlockOf(scale, index);
  LogSumTotal present;
  LogSumTotal absent;
  for (size_t a = 0; a < block.anchors; ++a) {
    const bool planes = scale.channels_first;
    AddObjectness<kGradient>(scale, StripOf(scale, block, block.first_anchor + a), block.cells,
                             factor, slopes + (planes ? a * block.cells : a),
                             planes ? 1 : block.anchors, present, absent);
  }
  if constexpr (kGradient) {
    const size_t cell = block.image * scale.Cells() + block.first_cell;
    const size_t row = cell * scale.grid.anchor_count + block.first_anchor;
    if (scale.channels_first) {
      WritePlanes(scale, block, slopes);
    } else if (RowStream::Suits(scale)) {
      RowStream().Write(scale, row, block.Rows(), slopes);
    } else {
      WriteRows(scale, row, block.Rows(), slopes);
    }
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
    const auto loss = Term{}(RawOf<kGradient>(RawInOrder(scale.y_first, LoadFour(raw))),
                             cells.Read(), TruthOf(RawInOrder(scale.y_first, LoadFour(truth))));
    const Mask unused = LoadRows<4>(used) == Lanes(0.0f);
    sum.Add(ZeroWhere(unused, Value(loss)));
    if constexpr (kGradient) {
      // A row whose loss is NaN has no derivative by any of its numbers.
      const Lanes weight = UnlessNaN(loss.value, Lanes(factor));
      StoreFour(RawInOrder(scale.y_first,
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
// features whose channels do not lie side by side or are infinite.
template <bool kGradient, class Targets>
double SumCategories(const Scale& scale, const Targets& targets, const size_t* positives,
                     size_t count, float factor, float* scratch) {
  using Term = MeanOverClasses<LogitCrossEntropy>;
  const double share = ShareOf<Term>(scale.classes);
  double infinite = 0.0;
  LogSumTotal total;
  for (size_t i = 0; i < count; ++i) {
    const size_t row = positives[i];
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
    if (HWY_UNLIKELY(HasInfiniteLogit(logits, scale.classes))) {
      infinite += LimitOfInfinite(logits, scale.classes, targets.Of(row));
      std::transform(logits, logits + scale.classes, scratch, FiniteLogit);
      logits = scratch;
    }
    AddClasses<kGradient>(Term{}, logits, scale.classes, targets.Of(row),
                          static_cast<float>(factor * share), slopes, total);
    if constexpr (kGradient) {
      for (size_t k = 0; !together && k < scale.classes; ++k) {
        scale.grad[offset + k * place.stride] = slopes[k];
      }
    }
  }
  return total.Total() * share + infinite;
}

template <bool kGradient>
double CategoryTerm(const Scale& scale, const size_t* positives, size_t count, float factor,
                    float* scratch) {
  return WithTargets<LogitCrossEntropy>(scale.labels, scale.categories, scale.classes,
                                        scale.smoothing, [&](const auto& targets) HWY_ATTR {
                                          return SumCategories<kGradient>(scale, targets, positives,
                                                                          count, factor, scratch);
                                        });
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
