// The formulas over plain floats, for the processor and for the GPU: what every kernel of this
// folder is made of.

#ifndef DETLOSS_CUDA_FORMULAS_INL_H_
#define DETLOSS_CUDA_FORMULAS_INL_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "loops/rows.h"

#ifdef __CUDACC__
#define FORMULA __host__ __device__ inline
#else
#define FORMULA inline
#endif

namespace detloss::cuda {

using Number = float;

#include "number/scalar.h"
#include "number/dual.h"
#include "number/columns.h"
#include "number/hyper.h"
#include "formulas/axis.h"
#include "coordinates/boxes.h"
#include "formulas/regression.h"
#include "formulas/faster_rcnn.h"
#include "formulas/iou.h"
#include "formulas/yolo.h"
#include "coordinates/raw.h"
#include "coordinates/cells.h"
#include "formulas/cross_entropy.h"

// Keeps a vector's numbers in a register, where `Number` is one.
FORMULA Number Once(Number number) { return number; }

#include "passes/boxes.h"
#include "passes/cells.h"
#include "passes/elements.h"
#include "passes/logit_pairs.h"

FORMULA Four ReadFour(const float* from) { return {from[0], from[1], from[2], from[3]}; }
FORMULA void WriteFour(const Four& four, float* to) {
  to[0] = four.a;
  to[1] = four.b;
  to[2] = four.c;
  to[3] = four.d;
}

// A cell and an anchor of a YOLO v3 scale.
FORMULA Cell CellOf(const Grid& grid, size_t line, size_t column, size_t anchor) {
  return {static_cast<float>(column),     static_cast<float>(line),
          static_cast<float>(grid.width), static_cast<float>(grid.height),
          grid.anchors[2 * anchor + 1],   grid.anchors[2 * anchor]};
}

// The one prediction of a formula, as a dual by itself where a gradient is computed.
template <bool kGradient>
FORMULA auto Variable(Number value) {
  if constexpr (kGradient) {
    return Dual{value, One{}};
  } else {
    return value;
  }
}

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_FORMULAS_INL_H_
