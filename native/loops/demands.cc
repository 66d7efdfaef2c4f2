// Whether numbers are in a range, and what rows weigh, for every instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops/demands.cc"
#include "hwy/foreach_target.h"
#include "loops/demands.h"
#include "loops/weights-inl.h"

#include <cstdint>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// As float32: of the numbers in [-1e-6, 1 + 1e-6] the least and the greatest.
constexpr float kRounding = 1e-6f;
constexpr float kMostProbability = 1.00000095f;
constexpr float kMostWeight = 3.40282347e38f;

// Whether all of `count` numbers are from 0 to `most`. One instruction for each vector, since such
// numbers are in the order of their bits as whole numbers, above which −0, NaN and all below 0 are:
// where it is false, look closer.
bool AreFrom0To(const float* numbers, size_t count, float most) {
  const FloatTag d;
  const hn::RebindToUnsigned<FloatTag> du;
  const size_t lanes = hn::Lanes(d);
  const auto bits = [&](size_t i) HWY_ATTR { return hn::BitCast(du, hn::LoadU(d, numbers + i)); };
  auto greatest = hn::Zero(du);
  size_t i = 0;
  if (count >= 4 * lanes) {
    // Several at a time, which do not wait for one another.
    auto b = greatest;
    auto c = greatest;
    auto e = greatest;
    for (; i + 4 * lanes <= count; i += 4 * lanes) {
      greatest = hn::Max(greatest, bits(i));
      b = hn::Max(b, bits(i + lanes));
      c = hn::Max(c, bits(i + 2 * lanes));
      e = hn::Max(e, bits(i + 3 * lanes));
    }
    greatest = hn::Max(hn::Max(greatest, b), hn::Max(c, e));
  }
  for (; i + lanes <= count; i += lanes) greatest = hn::Max(greatest, bits(i));
  if (i < count) {
    greatest = hn::Max(greatest, hn::BitCast(du, LoadSome(numbers + i, count - i).v));
  }
  const auto limit = hn::BitCast(du, hn::Set(d, most));
  return hn::AllFalse(du, hn::Gt(greatest, limit));
}

inline Mask IsOutside(Lanes numbers, float least, float most) {
  return hn::Or(numbers<Lanes(least), numbers> Lanes(most));
}

// Whether all of the rows' numbers that count are from `least` to `most`, or NaN.
bool AreFrom(const float* numbers, const Demands& demands, size_t begin, size_t end, float least,
             float most) {
  const size_t lanes = hn::Lanes(FloatTag());
  const size_t width = demands.width;
  const float* const weight = demands.weight;
  if (AreFrom0To(numbers + begin * width, (end - begin) * width, most)) return true;
  if (width == 1 || weight == nullptr) {
    for (size_t i = begin * width; i < end * width; i += lanes) {
      const size_t count = end * width - i;
      Mask outside = IsOutside(LoadSome(numbers + i, count), least, most);
      if (weight != nullptr) {
        outside = hn::And(outside, LoadSome(weight + i, count) != Lanes(0.0f));
      }
      if (!hn::AllFalse(FloatTag(), outside)) return false;
    }
    return true;
  }
  for (size_t row = begin; row < end; ++row) {
    if (weight[row] == 0.0f) continue;
    for (size_t k = 0; k < width; k += lanes) {
      const Mask outside = IsOutside(LoadSome(numbers + row * width + k, width - k), least, most);
      if (!hn::AllFalse(FloatTag(), outside)) return false;
    }
  }
  return true;
}

// Whether all weights are finite.
bool AreWeights(const float* weight, size_t count) {
  if (AreFrom0To(weight, count, kMostWeight)) return true;
  const size_t lanes = hn::Lanes(FloatTag());
  for (size_t i = 0; i < count; i += lanes) {
    const Lanes some = LoadSome(weight + i, count - i);
    if (!hn::AllTrue(FloatTag(), Abs(some) <= Lanes(kMostWeight))) return false;
  }
  return true;
}

bool Meet(const Demands& demands, size_t begin, size_t end) {
  const auto& [weight, fractions, probabilities, width] = demands;
  return (weight == nullptr || AreWeights(weight + begin, end - begin)) &&
         (fractions == nullptr || AreFrom(fractions, demands, begin, end, 0.0f, 1.0f)) &&
         (probabilities == nullptr ||
          AreFrom(probabilities, demands, begin, end, -kRounding, kMostProbability));
}

// The weights of the rows with an object and of those without, or their numbers.
Sides SidesOf(const Rows& rows, size_t begin, size_t end) {
  const FloatTag d;
  const size_t lanes = hn::Lanes(d);
  if (rows.weight == nullptr) {
    size_t present = 0;
    size_t row = begin;
    for (; row + lanes <= end; row += lanes) {
      present += hn::CountTrue(d, Load(rows.target + row) > Lanes(0.0f));
    }
    if (row < end) {
      present += hn::CountTrue(d, LoadSome(rows.target + row, end - row) > Lanes(0.0f));
    }
    return {static_cast<double>(present), static_cast<double>(end - begin - present)};
  }
  DoubleSum present;
  DoubleSum absent;
  for (size_t row = begin; row < end; row += lanes) {
    const Mask with = LoadSome(rows.target + row, end - row) > Lanes(0.0f);
    AddSides(with, LoadSome(rows.weight + row, end - row), present, absent);
  }
  return {present.Total(), absent.Total()};
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(Meet);
HWY_EXPORT(SidesOf);

Sides WeighSides(const Rows& rows, size_t begin, size_t end) {
  return HWY_DYNAMIC_DISPATCH(SidesOf)(rows, begin, end);
}

namespace {

// Of a few numbers, or none: vectors would take as long as all the rest of a call's computation.
bool AreFrom0To(const float* numbers, size_t count, uint32_t most) {
  bool all = true;
  for (size_t i = 0; numbers != nullptr && i < count; ++i) {
    uint32_t bits = 0;
    std::memcpy(&bits, numbers + i, sizeof(bits));
    all &= bits <= most;
  }
  return all;
}

}  // namespace

bool AreMet(const Demands& demands, size_t begin, size_t end) {
  constexpr uint32_t kOne = 0x3F800000;
  constexpr uint32_t kLargest = 0x7F7FFFFF;
  const size_t count = (end - begin) * demands.width;
  if (begin == 0 && count <= 16 && AreFrom0To(demands.fractions, count, kOne) &&
      AreFrom0To(demands.probabilities, count, kOne) && AreFrom0To(demands.weight, end, kLargest)) {
    return true;
  }
  return HWY_DYNAMIC_DISPATCH(Meet)(demands, begin, end);
}

}  // namespace detloss
#endif
