// Losses over rows: what one call is given, and how it is computed.

#ifndef DETLOSS_LOOPS_ROWS_H_
#define DETLOSS_LOOPS_ROWS_H_

#include <cstddef>
#include <cstdint>

namespace detloss {

// The order of a box's four numbers, as `BoxFormat` in lib/types.ts.
enum class Format { kYxhw, kCxcywh, kXyxy, kTlbr, kXywh };

enum class Reduction { kMean, kSum, kNone };

// The cells and anchors of a YOLO v3 scale; `anchors` are pairs of height and width.
struct Grid {
  size_t height = 0;
  size_t width = 0;
  size_t anchor_count = 0;
  const float* anchors = nullptr;
};

// The arrays of one call. A row is an element for regression, a box of four numbers otherwise.
struct Rows {
  size_t count = 0;
  const float* pred = nullptr;
  const float* target = nullptr;
  const float* anchors = nullptr;  // one box per row, for the losses that take anchors
  const float* weight = nullptr;   // one per row, or none
  float* grad = nullptr;           // in the shape of pred, or none
  float* losses = nullptr;         // one per row, or none
  Format format = Format::kYxhw;
  float parameter = 0.0f;  // δ or β
  Grid grid;
};

// Computes rows [begin, end): writes their losses and gradients, the latter times `scale`, and
// returns the sum of their weighted losses.
using RowKernel = double (*)(const Rows& rows, size_t begin, size_t end, float scale);

// Which anchors a loss takes: none, one box per row, or one pair of sizes per anchor of a cell.
enum class Anchors { kNone, kPerRow, kPerCell };

// One loss: the kernel of its value alone, and of its value with its gradient.
struct RowLoss {
  const char* name;
  size_t width;  // numbers in a row
  Anchors anchors;
  RowKernel value;
  RowKernel gradient;
};

// The losses of a family, ending with a null name; compiled for the processor this runs on.
const RowLoss* RegressionLosses();
const RowLoss* IouLosses();
const RowLoss* FasterRcnnLosses();
const RowLoss* YoloLosses();

// The reduced loss; with Reduction::kNone, 0.
double Compute(const RowLoss& loss, const Rows& rows, Reduction reduction);

}  // namespace detloss

#endif  // DETLOSS_LOOPS_ROWS_H_
