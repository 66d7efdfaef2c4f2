// The dense term of an output, and the gradient of all its rows.

#ifndef DETLOSS_PLAN_DENSE_H_
#define DETLOSS_PLAN_DENSE_H_

#include <cstddef>

#include "plan/plan.h"

namespace detloss {

// Rows that are computed together, and their gradients written: so many that what a block begins
// with takes no time (with 64, the loss of 16 images took half as long again), so few that threads
// find blocks to share.
constexpr size_t kDenseBlock = 2048;

// A block is some cells of one image with all their anchors, or with some where these are many. In
// every layout it holds the same rows, which are added in the same order, one anchor after another:
// the layout makes no difference to the sum. The cells are whole vectors, unless they are an
// image's last.
struct DenseBlocks {
  size_t cells;    // of a block
  size_t anchors;  // likewise
  size_t per_cells;
  size_t per_image;

  constexpr explicit DenseBlocks(const View& view)
      : cells(kMostLanes), anchors(kDenseBlock / kMostLanes), per_cells(1), per_image(0) {
    if (view.anchors <= anchors) {
      anchors = view.anchors;
      cells = kDenseBlock / anchors / kMostLanes * kMostLanes;
    } else {
      per_cells = (view.anchors + anchors - 1) / anchors;
    }
    per_image = (view.cells + cells - 1) / cells * per_cells;
  }
};

// The gradients whose channels are planes are cleared before all blocks, some planes at a time:
// blocks of cells are short pieces of many planes, and to clear those takes half as long again.
size_t PlaneCount(const Output& output);
void ClearPlanes(const Output& output, size_t index);

// The summed losses of a block of rows. The gradient of all their channels is written, 0 but for
// that of the dense term, `factor` times what the row's side has.
Sides SumDense(const Output& output, size_t block, const Sides& factor);

}  // namespace detloss

#endif  // DETLOSS_PLAN_DENSE_H_
