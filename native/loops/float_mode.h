// The floating-point mode of the calling thread: its rounding, its subnormal numbers, its traps.

#ifndef DETLOSS_LOOPS_FLOAT_MODE_H_
#define DETLOSS_LOOPS_FLOAT_MODE_H_

#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#elif !defined(__aarch64__) || defined(_MSC_VER)
#include <cfenv>
#endif

namespace detloss {

// Gives the thread the default mode, and its own back at the end. Another addon may have left
// "flush to zero" or another rounding on it, and a new thread inherits that on Linux: results would
// depend on who else is in the process, and on which thread computes which rows.
#if defined(__x86_64__) || defined(_M_X64)

class DefaultFloatMode {
 public:
  DefaultFloatMode() : before_(_mm_getcsr()) {
    if (Changed()) _mm_setcsr(kDefault);
  }
  ~DefaultFloatMode() {
    if (Changed()) _mm_setcsr(before_);
  }
  DefaultFloatMode(const DefaultFloatMode&) = delete;
  DefaultFloatMode& operator=(const DefaultFloatMode&) = delete;

 private:
  // Nearest, subnormals kept, no traps. The lowest six bits say what has happened so far.
  static constexpr uint32_t kDefault = 0x1F80;
  static constexpr uint32_t kHappened = 0x3F;

  bool Changed() const { return (before_ & ~kHappened) != kDefault; }

  uint32_t before_;
};

#elif defined(__aarch64__) && !defined(_MSC_VER)

class DefaultFloatMode {
 public:
  DefaultFloatMode() {
    asm volatile("mrs %0, fpcr" : "=r"(before_)::"memory");
    if (before_ != 0) Set(0);
  }
  ~DefaultFloatMode() {
    if (before_ != 0) Set(before_);
  }
  DefaultFloatMode(const DefaultFloatMode&) = delete;
  DefaultFloatMode& operator=(const DefaultFloatMode&) = delete;

 private:
  static void Set(uint64_t mode) { asm volatile("msr fpcr, %0" ::"r"(mode) : "memory"); }

  uint64_t before_;
};

#else

class DefaultFloatMode {
 public:
  DefaultFloatMode() {
    std::fegetenv(&before_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultFloatMode() { std::fesetenv(&before_); }
  DefaultFloatMode(const DefaultFloatMode&) = delete;
  DefaultFloatMode& operator=(const DefaultFloatMode&) = delete;

 private:
  std::fenv_t before_;
};

#endif

}  // namespace detloss

#endif  // DETLOSS_LOOPS_FLOAT_MODE_H_
