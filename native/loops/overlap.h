// How alike boxes are: matrices of all pairs, and rows of pairs.

#ifndef DETLOSS_LOOPS_OVERLAP_H_
#define DETLOSS_LOOPS_OVERLAP_H_

#include <cstddef>

#include "loops/rows.h"

namespace detloss {

// One metric: `matrix` writes [n, m], every box of `a` against every box of `b`.
struct OverlapMetric {
  const char* name;
  void (*matrix)(const float* a, size_t n, const float* b, size_t m, Format format, float* out);
};

// The metrics, ending with a null name; compiled for the processor this runs on.
const OverlapMetric* OverlapMetrics();

// Writes [n]: the IoU of the boxes of `a` and `b` in pairs.
void AlignedIou(const float* a, const float* b, size_t n, Format format, float* out);

}  // namespace detloss

#endif  // DETLOSS_LOOPS_OVERLAP_H_
