// The kernels of the overlap metrics of native/formulas/iou.h for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/overlap.cc"
#include "loops/overlap.h"

#include "hwy/foreach_target.h"
#include "loops/blocks.h"
#include "loops/boxes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

#include "formulas/iou.h"

// Calls `similarity(boxes of b, their index)` vector by vector and stores what it returns.
template <class Similar>
HWY_INLINE void ForBoxes(const float* b, size_t count, float* out, const Similar& similarity) {
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

  HWY_INLINE Lanes operator()(const Four& other, size_t) const {
    return Metric{}(ToBoxes<kFormat>(box, other));
  }
};

template <class Metric, Format kFormat>
struct OneToOne {
  const float* a;
  size_t count;

  HWY_INLINE Lanes operator()(const Four& other, size_t i) const {
    const Four box = LoadSomeFour(a + 4 * i, count - i);
    return Metric{}(ToBoxes<kFormat>(box, other));
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
void AlignedOf(const float* a, const float* b, size_t n, float* out) {
  ForBoxes(b, n, out, OneToOne<Metric, kFormat>{a, n});
}

template <class Metric>
void Matrix(const float* a, size_t n, const float* b, size_t m, Format format, float* out) {
  WithFormat(format, [=](auto constant) { MatrixOf<Metric, constant.value>(a, n, b, m, out); });
}

void Aligned(const float* a, const float* b, size_t n, Format format, float* out) {
  WithFormat(format, [=](auto constant) {
    AlignedOf<Similarity<NoPenalty>, constant.value>(a, b, n, out);
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

void ComputeMatrix(Crew* crew, const OverlapMetric& metric, const Overlap& call) {
  const size_t rows = std::max<size_t>(1, 4 * kBlock / std::max<size_t>(1, call.m));
  ForBlocks(crew, call.n, rows, [&](size_t begin, size_t end) {
    metric.matrix(call.a + 4 * begin, end - begin, call.b, call.m, call.format,
                  call.out + begin * call.m);
  });
}

void ComputeAlignedIou(Crew* crew, const Overlap& call) {
  const auto kernel = HWY_DYNAMIC_DISPATCH(Aligned);
  ForBlocks(crew, call.n, kBlock, [&](size_t begin, size_t end) {
    kernel(call.a + 4 * begin, call.b + 4 * begin, end - begin, call.format, call.out + begin);
  });
}

}  // namespace detloss
#endif
