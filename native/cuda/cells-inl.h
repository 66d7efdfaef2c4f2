// Rows of raw features on the device, each of which is an anchor of a grid's cell.

#ifndef DETLOSS_CUDA_CELLS_INL_H_
#define DETLOSS_CUDA_CELLS_INL_H_

#include "cuda/rows-inl.h"

namespace detloss::cuda {

// Rows of raw features against targets that are boxes in fractions of the image.
template <class Formula, bool kGradient>
class GridPass {
 public:
  static constexpr size_t kWidth = 4;
  static constexpr bool kKeepsSides = false;

  explicit GridPass(const Rows&) {}

  FORMULA auto Evaluate(const Rows& rows, size_t row) const {
    const Grid& grid = rows.grid;
    const size_t cell = row / grid.anchor_count;
    const Cell place =
        CellOf(grid, cell / grid.width % grid.height, cell % grid.width, row % grid.anchor_count);
    const bool y_first = rows.format == Format::kYxhw;
    return Formula{}(RawOf<kGradient>(InOrder(y_first, ReadFour(rows.pred + 4 * row))), place,
                     TruthOf(InOrder(y_first, ReadFour(rows.target + 4 * row))));
  }

  FORMULA double LossOf(const Rows&, size_t, Number loss) const { return loss; }

  template <class Loss>
  FORMULA void StoreGradient(const Rows& rows, const Loss& loss, Number factor, size_t row) const {
    if constexpr (kGradient) {
      const Four slopes = {loss.a * factor, loss.b * factor, loss.c * factor, loss.d * factor};
      WriteFour(InOrder(rows.format == Format::kYxhw, slopes), rows.grad + 4 * row);
    }
  }
};

template <class Formula>
constexpr RowLoss LossOfCells() {
  return {4,
          4,
          &Kernel<GridPass<Formula, false>>,
          &Kernel<GridPass<Formula, true>>,
          kHyper<Formula>,
          Anchors::kPerCell};
}

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_CELLS_INL_H_
