// Numbers that stand for others of which no float's arithmetic is right: boxes so small or so large
// that their areas are no floats, and infinite logits.

#ifndef DETLOSS_LOOPS_STAND_INS_H_
#define DETLOSS_LOOPS_STAND_INS_H_

#include <cmath>
#include <cstddef>

#include "loops/rows.h"

#ifdef __CUDACC__
#define DETLOSS_ANYWHERE __host__ __device__ inline
#else
#define DETLOSS_ANYWHERE inline
#endif

namespace detloss {

// Boxes are computed as they are unless the areas of both are so small that digits underflow, or a
// length and an area are so large that areas may overflow.
constexpr float kSmallArea = 0x1p-97f;
constexpr float kLargeLength = 0x1p60f;
constexpr float kLargeArea = 0x1p119f;

constexpr bool IsByEnds(Format format) {
  return format == Format::kXyxy || format == Format::kTlbr;
}

DETLOSS_ANYWHERE float Longer(float a, float b) { return a < b ? b : a; }

// The size of a box along one of its axes, 0 or 1.
DETLOSS_ANYWHERE float SizeAlong(Format format, const float* box, size_t axis) {
  return Longer(0.0f, box[2 + axis] - (IsByEnds(format) ? box[axis] : 0.0f));
}

// The area of a box, in float64.
DETLOSS_ANYWHERE double AreaOf(Format format, const float* box) {
  return static_cast<double>(SizeAlong(format, box, 0)) * SizeAlong(format, box, 1);
}

DETLOSS_ANYWHERE bool IsSmall(Format format, const float* box) {
  return AreaOf(format, box) < kSmallArea;
}

// What a pair of boxes in a format is to be multiplied by, a power of 2: 1 unless it is extreme.
// Then the longest of its lengths becomes about 2^60, whose square is a float, so that a short one
// has an area with it; or less, where a number that is multiplied would be none.
DETLOSS_ANYWHERE float ScaleOfBoxes(Format format, const float* pred, const float* target) {
  float side = 0.0f;
  float extent = 0.0f;
  float largest = 0.0f;
  for (size_t k = 0; k < 4; ++k) {
    const bool is_place = k < 2 || IsByEnds(format);
    if (k < 2) {
      side = Longer(side, SizeAlong(format, pred, k));
      side = Longer(side, SizeAlong(format, target, k));
    }
    if (is_place) extent = Longer(extent, std::fabs(pred[k] - target[k]));
    if (IsByEnds(format) || !is_place) {
      largest = Longer(largest, Longer(std::fabs(pred[k]), std::fabs(target[k])));
    }
  }
  extent = Longer(extent, side);
  // The union has at least half the area of both.
  const double areas = AreaOf(format, pred) + AreaOf(format, target);
  const bool small = side > 0.0f && extent <= kLargeLength && areas < kSmallArea;
  const bool large = extent > kLargeLength && extent <= 3.40282347e38f && areas > 2.0 * kLargeArea;
  if (!small && !large) return 1.0f;
  int power = (large ? 0 : 60) - std::ilogb(extent);
  const int most = 126 - std::ilogb(Longer(largest, extent));
  power = power < most ? power : most;
  return std::ldexp(1.0f, power < 127 ? power : 127);
}

// The pair multiplied by that. Without the target's place, which might overflow, where it is not
// what the sizes are made of.
DETLOSS_ANYWHERE void ScaleBoxes(Format format, float scale, const float* pred, const float* target,
                                 float* to_pred, float* to_target) {
  const size_t places = scale == 1.0f || IsByEnds(format) ? 0 : 2;
  for (size_t k = 0; k < 4; ++k) {
    to_pred[k] = (k < places ? pred[k] - target[k] : pred[k]) * scale;
    to_target[k] = k < places ? 0.0f : target[k] * scale;
  }
}

// A cross-entropy of logits this large has only a linear part, and its derivative is 0 or ±1.
constexpr float kLargeLogit = 1e38f;

constexpr bool IsInfinite(float number) {
  return number > 3.40282347e38f || number < -3.40282347e38f;
}
constexpr float FiniteLogit(float logit) {
  return !IsInfinite(logit) ? logit : logit > 0.0f ? kLargeLogit : -kLargeLogit;
}

// The cross-entropy of a large logit: |z| times the target of the other side.
DETLOSS_ANYWHERE double LargeLoss(double logit, double target) {
  const double other = logit > 0 ? 1.0 - target : target;
  return other == 0.0 ? 0.0 : std::fabs(logit) * other;
}

// The logit of a row of one, or the difference of its two, exactly.
DETLOSS_ANYWHERE double ExactLogit(const float* row, size_t width) {
  return width == 1 ? row[0] : static_cast<double>(row[1]) - static_cast<double>(row[0]);
}
DETLOSS_ANYWHERE bool IsLargeLogit(double logit) { return std::fabs(logit) > kLargeLogit; }

// A row whose logit is as large as the one given, but finite.
DETLOSS_ANYWHERE void StandIn(double logit, size_t width, float* row) {
  const float size = kLargeLogit / static_cast<float>(width);
  row[width - 1] = logit > 0 ? size : -size;
  if (width == 2) row[0] = -row[1];
}

}  // namespace detloss

#endif  // DETLOSS_LOOPS_STAND_INS_H_
