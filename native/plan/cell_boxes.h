// Rows of raw features as boxes, beside their targets.

#ifndef DETLOSS_PLAN_CELL_BOXES_H_
#define DETLOSS_PLAN_CELL_BOXES_H_

#include <cstddef>

#include "loops/rows.h"

namespace detloss {

// Rows of four numbers, whole vectors of them: raw features of the cells that the grid lists, and
// boxes in fractions of the image.
struct CellRows {
  size_t count = 0;
  const float* raw = nullptr;
  const float* target = nullptr;
  bool y_first = false;
  Grid grid;
};

// Writes the boxes that the raw features stand for, and the targets, in Format::kCxcywh. Their
// centres are relative to the targets', which keeps the digits of their difference. Unless `rates`
// is null, writes there how fast each number changes with its raw feature.
void ReadCellBoxes(const CellRows& rows, float* boxes, float* targets, float* rates);

// Makes derivatives by those boxes into derivatives by the raw features.
void PullCellBoxes(const CellRows& rows, const float* rates, float* slopes);

}  // namespace detloss

#endif  // DETLOSS_PLAN_CELL_BOXES_H_
