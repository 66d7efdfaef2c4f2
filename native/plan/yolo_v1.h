// The whole loss of YOLO (v1).

#ifndef DETLOSS_PLAN_YOLO_V1_H_
#define DETLOSS_PLAN_YOLO_V1_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "loops/rows.h"

namespace detloss {

// The arrays of one call, by cells: of every predictor a box and a confidence, then classes.
struct YoloV1 {
  size_t cells = 0;
  size_t boxes = 0;  // predictors of a cell
  size_t classes = 0;
  const float* predictions = nullptr;
  float* grad = nullptr;  // in the shape of the predictions, or none
  const float* box = nullptr;
  const float* objectness = nullptr;
  const int32_t* labels = nullptr;    // either labels
  const float* categories = nullptr;  // or numbers per class
  Format format = Format::kYxhw;
  double grid = 1.0;       // cells in a row: what makes sizes those in units of the cell
  double coord = 1.0;      // the factor of the box term's gradient
  double no_object = 1.0;  // the weight of confidences without an object
  bool iou = true;         // whether a confidence should be the IoU, or 1
};

// The terms: with the weight of confidences, without the factor of boxes.
struct YoloV1Parts {
  double box = 0.0;
  double objectness = 0.0;
  double category = 0.0;
};

// None where an objectness, or the categories of a cell with an object, are not from 0 to 1, or its
// label is no class: then nothing has been written.
std::optional<YoloV1Parts> ComputeYoloV1(Crew* crew, const YoloV1& call);

}  // namespace detloss

#endif  // DETLOSS_PLAN_YOLO_V1_H_
