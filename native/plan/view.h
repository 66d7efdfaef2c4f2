// Where the rows of a network's output are in its memory.

#ifndef DETLOSS_PLAN_VIEW_H_
#define DETLOSS_PLAN_VIEW_H_

#include <cstddef>

namespace detloss {

// A row is an anchor of a cell of an image. Rows are numbered in this order, whatever the order of
// their numbers in memory: for images, cells and anchors, and for the channels of a row, there is a
// stride, which is how far the next one's numbers are.
struct View {
  size_t images = 0;
  size_t cells = 0;
  size_t anchors = 0;
  size_t channels = 0;
  size_t image_stride = 0;
  size_t cell_stride = 0;
  size_t anchor_stride = 0;
  size_t channel_stride = 0;

  // [B, H, W, A·C]
  static constexpr View ChannelsLast(size_t images, size_t cells, size_t anchors, size_t channels) {
    const size_t per_cell = anchors * channels;
    return {images, cells, anchors, channels, cells * per_cell, per_cell, channels, 1};
  }
  // [B, A·C, H, W]
  static constexpr View ChannelsFirst(size_t images, size_t cells, size_t anchors,
                                      size_t channels) {
    const size_t per_anchor = channels * cells;
    return {images, cells, anchors, channels, anchors * per_anchor, 1, per_anchor, cells};
  }

  constexpr size_t Rows() const { return images * cells * anchors; }
  constexpr size_t Numbers() const { return Rows() * channels; }
  constexpr bool HasPlanes() const { return channel_stride != 1; }

  constexpr size_t PlaceOf(size_t image, size_t cell, size_t anchor) const {
    return image * image_stride + cell * cell_stride + anchor * anchor_stride;
  }
  constexpr size_t PlaceOf(size_t row) const {
    const size_t cell = row / anchors;
    return PlaceOf(cell / cells, cell % cells, row % anchors);
  }
  constexpr size_t RowOf(size_t image, size_t cell, size_t anchor) const {
    return (image * cells + cell) * anchors + anchor;
  }
};

}  // namespace detloss

#endif  // DETLOSS_PLAN_VIEW_H_
