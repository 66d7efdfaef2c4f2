// The kernels of native/formulas/yolo.h.

#include "cuda/boxes-inl.h"

namespace detloss {
namespace cuda {

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

#define DETLOSS_GRID_KERNELS(NAME, FORMULA_TYPE) \
  KernelsOf<GridPass, FORMULA_TYPE>(#NAME, 4, Anchors::kPerCell),

}  // namespace cuda

const RowLoss* YoloLosses() {
  using namespace cuda;
  static constexpr RowLoss kTable[] = {DETLOSS_SIZE_LOSSES(DETLOSS_BOX_KERNELS)
                                           DETLOSS_RAW_LOSSES(DETLOSS_GRID_KERNELS){}};
  return kTable;
}

}  // namespace detloss
