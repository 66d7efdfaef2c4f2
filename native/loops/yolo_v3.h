// The whole loss of YOLO v3 on one scale, from raw feature maps.

#ifndef DETLOSS_LOOPS_YOLO_V3_H_
#define DETLOSS_LOOPS_YOLO_V3_H_

#include <cstddef>
#include <cstdint>

#include "loops/rows.h"

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
  float smoothing = 0.0f;
  // What the terms' gradients are multiplied by.
  double box_weight = 1.0;
  double objectness_weight = 1.0;
  double category_weight = 1.0;

  size_t Rows() const { return batch * grid.height * grid.width * grid.anchor_count; }
  size_t Channels() const { return 5 + classes; }
  size_t FeatureCount() const { return Rows() * Channels(); }
};

// The unweighted terms of one scale.
struct ScaleParts {
  double box = 0.0;
  double objectness = 0.0;
  double category = 0.0;
  size_t positives = 0;
};

// The box terms by their names, ending with null; the index is what ComputeScale takes.
const char* const* YoloV3BoxTerms();

ScaleParts ComputeScale(size_t box_term, const Scale& scale);

}  // namespace detloss

#endif  // DETLOSS_LOOPS_YOLO_V3_H_
