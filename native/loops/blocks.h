// Sums over rows in fixed blocks, so that a result depends on nothing but the input.

#ifndef DETLOSS_LOOPS_BLOCKS_H_
#define DETLOSS_LOOPS_BLOCKS_H_

#include <algorithm>
#include <cstddef>

namespace detloss {

// A block's arrays of a few numbers per row stay in the first-level cache between two passes.
constexpr size_t kBlock = 2048;

// Calls `body(begin, end)` for the blocks of `count` rows in their order.
template <class Body>
void ForBlocks(size_t count, size_t block, const Body& body) {
  for (size_t begin = 0; begin < count; begin += block) body(begin, std::min(count, begin + block));
}

// Σ w in float64.
double WeightSum(const float* weight, size_t count);

// What a mean over rows is divided by: Σ w, or their number.
inline double MeanDivisor(const float* weight, size_t count) {
  return weight == nullptr ? static_cast<double>(count) : WeightSum(weight, count);
}

}  // namespace detloss

#endif  // DETLOSS_LOOPS_BLOCKS_H_
