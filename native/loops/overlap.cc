// The kernels of the overlap metrics of native/formulas/iou.h for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/overlap.cc"
#include "loops/overlap.h"

#include "hwy/foreach_target.h"
#include "loops/blocks.h"
#include "loops/rows-inl.h"
#include "loops/stand_ins.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/iou.h"

// Calls `similarity(boxes of b, their index)` vector by vector and stores what it returns.
template <class Similar>
inline void ForBoxes(const float* b, size_t count, float* out, const Similar& similarity) {
  const size_t lanes = hn::Lanes(FloatTag());
  size_t i = 0;
  // Whole vectors apart from the last: testing each for being whole costs 4 % of the time.
  for (; i + lanes <= count; i += lanes) Store(ToRows(similarity(LoadFour(b + 4 * i), i)), out + i);
  if (i < count) {
    StoreSome(ToRows(similarity(LoadSomeFour(b + 4 * i, count - i), i)), count - i, out + i);
  }
}

template <class Metric, Format kFormat>
struct OneToMany {
  Four box;

  inline Lanes operator()(const Four& other, size_t) const {
    return Metric{}.Measure(ToBoxes<kFormat>(box, other)).result;
  }
};

// The areas of the first `count` boxes of a vector, and 1.
inline Lanes OrOne(Lanes areas, size_t count) {
  return Select(FromRows(Some(1.0f, count)) == Lanes(0.0f), 1.0f, areas);
}

template <class Metric, Format kFormat>
struct OneToOne {
  const float* a;
  size_t count;
  Areas* areas;

  inline Lanes operator()(const Four& other, size_t i) const {
    const Four box = LoadSomeFour(a + 4 * i, count - i);
    const auto measured = Metric{}.Measure(ToBoxes<kFormat>(box, other));
    areas->Note(i + hn::Lanes(FloatTag()) <= count ? measured.united
                                                   : OrOne(measured.united, count - i));
    return measured.result;
  }
};

template <class Metric, Format kFormat>
void MatrixOf(const float* a, size_t n, const float* b, size_t m, float* out) {
  for (size_t i = 0; i < n; ++i) {
    const float* box = a + 4 * i;
    const Four repeated = {Lanes(box[0]), Lanes(box[1]), Lanes(box[2]), Lanes(box[3])};
    ForBoxes(b, m, out + i * m, OneToMany<Metric, kFormat>{repeated});
  }
}

template <class Metric, Format kFormat>
bool AlignedOf(const float* a, const float* b, size_t n, float* out) {
  Areas areas;
  ForBoxes(b, n, out, OneToOne<Metric, kFormat>{a, n, &areas});
  return areas.AreExtreme();
}

template <class Metric>
void Matrix(const float* a, size_t n, const float* b, size_t m, Format format, float* out) {
  WithFormat(format, [=](auto constant) { MatrixOf<Metric, constant.value>(a, n, b, m, out); });
}

// Whether there are boxes whose areas may underflow.
bool Aligned(const float* a, const float* b, size_t n, Format format, float* out) {
  return WithFormat(format, [=](auto constant) {
    return AlignedOf<Similarity<NoPenalty>, constant.value>(a, b, n, out);
  });
}

#define DETLOSS_METRIC_KERNELS(NAME, METRIC) {#NAME, &Matrix<METRIC>},

const OverlapMetric* OverlapTable() {
  static constexpr OverlapMetric kTable[] = {DETLOSS_OVERLAP_METRICS(DETLOSS_METRIC_KERNELS){}};
  return kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(OverlapTable);
HWY_EXPORT(Aligned);

const OverlapMetric* OverlapMetrics() { return HWY_DYNAMIC_DISPATCH(OverlapTable)(); }

namespace {

// Computes a pair once more by `compute(a, b, out)`, if its areas underflow.
template <class Compute>
void ComputeSmall(Format format, const float* a, const float* b, float* out,
                  const Compute& compute) {
  const float scale = ScaleOfBoxes(format, a, b);
  if (scale == 1.0f) return;
  float scaled_a[4];
  float scaled_b[4];
  ScaleBoxes(format, scale, a, b, scaled_a, scaled_b);
  compute(scaled_a, scaled_b, out);
}

}  // namespace

void ComputeMatrix(Crew* crew, const OverlapMetric& metric, const Overlap& call) {
  const size_t rows = std::max<size_t>(1, 4 * kBlock / std::max<size_t>(1, call.m));
  ForBlocks(crew, call.n, rows, [&](size_t begin, size_t end) {
    metric.matrix(call.a + 4 * begin, end - begin, call.b, call.m, call.format,
                  call.out + begin * call.m);
    for (size_t i = begin; i < end; ++i) {
      const float* const a = call.a + 4 * i;
      // Areas underflow where both boxes are small.
      if (!IsSmall(call.format, a)) continue;
      for (size_t j = 0; j < call.m; ++j) {
        ComputeSmall(call.format, a, call.b + 4 * j, call.out + i * call.m + j,
                     [&](const float* one, const float* other, float* out) {
                       metric.matrix(one, 1, other, 1, call.format, out);
                     });
      }
    }
  });
}

void ComputeAlignedIou(Crew* crew, const Overlap& call) {
  const auto kernel = HWY_DYNAMIC_DISPATCH(Aligned);
  ForBlocks(crew, call.n, kBlock, [&](size_t begin, size_t end) {
    const bool small =
        kernel(call.a + 4 * begin, call.b + 4 * begin, end - begin, call.format, call.out + begin);
    for (size_t i = begin; small && i < end; ++i) {
      ComputeSmall(call.format, call.a + 4 * i, call.b + 4 * i, call.out + i,
                   [&](const float* one, const float* other, float* out) {
                     kernel(one, other, 1, call.format, out);
                   });
    }
  });
}

}  // namespace detloss
#endif
