// The losses on the device: those of native/loops, of arrays that are on the device.

#ifndef DETLOSS_CUDA_LOSSES_H_
#define DETLOSS_CUDA_LOSSES_H_

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "cuda/memory.h"
#include "loops/category.h"
#include "loops/rows.h"
#include "loops/yolo_v3.h"

namespace detloss::cuda {

// The label of a row that is no class. It is found on the device before anything is written.
struct WrongLabel : std::out_of_range {
  WrongLabel(size_t wrong_row, int32_t wrong_label, size_t wrong_scale = 0)
      : std::out_of_range("the label of row " + std::to_string(wrong_row) + " is no class"),
        row(wrong_row),
        label(wrong_label),
        scale(wrong_scale) {}
  size_t row;
  int32_t label;
  size_t scale;
};

// One loss over rows; computes the reduced loss, or with Reduction::kNone the sum.
struct DeviceLoss {
  const char* name;
  size_t width;
  size_t target_width;
  Anchors anchors;
  double (*value)(const Rows& rows, Reduction reduction, Scratch& scratch);
  double (*gradient)(const Rows& rows, Reduction reduction, Scratch& scratch);
};

// The losses of a family, ending with a null name.
const DeviceLoss* RegressionLosses();
const DeviceLoss* ObjectnessLosses();
const DeviceLoss* IouLosses();
const DeviceLoss* FasterRcnnLosses();
const DeviceLoss* YoloLosses();

struct DeviceClassLoss {
  const char* name;
  bool labels_only;  // whether the target cannot be K numbers
  double (*value)(const ClassRows& rows, Reduction reduction, Scratch& scratch);
  double (*gradient)(const ClassRows& rows, Reduction reduction, Scratch& scratch);
};

// The category losses, ending with a null name. They throw WrongLabel.
const DeviceClassLoss* CategoryLosses();

// The box terms of YOLO v3 by their names, ending with null.
const char* const* BoxTerms();

// Computes the scales of a call of YOLO v3's whole loss; throws WrongLabel.
void ComputeScales(size_t box_term, const Scale* scales, size_t count, Scratch& scratch,
                   ScaleParts* parts);

}  // namespace detloss::cuda

#endif  // DETLOSS_CUDA_LOSSES_H_
