// Gradients of rows that have a derivative by one channel, and 0 elsewhere.

#ifndef DETLOSS_PLAN_GRADIENT_ROWS_H_
#define DETLOSS_PLAN_GRADIENT_ROWS_H_

#include <cstddef>

namespace detloss {

// Writes `count` rows of channels that lie side by side, all 0 but `channel`, which has the slopes.
// Where `beyond_caches`, the array is written past them.
void WriteGradientRows(float* to, size_t count, size_t channels, size_t channel,
                       const float* slopes, bool beyond_caches);

}  // namespace detloss

#endif  // DETLOSS_PLAN_GRADIENT_ROWS_H_
