// Loops over rows on Thrust's device, and sums in an order that depends on nothing but their
// number.
//
// A loop is given to as many threads as it has rows, up to kThreads; thread t takes rows t,
// t + kThreads and so on, so that neighbours read neighbouring rows, and adds up what they come to.
// The threads' sums are added by kFirst threads in the same way, and theirs by one. On any device,
// and on the processor, the order is the same.

#ifndef DETLOSS_CUDA_LAUNCH_INL_H_
#define DETLOSS_CUDA_LAUNCH_INL_H_

#include <thrust/execution_policy.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>

#include <algorithm>
#include <cstddef>

#include "cuda/formulas-inl.h"
#include "cuda/memory.h"

namespace detloss::cuda {

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
// Returns before the device is done: whoever copies a result back waits.
inline constexpr auto kPolicy = thrust::cuda::par_nosync;
#else
inline constexpr auto kPolicy = thrust::device;
#endif

constexpr size_t kThreads = 65536;
constexpr size_t kFirst = 256;

// Calls `body(i)` on the device for i from 0 to count − 1.
template <class Body>
void ForEach(size_t count, const Body& body) {
  if (count > 0) thrust::for_each_n(kPolicy, thrust::counting_iterator<size_t>(0), count, body);
}

// Adds body(row, sum) over every threads-th row.
template <class Sum, class Body>
struct AddRows {
  Body body;
  size_t rows;
  size_t threads;
  Sum* sums;

  FORMULA void operator()(size_t thread) const {
    Sum sum{};
    for (size_t row = thread; row < rows; row += threads) body(row, sum);
    sums[thread] = sum;
  }
};

template <class Sum>
struct AddSums {
  const Sum* from;

  FORMULA void operator()(size_t index, Sum& sum) const { sum += from[index]; }
};

// Calls `body(row, sum)` for all rows and leaves the sum at `result`, both on the device.
template <class Sum, class Body>
void SumRows(size_t rows, const Body& body, Sum* result) {
  static_assert(sizeof(Sum) <= Scratch::kLargestSum, "the sums do not fit");
  const size_t threads = std::min(rows, kThreads);
  const size_t first = std::min(threads, kFirst);
  auto* const sums = static_cast<Sum*>(ThreadScratch().Sums());
  Sum* const first_sums = sums + kThreads;
  ForEach(threads, AddRows<Sum, Body>{body, rows, threads, sums});
  ForEach(first, AddRows<Sum, AddSums<Sum>>{{sums}, threads, first, first_sums});
  ForEach(1, AddRows<Sum, AddSums<Sum>>{{first_sums}, first, 1, result});
}

// The same, of a sum that the host waits for.
template <class Sum, class Body>
Sum SumOf(size_t rows, const Body& body) {
  auto* const result = static_cast<Sum*>(ThreadScratch().Results(sizeof(Sum)));
  SumRows(rows, body, result);
  Sum sum{};
  CopyToHost(&sum, result, sizeof(sum));
  return sum;
}

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_LAUNCH_INL_H_
