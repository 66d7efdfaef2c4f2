// The whole loss of YOLO v3, from raw feature maps.

#ifndef DETLOSS_PLAN_YOLO_V3_H_
#define DETLOSS_PLAN_YOLO_V3_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "loops/catalogue.h"
#include "loops/rows.h"
#include "plan/view.h"

namespace detloss {

// One scale's arrays. A row is an anchor of a cell of an image: targets run through [B, H, W, A].
struct Scale {
  size_t batch = 0;
  Grid grid;
  size_t classes = 0;
  // Raw features: 5 + classes channels per anchor, box, objectness and classes.
  const float* features = nullptr;
  float* grad = nullptr;  // in the shape of the features, or none
  bool channels_first = false;
  bool y_first = true;
  const float* box = nullptr;
  const float* objectness = nullptr;
  const int32_t* labels = nullptr;    // either labels
  const float* categories = nullptr;  // or numbers per class
  const uint8_t* ignore = nullptr;    // rows that take no part in objectness, or none
  double smoothing = 0.0;             // of the labels
  // What the terms' gradients are multiplied by.
  double box_weight = 1.0;
  double objectness_weight = 1.0;
  double category_weight = 1.0;

  constexpr View ViewOf() const {
    const size_t cells = grid.height * grid.width;
    return channels_first ? View::ChannelsFirst(batch, cells, grid.anchor_count, 5 + classes)
                          : View::ChannelsLast(batch, cells, grid.anchor_count, 5 + classes);
  }
};

// The unweighted terms of one scale.
struct ScaleParts {
  double box = 0.0;
  double objectness = 0.0;
  double category = 0.0;
  size_t positives = 0;
};

// Whether a loss can be the box term.
bool IsBoxTerm(const Listed<RowLoss>& loss);

// Writes the terms and gradients of all `scales`, unless the label of a row with an object is no
// class, or its categories or the objectness of a row that is not ignored are not from 0 to 1: then
// it returns false and has written nothing.
bool ComputeYoloV3(Crew* crew, const Listed<RowLoss>& box_term, const std::vector<Scale>& scales,
                   std::vector<ScaleParts>& parts);

}  // namespace detloss

#endif  // DETLOSS_PLAN_YOLO_V3_H_
