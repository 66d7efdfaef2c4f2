// Whether what a call writes shares memory with its other arrays: told by addresses, since two
// objects of JavaScript may have the same memory.

#ifndef DETLOSS_BINDING_DISTINCT_H_
#define DETLOSS_BINDING_DISTINCT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace detloss {

// The memory of an array. Without initial values, which small calls would pay for.
struct MemorySpan {
  uintptr_t begin;
  uintptr_t end;
  bool output;
};

inline bool ShareMemory(const MemorySpan& a, const MemorySpan& b) {
  return a.begin < b.end && b.begin < a.end && a.begin != a.end && b.begin != b.end;
}

[[noreturn]] inline void RefuseOverlap() {
  throw std::out_of_range("an output overlaps another array");
}

// Throws where an output shares memory with another array: of the few arrays of most calls.
inline void CheckDistinct(const MemorySpan* spans, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (!spans[i].output) continue;
    for (size_t other = 0; other < count; ++other) {
      if (other != i && ShareMemory(spans[i], spans[other])) RefuseOverlap();
    }
  }
}

// The same of any number of arrays, in a time that grows little faster than their number.
inline void CheckDistinct(std::vector<MemorySpan> spans) {
  std::sort(spans.begin(), spans.end(),
            [](const MemorySpan& a, const MemorySpan& b) { return a.begin < b.begin; });
  uintptr_t end = 0;          // of all before
  uintptr_t end_written = 0;  // of all outputs before
  for (const MemorySpan& span : spans) {
    if (span.begin == span.end) continue;
    if (span.begin < end_written || (span.output && span.begin < end)) RefuseOverlap();
    end = std::max(end, span.end);
    if (span.output) end_written = std::max(end_written, span.end);
  }
}

}  // namespace detloss

#endif  // DETLOSS_BINDING_DISTINCT_H_
