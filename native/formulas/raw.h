// The raw features of a YOLO v3 box in their two orders. As formats.h, of `Four`.

#if defined(DETLOSS_FORMULAS_RAW_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DETLOSS_FORMULAS_RAW_H_
#undef DETLOSS_FORMULAS_RAW_H_
#else
#define DETLOSS_FORMULAS_RAW_H_
#endif

#include "formulas/yolo.h"
#include "number/four.h"

// Between the order of the arrays, (y, x, h, w) or (x, y, w, h), and (x, y, w, h).
FORMULA Four InOrder(bool y_first, const Four& four) {
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

#endif
