// How alike boxes are: matrices of all pairs, and rows of pairs.

#ifndef DETLOSS_LOOPS_OVERLAP_H_
#define DETLOSS_LOOPS_OVERLAP_H_

#include <cstddef>

#include "loops/rows.h"

namespace detloss {

// The arrays of one call: `out` is a matrix [n, m], every box of `a` against every box of `b`, or
// for pairs, of as many boxes in both, has one element each.
struct Overlap {
  const float* a = nullptr;
  size_t n = 0;
  const float* b = nullptr;
  size_t m = 0;
  float* out = nullptr;
  Format format = Format::kYxhw;
};

// One metric's kernel, which computes a whole matrix.
struct OverlapMetric {
  const char* name;
  void (*matrix)(const float* a, size_t n, const float* b, size_t m, Format format, float* out);
};

// The metrics, ending with a null name; compiled for the processor this runs on.
const OverlapMetric* OverlapMetrics();

void ComputeMatrix(Crew* crew, const OverlapMetric& metric, const Overlap& call);

// The IoU of pairs.
void ComputeAlignedIou(Crew* crew, const Overlap& call);

}  // namespace detloss

#endif  // DETLOSS_LOOPS_OVERLAP_H_
