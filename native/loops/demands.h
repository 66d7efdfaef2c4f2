// What the numbers of an argument have to be.

#ifndef DETLOSS_LOOPS_DEMANDS_H_
#define DETLOSS_LOOPS_DEMANDS_H_

#include <atomic>
#include <cstddef>

#include "loops/blocks.h"
#include "loops/rows.h"

namespace detloss {

// Whether rows [begin, end) meet the demands.
bool AreMet(const Demands& demands, size_t begin, size_t end);

// A look at the rows of a call, block by block and by several threads; none if it is not `wanted`.
class Inspection {
 public:
  Inspection(const Demands& demands, bool wanted)
      : demands_(wanted && demands.Any() ? &demands : nullptr) {}

  void Inspect(size_t begin, size_t end) {
    if (demands_ == nullptr || AreMet(*demands_, begin, end)) return;
    passed_.store(false, std::memory_order_relaxed);
  }
  void InspectAll(Crew* crew, size_t count, size_t block) {
    if (demands_ == nullptr) return;
    ForBlocks(crew, count, block, [this](size_t begin, size_t end) { Inspect(begin, end); });
  }
  bool Passed() const { return passed_.load(std::memory_order_relaxed); }

 private:
  const Demands* const demands_;
  std::atomic<bool> passed_{true};
};

// Σ w in float64 of the blocks of so many rows, which `inspection` looks at on the way.
double WeightSum(Crew* crew, const float* weight, size_t count, Inspection& inspection);

// What a mean over rows is divided by: Σ w, or their number; 1 of other reductions.
inline double MeanDivisor(Crew* crew, const float* weight, size_t count, size_t block, bool mean,
                          Inspection& inspection) {
  if (mean && weight != nullptr) return WeightSum(crew, weight, count, inspection);
  inspection.InspectAll(crew, count, block);
  return mean ? static_cast<double>(count) : 1.0;
}

}  // namespace detloss

#endif  // DETLOSS_LOOPS_DEMANDS_H_
