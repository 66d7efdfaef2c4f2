// Loops and sums over rows in fixed blocks, so that a result depends on nothing but the input,
// least of all on how many threads share the blocks.

#ifndef DETLOSS_LOOPS_BLOCKS_H_
#define DETLOSS_LOOPS_BLOCKS_H_

#include <algorithm>
#include <cstddef>
#include <vector>

#include "loops/crew.h"

namespace detloss {

// Boxes of a block: some microseconds of work, many times what it costs to hand it out.
constexpr size_t kBlock = 2048;

// Calls `body(begin, end)` for the blocks of `count` rows, without a crew in their order.
template <class Body>
void ForBlocks(Crew* crew, size_t count, size_t block, const Body& body) {
  if (crew == nullptr) {
    for (size_t begin = 0; begin < count; begin += block) {
      body(begin, std::min(count, begin + block));
    }
  } else {
    crew->For((count + block - 1) / block, [&](size_t i) {
      const size_t begin = i * block;
      body(begin, std::min(count, begin + block));
    });
  }
}

// The sum of what `body(begin, end)` returns for the blocks of `count` rows, added in their order.
// A single block is its own sum, which a small call has 3 ns sooner.
template <class Sum, class Body>
Sum SumBlocks(Crew* crew, size_t count, size_t block, const Body& body) {
  if (crew == nullptr && 0 < count && count <= block) return body(0, count);
  Sum sum{};
  if (crew == nullptr) {
    ForBlocks(nullptr, count, block, [&](size_t begin, size_t end) { sum += body(begin, end); });
  } else {
    std::vector<Sum> parts((count + block - 1) / block);
    ForBlocks(crew, count, block,
              [&](size_t begin, size_t end) { parts[begin / block] = body(begin, end); });
    for (const Sum& part : parts) sum += part;
  }
  return sum;
}

}  // namespace detloss

#endif  // DETLOSS_LOOPS_BLOCKS_H_
