// The whole loss of YOLO v3, from raw feature maps.

#ifndef DETLOSS_LOOPS_YOLO_V3_H_
#define DETLOSS_LOOPS_YOLO_V3_H_

#include <cstddef>
#include <cstdint>
#include <vector>

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
  double smoothing = 0.0;             // of the labels
  // What the terms' gradients are multiplied by.
  double box_weight = 1.0;
  double objectness_weight = 1.0;
  double category_weight = 1.0;

  constexpr size_t Rows() const { return batch * grid.height * grid.width * grid.anchor_count; }
  constexpr size_t Cells() const { return grid.height * grid.width; }
  constexpr size_t Channels() const { return 5 + classes; }
  constexpr size_t FeatureCount() const { return Rows() * Channels(); }
};

// The unweighted terms of one scale.
struct ScaleParts {
  double box = 0.0;
  double objectness = 0.0;
  double category = 0.0;
  size_t positives = 0;
};

// Where a row is in the grid, and where its channels are in the features: channel c is at
// offset + c · stride.
struct Place {
  size_t line, column, anchor;
  size_t offset, stride;
};

constexpr Place PlaceOf(const Scale& scale, size_t row) {
  const Grid& grid = scale.grid;
  const size_t anchor = row % grid.anchor_count;
  const size_t cell = row / grid.anchor_count;
  const size_t column = cell % grid.width;
  const size_t line = cell / grid.width % grid.height;
  if (!scale.channels_first) return {line, column, anchor, row * scale.Channels(), 1};
  const size_t cells = grid.height * grid.width;
  const size_t plane = (cell / cells * grid.anchor_count + anchor) * scale.Channels();
  return {line, column, anchor, plane * cells + cell % cells, cells};
}

// The parts of a scale's loss for one instruction set, each of a block of it.
struct ScaleKernels {
  Sides (*objectness)(const Scale& scale, size_t block, const Sides& factor);
  double (*box)(const Scale& scale, const size_t* positives, size_t count, float factor);
  double (*category)(const Scale& scale, const size_t* positives, size_t count, float factor,
                     float* scratch);
};

// Rows whose objectness is computed together, and their gradients written: so many that what a
// block begins with takes no time (with 64, the loss of 16 images took half as long again), so few
// that threads find blocks to share.
//
// A block is some cells of one image with all their anchors, or some anchors of one cell where
// these are more. In both layouts it holds the same rows, which are added in the same order, one
// anchor after another: the layout makes no difference to the sum.
constexpr size_t kObjectnessBlock = 2048;

struct ObjectnessBlocks {
  size_t cells;    // of a block: whole vectors, where there are so many
  size_t anchors;  // likewise
  size_t per_image;
  size_t per_cells;

  constexpr explicit ObjectnessBlocks(const Scale& scale)
      : cells(kObjectnessBlock / scale.grid.anchor_count),
        anchors(scale.grid.anchor_count),
        per_image(0),
        per_cells(1) {
    if (cells >= 16) cells -= cells % 16;
    if (cells == 0) {
      cells = 1;
      anchors = kObjectnessBlock;
      per_cells = (scale.grid.anchor_count + anchors - 1) / anchors;
    }
    per_image = (scale.Cells() + cells - 1) / cells * per_cells;
  }
};

// The box terms by their names, ending with null.
const char* const* YoloV3BoxTerms();

// `box_term` is an index of YoloV3BoxTerms.
const ScaleKernels& YoloV3Kernels(size_t box_term, bool gradient);

// Writes the terms and gradients of all `scales`, unless the label of a row with an object is no
// class, or its categories or the objectness of a row that is not ignored are not from 0 to 1: then
// it returns false and has written nothing.
bool ComputeYoloV3(Crew* crew, size_t box_term, const std::vector<Scale>& scales,
                   std::vector<ScaleParts>& parts);

}  // namespace detloss

#endif  // DETLOSS_LOOPS_YOLO_V3_H_
