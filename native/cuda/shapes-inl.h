// The kernels of all row shapes on the device.

#ifndef DETLOSS_CUDA_SHAPES_INL_H_
#define DETLOSS_CUDA_SHAPES_INL_H_

#include "cuda/class_rows-inl.h"
#include "cuda/rows-inl.h"

namespace detloss::cuda {

template <class Formula, bool kAnchors, bool kGradient>
RowSums BoxKernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  return Kernel<BoxPass<InAnyFormat, Formula, kAnchors, kGradient>>(rows, begin, end, scale);
}

template <class Formula, bool kGradient>
RowSums CellKernel(const Rows& rows, size_t begin, size_t end, const Sides& scale) {
  return rows.format == Format::kYxhw
             ? Kernel<CellPass<RawFeatures<true>, Formula, CellsOfGrid, kGradient>>(rows, begin,
                                                                                    end, scale)
             : Kernel<CellPass<RawFeatures<false>, Formula, CellsOfGrid, kGradient>>(rows, begin,
                                                                                     end, scale);
}

#include "passes/shapes.h"

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_SHAPES_INL_H_
