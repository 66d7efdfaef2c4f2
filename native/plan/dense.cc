// The dense term for every instruction set: the rows of a block are copied to vectors of rows, over
// which the loss's own kernel runs, and the gradient goes back to where they came from.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "plan/dense.cc"
#include "plan/dense.h"

#include <hwy/cache_control.h>

#include <algorithm>

#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "plan/gradient_rows.h"
#include "plan/logits.h"

HWY_BEFORE_NAMESPACE();
namespace detloss {
namespace HWY_NAMESPACE {

// The rows of a block: cells [first_cell, + cells) of an image, with anchors [first_anchor, +
// anchors). Those of one anchor are a strip, which fills whole vectors where it is copied to.
struct Block {
  size_t image, first_cell, cells, first_anchor, anchors;
  size_t strip;
};

Block BlockOf(const View& view, size_t index) {
  const DenseBlocks blocks(view);
  const size_t lanes = hwy::HWY_NAMESPACE::Lanes(hwy::HWY_NAMESPACE::ScalableTag<float>());
  const size_t within = index % blocks.per_image;
  const size_t cell = within / blocks.per_cells * blocks.cells;
  const size_t anchor = within % blocks.per_cells * blocks.anchors;
  const size_t cells = std::min(blocks.cells, view.cells - cell);
  return {index / blocks.per_image,
          cell,
          cells,
          anchor,
          std::min(blocks.anchors, view.anchors - anchor),
          (cells + lanes - 1) / lanes * lanes};
}

// Copies every stride-th of `count` numbers. Where these are far apart, they are asked for some
// rows before: their pages are far apart as well, and the table that finds them is slow.
void CopyStrip(const float* from, size_t stride, size_t count, float* to) {
  constexpr size_t kAhead = 128;
  if (stride == 1) {
    std::copy_n(from, count, to);
  } else if (stride < 16) {
    for (size_t i = 0; i < count; ++i) to[i] = from[i * stride];
  } else {
    for (size_t i = 0; i < count; ++i) {
      hwy::Prefetch(from + (i + kAhead) * stride);
      to[i] = from[i * stride];
    }
  }
}

// Which copies of a block's rows do not count.
class Idle {
 public:
  Idle(const Output& output, const Block& block) {
    if (output.ignore == nullptr) return;
    const size_t anchors = output.view.anchors;
    const size_t row = output.view.RowOf(block.image, block.first_cell, block.first_anchor);
    for (size_t a = 0; a < block.anchors; ++a) {
      const uint8_t* const from = output.ignore + row + a;
      uint8_t* const to = ignored_ + a * block.strip;
      for (size_t c = 0; c < block.cells; ++c) to[c] = from[c * anchors];
      std::fill(to + block.cells, to + block.strip, uint8_t{0});
    }
    count_ = block.anchors * block.strip;
  }

  // Puts a number in their place.
  void Put(float number, float* copies) const {
    for (size_t i = 0; i < count_; ++i) copies[i] = ignored_[i] != 0 ? number : copies[i];
  }

 private:
  size_t count_ = 0;
  uint8_t ignored_[kDenseBlock];
};

// Copies the rows of a block, and puts the one whose loss is 0 where there is none and where one
// does not count.
void CopyBlock(const Output& output, const Block& block, const Idle& idle, float* pred,
               float* target) {
  const View& view = output.view;
  const DenseTerm& term = output.dense;
  for (size_t a = 0; a < block.anchors; ++a) {
    const size_t anchor = block.first_anchor + a;
    const size_t place = view.PlaceOf(block.image, block.first_cell, anchor);
    const size_t row = view.RowOf(block.image, block.first_cell, anchor);
    const size_t at = a * block.strip;
    CopyStrip(output.numbers + place + term.channel * view.channel_stride, view.cell_stride,
              block.cells, pred + at);
    CopyStrip(output.objectness + row, view.anchors, block.cells, target + at);
    std::fill(pred + at + block.cells, pred + at + block.strip, term.idle_pred);
    std::fill(target + at + block.cells, target + at + block.strip, term.idle_target);
  }
  idle.Put(term.idle_pred, pred);
  idle.Put(term.idle_target, target);
}

// Writes the gradient of a block to its planes. Those of the other channels have been cleared.
void WritePlanes(const Output& output, const Block& block, const float* slopes) {
  const View& view = output.view;
  for (size_t a = 0; a < block.anchors; ++a) {
    const size_t place = view.PlaceOf(block.image, block.first_cell, block.first_anchor + a);
    std::copy_n(slopes + a * block.strip, block.cells,
                output.grad + place + output.dense.channel * view.channel_stride);
  }
}

// The same of rows whose channels lie side by side, by slopes in their order: all channels are
// written. `memory` is room for the slopes.
void WriteRows(const Output& output, const Block& block, const float* slopes, float* memory) {
  constexpr size_t kBeyondCaches = 8 << 20;
  const View& view = output.view;
  for (size_t a = 0; a < block.anchors; ++a) {
    for (size_t c = 0; c < block.cells; ++c) {
      memory[c * block.anchors + a] = slopes[a * block.strip + c];
    }
  }
  // The rows of a cell, and of all cells where a block has all anchors, follow one another.
  const bool together = block.anchors == view.anchors;
  const size_t count = together ? block.cells * block.anchors : block.anchors;
  for (size_t c = 0; c < (together ? 1 : block.cells); ++c) {
    float* const to =
        output.grad + view.PlaceOf(block.image, block.first_cell + c, block.first_anchor);
    WriteGradientRows(to, count, view.channels, output.dense.channel, memory + c * block.anchors,
                      view.Numbers() >= kBeyondCaches);
  }
}

Sides SumBlock(const Output& output, size_t index, const Sides& factor) {
  alignas(64) float pred[kDenseBlock];
  alignas(64) float target[kDenseBlock];
  alignas(64) float slopes[kDenseBlock];
  const bool gradient = output.grad != nullptr;
  const Block block = BlockOf(output.view, index);
  const Idle idle(output, block);
  CopyBlock(output, block, idle, pred, target);
  Rows rows;
  rows.count = block.anchors * block.strip;
  rows.pred = pred;
  rows.target = target;
  if (gradient) rows.grad = slopes;
  const Sides losses = EvaluateCopies(*output.dense.loss, rows, pred, factor).losses;
  if (gradient) {
    idle.Put(0.0f, slopes);
    if (output.view.HasPlanes()) {
      WritePlanes(output, block, slopes);
    } else {
      WriteRows(output, block, slopes, pred);
    }
  }
  return losses;
}

}  // namespace HWY_NAMESPACE
}  // namespace detloss
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace detloss {

HWY_EXPORT(SumBlock);

size_t PlaneCount(const Output& output) {
  const bool planes = output.grad != nullptr && output.view.HasPlanes();
  return planes ? output.view.images * output.view.anchors : 0;
}

void ClearPlanes(const Output& output, size_t index) {
  const size_t numbers = output.view.channels * output.view.cells;
  std::fill_n(output.grad + index * numbers, numbers, 0.0f);
}

Sides SumDense(const Output& output, size_t block, const Sides& factor) {
  return HWY_DYNAMIC_DISPATCH(SumBlock)(output, block, factor);
}

}  // namespace detloss
#endif
