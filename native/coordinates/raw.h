// The raw features of a YOLO v3 box in their two orders.

#if defined(DETLOSS_COORDINATES_RAW_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_COORDINATES_RAW_H_
#undef DETLOSS_COORDINATES_RAW_H_
#else
#define DETLOSS_COORDINATES_RAW_H_
#endif

#include "formulas/yolo.h"
#include "number/columns.h"

// Between the order of the arrays, (y, x, h, w) or (x, y, w, h), and (x, y, w, h).
FORMULA Four RawInOrder(bool y_first, const Four& four) {
  return y_first ? Four{four.b, four.a, four.d, four.c} : four;
}

FORMULA Truth TruthOf(const Four& four) { return {four.a, four.b, four.c, four.d}; }

// Raw features, as duals by themselves where a gradient is computed.
template <bool kGradient>
FORMULA auto RawOf(const Four& raw) {
  if constexpr (kGradient) {
    const Zero zero;
    const One one;
    return CentreSize{Dual{raw.a, one, zero, zero, zero}, Dual{raw.b, zero, one, zero, zero},
                      Dual{raw.c, zero, zero, one, zero}, Dual{raw.d, zero, zero, zero, one}};
  } else {
    return CentreSize{raw.a, raw.b, raw.c, raw.d};
  }
}

// Raw features as a pass reads them and pulls derivatives back, as coordinates/boxes.h has boxes.
template <bool kYFirst>
struct RawFeatures {
  using Ordered = RawFeatures<false>;
  static constexpr size_t kWidth = 4;
  static constexpr size_t kTargetWidth = 4;

  explicit FORMULA RawFeatures(const Rows&) {}

  static FORMULA Four InOrder(const Four& raw) { return RawInOrder(kYFirst, raw); }

  template <class Loss, class W>
  static FORMULA Four Pull(const Loss& loss, const W& weigh) {
    return RawInOrder(kYFirst, {weigh(loss.a), weigh(loss.b), weigh(loss.c), weigh(loss.d)});
  }
};

#endif
